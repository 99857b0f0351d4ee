"""Recursion: room on the stack for the walks of deeply nested code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# A walk takes about five frames per level of nesting; what a language or a front end refuses is never walked.
_LIMIT = 12_000


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Room on the stack for the visitors of deeply nested code."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
