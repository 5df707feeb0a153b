"""A dbt project on this machine, and the target it is run against."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from onerow.errors import ConnectionFailed, SearchPathRefused, UnknownSource, WrongUse
from onerow.project import dbt
from onerow.project.contract import Source, has_contract, read_contract
from onerow.project.plain_profile import read_plain

if TYPE_CHECKING:
    import jinja2

# Of sessions that name nothing but PostgreSQL's own and what they qualify. pg_temp is searched first unless named.
CATALOG_ONLY = "pg_catalog,pg_temp"


@dataclass(frozen=True)
class Project:
    """The project folder, the folder of profiles.yml and the target, as dbt's options of these names have them."""

    project_dir: Path
    profiles_dir: Path | None = None
    target: str | None = None

    def dbt(self, *command: str, manifest: Any = None, on_message: dbt.OnMessage | None = None) -> Any:
        """Run a dbt command on this project, in this process and in silence, and return its result.

        `manifest` and `on_message` are as `onerow.project.dbt.invoke` has them.

        Raises:
            DbtFailed: carries dbt's own message.
        """
        return dbt.invoke(
            self.project_dir,
            self.profiles_dir,
            self.target,
            list(command),
            manifest=manifest,
            on_message=on_message,
        )

    @cached_property
    def manifest(self) -> Any:
        """What dbt knows of the project after parsing it: nodes, sources, macros."""
        return self.dbt("parse")

    @cached_property
    def _configuration(self) -> tuple[Any, dict[str, Any]]:
        profiles_dir = self.profiles_dir or dbt.default_profiles_dir(self.project_dir)
        plain = read_plain(self.project_dir, profiles_dir, self.target)
        return plain or dbt.configuration(self.project_dir, profiles_dir, self.target)

    @property
    def credentials(self) -> Any:
        """The credentials of the target: host, port, user, password, database, schema and more."""
        return self._configuration[0]

    @property
    def lock_timeout(self) -> str:
        """How long a session waits for a lock: the var onerow_lock_timeout."""
        return self._variable("onerow_lock_timeout", "30s")

    @property
    def keep_reconciliations(self) -> int:
        """How many days figures of reconciliations are kept: the var onerow_keep_reconciliations.

        Raises:
            WrongUse: it is no number of days.
        """
        days = self._variable("onerow_keep_reconciliations", 365)
        if not isinstance(days, int) or isinstance(days, bool) or days < 1:
            raise WrongUse(f"the var onerow_keep_reconciliations is a number of days, 1 or more, not {days!r}")
        return days

    @property
    def trusted_roles(self) -> list[str]:
        """Roles that may create objects in a schema of the search_path, or PUBLIC: the var onerow_trusted_roles."""
        return list(self._variable("onerow_trusted_roles", []))

    def _variable(self, name: str, default: Any) -> Any:
        variables = self._configuration[1]
        return {**variables, **variables.get("onerow", {})}.get(name, default)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The sources that have a contract, by name."""
        nodes = (node.to_dict(omit_none=False) for node in self.manifest.sources.values())
        return {node["name"]: read_contract(node) for node in nodes if has_contract(node)}

    def source(self, name: str) -> Source:
        """Return the source of that name.

        Raises:
            UnknownSource: no source of that name has a contract; carries the names that have one.
        """
        if name not in self.sources:
            raise UnknownSource(name, sorted(self.sources))
        return self.sources[name]

    @property
    def ledger_schema(self) -> str:
        """Schema of the ledger: the var onerow_schema, as the dbt source `ledger` has it."""
        return self.manifest.sources["source.onerow.ledger.batches"].schema

    def render(self, macro: str, *positional: Any, **arguments: Any) -> str:
        """Render one of the macros that use nothing of dbt's context but `return`, `do`, and others of that kind.

        Raises:
            WrongUse: the macro refuses its arguments; carries its message.
        """
        return str(self.call(macro, *positional, **arguments))

    def call(self, macro: str, *positional: Any, **arguments: Any) -> Any:
        """Return what such a macro returns, which need not be a text.

        Raises:
            WrongUse: as render().
        """
        try:
            return getattr(self._macros.get_template(macro).module, macro)(*positional, **arguments)
        except _Returned as returned:
            return returned.value

    @cached_property
    def _macros(self) -> "jinja2.Environment":
        """The macros as templates by their names, each compiled once: a statement may render one for every column."""
        import jinja2  # noqa: PLC0415 - takes its time, and a comparison of two relations renders nothing

        environment = jinja2.Environment(
            autoescape=False,  # noqa: S701 - this is SQL, not HTML
            extensions=["jinja2.ext.do"],
            loader=jinja2.FunctionLoader(lambda macro: self.manifest.macros[f"macro.onerow.{macro}"].macro_sql),
        )
        environment.globals.update(
            {"return": _return, "exceptions": _Exceptions(), "modules": {"re": re}, "onerow": _Macros(self.call)}
        )
        return environment

    def query_of(self, model: str) -> str:
        """Return the query of one of onerow's own models that uses nothing of dbt but source() and ref().

        So a job reads what the model says also where its view has not been built.
        """
        import jinja2  # noqa: PLC0415 - as above

        node = self.manifest.nodes[f"model.onerow.{model}"]
        template = jinja2.Environment(autoescape=False).from_string(node.raw_code)  # noqa: S701 - this is SQL, not HTML
        return template.render(source=self._relation, ref=lambda name: f"(\n{self.query_of(name)}\n)")

    def _relation(self, group: str, table: str) -> str:
        source = self.manifest.sources[f"source.onerow.{group}.{table}"]
        return psycopg.sql.Identifier(source.schema, source.identifier).as_string(None)

    def connect(self, application_name: str = "onerow", *, catalog_only: bool = False) -> psycopg.Connection:
        """Open a connection to the target's server, with the session settings that all of onerow relies on.

        The session speaks UTC and UTF-8, waits for a lock as long as `lock_timeout`, and gives up its own soon after
        this process has died. Of its search_path it keeps the schemas that are trusted; with `catalog_only` none, which
        needs no manifest.

        Raises:
            SearchPathRefused: a schema of the search_path can be neither trusted nor left out.
            ConnectionFailed: names host, port and database, never the password.
            WrongUse: the target is not a PostgreSQL one.
        """
        target = self.credentials
        if target.type != "postgres":
            raise WrongUse(f"onerow loads PostgreSQL; the target is of type {target.type}")
        tls = {name: getattr(target, name) for name in ("sslmode", "sslcert", "sslkey", "sslrootcert")}
        settings = {
            "TimeZone": "UTC",
            "client_encoding": "UTF8",
            "lock_timeout": self.lock_timeout,
            "client_connection_check_interval": "2s",
            "idle_in_transaction_session_timeout": "10min",
        }
        if catalog_only:
            settings["search_path"] = CATALOG_ONLY
        elif target.search_path:
            settings["search_path"] = target.search_path
        try:
            connection = psycopg.connect(
                host=target.host,
                port=target.port,
                user=target.user,
                password=target.password,
                dbname=target.database,
                connect_timeout=target.connect_timeout,
                application_name=application_name,
                options=" ".join(f"-c {name}={_escaped(value)}" for name, value in settings.items()),
                keepalives_idle=target.keepalives_idle or 30,
                keepalives_interval=10,
                keepalives_count=3,
                **{name: value for name, value in tls.items() if value},
            )
        except psycopg.OperationalError as error:
            raise ConnectionFailed(target.host, target.port, target.database, str(error).strip()) from None
        if target.role:
            with connection.cursor() as cursor:
                cursor.execute(psycopg.sql.SQL("set role {}").format(psycopg.sql.Identifier(target.role)))
            connection.commit()
        if not catalog_only:
            self._trust_search_path(connection)
        return connection

    def _trust_search_path(self, connection: psycopg.Connection) -> None:
        try:
            with connection.transaction():
                connection.execute(self.render("trusted_search_path", self.trusted_roles, is_local=False))
        except psycopg.errors.RaiseException as error:
            connection.close()
            raise SearchPathRefused(str(error.diag.message_primary)) from None


class _Returned(Exception):
    """Ends a macro, as dbt's `return` does."""

    def __init__(self, value: Any):
        self.value = value


def _return(value: Any) -> None:
    raise _Returned(value)


@dataclass(frozen=True)
class _Macros:
    """What `onerow` is to a macro: each attribute is another macro."""

    call: Callable[..., Any]

    def __getattr__(self, macro: str) -> Callable[..., Any]:
        return partial(self.call, macro)


class _Exceptions:
    """What `exceptions` is to a macro."""

    @staticmethod
    def raise_compiler_error(message: str) -> None:
        raise WrongUse(message)


def _escaped(value: str) -> str:
    """Escape a value for libpq's `options`, which are parted by blanks."""
    return str(value).replace("\\", "\\\\").replace(" ", "\\ ")
