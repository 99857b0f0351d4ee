"""Rule: a part of the file could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.function import Module
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(on=Module, severity=Severity.ERROR, category=Category.PROJECT, since="0.1.0")
def syntax_error(module: Module, _context: Context) -> Iterator[Finding]:
    """A part of a file could not be read, and was not checked."""
    for problem in module.problems:
        yield Finding(problem.span, problem.message, help="mend the syntax; the rest of the file was checked")
