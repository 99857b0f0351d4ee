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


def lower(source: Source, asked: Collection[Asked]) -> Module:
    """A TypeScript or JavaScript file as a module of the model."""
    with recursion(_FRAMES):
        return ModuleScope(source).lower(asked)
