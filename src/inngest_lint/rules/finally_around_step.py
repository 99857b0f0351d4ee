"""Rule: a `finally` around steps does something, and does it on every request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.project import Final

_KEYWORD = len("finally")


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.STEPS,
    since="0.1.0",
    languages=frozenset({Language.PYTHON}),
)
def finally_around_step(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A `finally` around a step runs on every request, not once at the end."""
    for entry in context.project.entries(function):
        for final in context.project.finals(entry):
            yield _finding(final)


def _finding(final: Final) -> Finding:
    return Finding(
        Span(final.span.file, final.span.start, final.span.start + _KEYWORD),
        "a step in `finally` is taken before the steps it follows"
        if final.steps
        else f"`{final.worst.spelling}` in `finally` runs on every request",
        help="take it after the `try`, and in an `except Exception` for the failing case"
        if final.steps
        else "do it in a step after the `try`, or in the function's `on_failure`",
        label="runs each time a step ends the request",
        notes=(
            Note(final.step.stands.span, "this step ends the request by an interrupt"),
            Note(final.worst.span, "this is repeated"),
        ),
        severity=Severity.ERROR if final.steps or final.outside else None,
    )
