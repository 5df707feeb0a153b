"""Servers of a test's own: some are killed, so they cannot be shared."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onerow.server.lifecycle import stop_server


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A folder for a server of one test; what runs in it at the end is stopped."""
    yield tmp_path / ".onerow"
    stop_server(tmp_path / ".onerow")
