"""The Python front end: libcst, one top-level statement at a time."""

from __future__ import annotations

from collections.abc import Collection

from inngest_lint.frontends.asked import Asked
from inngest_lint.frontends.python.module import ModuleScope
from inngest_lint.frontends.recursion import recursion
from inngest_lint.model.function import Module
from inngest_lint.text import Source

# A walk takes about five frames per level of nesting; what is deeper than the language allows was refused before.
_FRAMES = 12_000


class Opened:
    """A Python file that is being lowered."""

    def __init__(self, source: Source) -> None:
        with recursion(_FRAMES):
            self._scope = ModuleScope(source)

    def lower(self, asked: Collection[Asked] = ()) -> Module:
        """The file as a module of the model, with what others ask of it, now or before."""
        with recursion(_FRAMES):
            return self._scope.lower(asked)


def opened(source: Source) -> Opened:
    """A Python file, to be lowered."""
    return Opened(source)
