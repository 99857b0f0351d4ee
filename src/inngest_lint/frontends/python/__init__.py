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


def lower(source: Source, asked: Collection[Asked]) -> Module:
    """A Python file as a module of the model."""
    with recursion(_FRAMES):
        return ModuleScope(source).lower(asked)
