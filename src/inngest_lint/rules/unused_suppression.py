"""Rule: a suppression comment does not do what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.function import Module
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(on=Module, severity=Severity.WARNING, category=Category.PROJECT, since="0.1.0")
def unused_suppression(_module: Module, _context: Context) -> Iterator[Finding]:
    """A suppression comment names no rule, a wrong one, or one that reports nothing there."""
    # Whether a suppression is used shows only after every other rule has run: the engine yields the findings.
    return iter(())
