"""The Python front end: libcst, one top-level statement at a time."""

from __future__ import annotations

from inngest_lint.frontends.python.module import ModuleScope
from inngest_lint.frontends.recursion import Walked, recursion
from inngest_lint.text import Source

# A walk takes about five frames per level of nesting; what is deeper than the language allows was refused before.
_FRAMES = 12_000


def opened(source: Source) -> Walked:
    """A Python file, to be lowered."""
    with recursion(_FRAMES):
        return Walked(ModuleScope(source), _FRAMES)
