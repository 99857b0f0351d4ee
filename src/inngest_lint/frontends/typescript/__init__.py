"""The TypeScript front end: tree-sitter, for JavaScript and JSX too."""

from __future__ import annotations

from inngest_lint.frontends.recursion import Walked, recursion
from inngest_lint.frontends.typescript.module import ModuleScope
from inngest_lint.text import Source

# A walk takes about three frames per level of nesting; what is nested deeper is reported, as too deep for rules too.
_FRAMES = 2_000


def opened(source: Source) -> Walked:
    """A TypeScript or JavaScript file, to be lowered."""
    with recursion(_FRAMES):
        return Walked(ModuleScope(source), _FRAMES)
