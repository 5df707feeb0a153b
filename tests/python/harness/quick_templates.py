"""What dbt makes of templates over and over, made once or by a shorter way, to the same answers."""

from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any

import jinja2
from dbt.clients.jinja import MacroGenerator
from dbt.context.macros import MacroNamespaceBuilder
from dbt.exceptions import DuplicateMacroNameError
from dbt.parser import base
from dbt_common.tests import enable_test_caching


def make_quick() -> None:
    """Replace the ways of dbt and Jinja, in this process and in what it forks."""
    # dbt's own tests have this on: a text that was taken apart once is not taken apart again.
    enable_test_caching()
    jinja2.Environment.compile = _compiled_once(jinja2.Environment.compile)  # type: ignore[method-assign, assignment]
    MacroNamespaceBuilder.add_macros = _add_macros  # type: ignore[method-assign]
    base.generate_generate_name_macro_context = _made_once_a_manifest(  # type: ignore[attr-defined]
        base.generate_generate_name_macro_context  # type: ignore[attr-defined]
    )


def _compiled_once(compile_anew: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a text once: that of a hook is rendered by each run, and that of a model when it is parsed, too."""
    codes: dict[tuple[Any, ...], CodeType] = {}

    def compile_once(
        environment: jinja2.Environment, source: Any, name: str | None = None, filename: Any = None, *how: Any
    ) -> str | CodeType:
        if not isinstance(source, str) or filename is not None or how:
            return compile_anew(environment, source, name, filename, *how)
        # Of all that can be set of an environment, what dbt and onerow do set.
        text = (type(environment), *environment.extensions, environment.autoescape, name, source)
        if text not in codes:
            codes[text] = compile_anew(environment, source, name)
        return codes[text]

    return compile_once


def _made_once_a_manifest(make: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Make the context of a macro that names relations once for a project and a manifest, and not for each parser."""
    last: list[Any] = [None, {}]

    def generate_generate_name_macro_context(macro: Any, config: Any, manifest: Any) -> dict[str, Any]:
        if last[0] is not manifest:
            last[:] = manifest, {}
        contexts = last[1]
        # The macro and the configuration stand beside the context, so that no other one can have their number.
        if (id(macro), id(config)) not in contexts:
            contexts[id(macro), id(config)] = (make(macro, config, manifest), macro, config)
        return dict(contexts[id(macro), id(config)][0])

    return generate_generate_name_macro_context


def _add_macros(builder: MacroNamespaceBuilder, macros: Iterable[Any], context: dict[str, Any]) -> None:
    """Add hundreds of macros to the names of a context, without three calls for each. A run makes a dozen contexts."""
    node, stack, new = builder.node, builder.thread_ctx, MacroGenerator.__new__
    for macro in macros:
        # One by one: Python then makes no dictionary for them, which are all in cycles and wait for the collector.
        added = new(MacroGenerator)
        added.context = context
        added.macro = macro
        added.node = node
        added.stack = stack
        is_internal = macro.package_name in builder.internal_package_names
        packages = builder.internal_packages if is_internal else builder.packages
        names = packages.setdefault(macro.package_name, {})
        if macro.name in names:
            raise DuplicateMacroNameError(macro, macro, macro.package_name)
        names[macro.name] = added
        if is_internal:
            continue
        if macro.package_name == builder.search_package:
            builder.locals[macro.name] = added
        elif macro.package_name == builder.root_package:
            builder.globals[macro.name] = added
