"""Rule: two functions of one app have the same id."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_LABELS = {Language.PYTHON: "only the last one is registered", Language.TYPESCRIPT: "`serve` throws"}


@rule(on=Project, severity=Severity.ERROR, category=Category.PROJECT, since="0.2.0")
def duplicate_function_id(project: Project, _context: Context) -> Iterator[Finding]:
    """Two functions of one app have the same id."""
    for function, first in project.registry.duplicates():
        yield Finding(
            _place(function),
            f"another function has the id `{project.registry.id(function)}` already",
            help="give each function of an app an id of its own",
            label=_LABELS[project.module(function.span.file).language],
            notes=(Note(_place(first), "the other function has it here"),),
        )


def _place(function: InngestFunction) -> Span:
    return function.id.span if function.id is not None else function.span
