"""Tests: which files are tests, by their names."""

from __future__ import annotations

import re
from pathlib import Path

_FOLDERS = frozenset({"__fixtures__", "__mocks__", "__tests__", "e2e", "fixtures", "mocks", "test", "testing", "tests"})
_NAME = re.compile(r"test_.*|.*_test|conftest|.*[.-](?:test|spec|e2e|mock)|(?:vitest|jest)[.-]?setup|setup-?[tT]ests?")


def is_test(file: str) -> bool:
    """Whether a file is a test, or stands beside tests."""
    path = Path(file)
    # A checkout may lie in a folder called `test`.
    path = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return _NAME.fullmatch(path.stem) is not None or not _FOLDERS.isdisjoint(path.parts[:-1])
