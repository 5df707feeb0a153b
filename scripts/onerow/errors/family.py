"""The root of the one exception family, and what decides its exit code."""

from typing import ClassVar


class OnerowError(Exception):
    """Something broke: nothing was written, or what was written is named. Ends a command with exit code 1."""

    exit_code: ClassVar[int] = 1


class WrongUse(OnerowError):
    """The command was called, or the project is configured, in a way that cannot work. Ends with exit code 2."""

    exit_code: ClassVar[int] = 2
