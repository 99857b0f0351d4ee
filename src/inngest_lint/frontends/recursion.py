"""Recursion: room on the stack for the walks of nested code, and no more of it than there should be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def recursion(limit: int) -> Iterator[None]:
    """Room for this many frames on the stack, those that are there already included."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, limit))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
