"""The Python front end: libcst, one top-level statement at a time."""

from __future__ import annotations

from inngest_lint.frontends.python.module import ModuleScope
from inngest_lint.frontends.recursion import deep_recursion
from inngest_lint.model.function import Module
from inngest_lint.text import Source


def lower(source: Source) -> Module:
    """A Python file as a module of the model."""
    with deep_recursion():
        return ModuleScope(source).lower()
