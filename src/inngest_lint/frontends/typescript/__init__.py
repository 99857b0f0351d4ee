"""The TypeScript front end: tree-sitter, for JavaScript and JSX too."""

from __future__ import annotations

from collections.abc import Collection

from inngest_lint.frontends.asked import Asked
from inngest_lint.frontends.recursion import recursion
from inngest_lint.frontends.typescript.module import ModuleScope
from inngest_lint.model.function import Module
from inngest_lint.text import Source

# A walk takes about three frames per level of nesting; what is nested deeper is reported, as too deep for rules too.
_FRAMES = 2_000


class Opened:
    """A TypeScript or JavaScript file that is being lowered."""

    def __init__(self, source: Source) -> None:
        with recursion(_FRAMES):
            self._scope = ModuleScope(source)

    def lower(self, asked: Collection[Asked] = ()) -> Module:
        """The file as a module of the model, with what others ask of it, now or before."""
        with recursion(_FRAMES):
            return self._scope.lower(asked)


def opened(source: Source) -> Opened:
    """A TypeScript or JavaScript file, to be lowered."""
    return Opened(source)
