"""Tests run in threads of their own, because dbt is slow under a deep stack."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any


def called_in_a_thread(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function so that each call of it has the empty stack of a new thread.

    dbt walks the whole stack for each of its behavior flags whenever it makes an adapter, and for a frame without a
    file, as the test runner's workers have them, through all modules: seconds for every run of dbt in this process.
    """

    def call(*args: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        outcome: Future[Any] = Future()

        def run() -> None:
            __tracebackhide__ = True
            try:
                outcome.set_result(function(*args, **named))
            except BaseException as error:  # a skip is one, too
                outcome.set_exception(error)

        # A daemon: a test that was stopped for its time must not hold the whole run.
        threading.Thread(target=run, daemon=True).start()
        return outcome.result()

    return call
