"""Rule: a function is in no list that is handed to Inngest."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule


@rule(on=Project, severity=Severity.WARNING, category=Category.PROJECT, since="0.2.0")
def unregistered_function(project: Project, _context: Context) -> Iterator[Finding]:
    """A function is created but never handed to `serve` or `connect`."""
    for function, serve in project.registry.unregistered():
        name = project.registry.id(function) or function.name
        yield Finding(
            function.span,
            f"`{name}` is in no list of functions that is handed to Inngest",
            help="add it to the list, or delete it",
            label="never runs",
            notes=(Note(serve.span, "the functions of its client are registered here"),),
        )
