"""Rule: a part of the file could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Confidence, Finding, Severity
from inngest_lint.model.function import Module, Problem
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(on=Module, severity=Severity.ERROR, category=Category.PROJECT, since="0.1.0")
def syntax_error(module: Module, _context: Context) -> Iterator[Finding]:
    """A part of a file could not be read, and was not checked."""
    for problem in module.problems:
        yield _broken(problem) if problem.certain else _partly_checked(problem)


def _broken(problem: Problem) -> Finding:
    return Finding(problem.span, problem.message, help="mend the syntax; the rest of the file was checked")


def _partly_checked(problem: Problem) -> Finding:
    return Finding(
        problem.span,
        problem.message,
        help="mend the syntax, or leave it: it may be valid code that the parser does not know",
        label="the file is only partly checked",
        severity=Severity.INFO,
        confidence=Confidence.LOW,
    )
