"""Recursion: files that are walked with as much room on the stack as there should be, and no more."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from inngest_lint.frontends.asked import Asked
    from inngest_lint.model.function import Module


class _Scope(Protocol):
    def lower(self, asked: Collection[Asked]) -> Module: ...


class Walked:
    """A file that is being lowered by walks of so many frames, those that are there already included."""

    def __init__(self, scope: _Scope, frames: int) -> None:
        self._scope = scope
        self._frames = frames

    def lower(self, asked: Collection[Asked] = ()) -> Module:
        """The file as a module of the model, with what others ask of it, now or before."""
        with recursion(self._frames):
            return self._scope.lower(asked)


@contextmanager
def recursion(limit: int) -> Iterator[None]:
    """Room for this many frames on the stack, those that are there already included."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, limit))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
