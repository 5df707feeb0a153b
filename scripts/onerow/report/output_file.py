"""A file that is either as it was or complete, whoever reads it meanwhile."""

import os
from pathlib import Path

from onerow.errors import NoFolderForOutput, OutputNotWritten


def require_folder(file: Path) -> None:
    """Find out before the work whether a file has a folder to go to.

    Raises:
        NoFolderForOutput: it has none.
    """
    if not file.parent.is_dir():
        raise NoFolderForOutput(file)


def write_output(file: Path, text: str) -> None:
    """Write a text to a file of this name: aside, then renamed. What is no plain file, such as a pipe, is written to.

    Raises:
        OutputNotWritten: the system refuses it; carries its reason.
    """
    try:
        if file.exists() and not file.is_file():
            file.write_text(text, encoding="utf-8")
            return
        target = file.resolve()  # a link goes on to point where it does
        # Hidden, and with a name of its own ending: what collects *.prom or *.xml must not find it half written.
        aside = target.with_name(f".{target.name}.{os.getpid()}.partial")
        try:
            aside.write_text(text, encoding="utf-8")
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise OutputNotWritten(file, error.strerror or str(error)) from error
