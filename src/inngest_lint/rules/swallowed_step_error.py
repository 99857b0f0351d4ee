"""Rule: a catch takes the failure of a step, and nobody learns of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.testing import is_test
from inngest_lint.project.failures import Ending
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.project.failures import Swallow
    from inngest_lint.text import Span

_MESSAGES = {
    Ending.DROPPED: "the failure of a step is dropped here",
    Ending.LOGGED: "the failure of a step is only logged here",
    Ending.COMPLETED: "the run is completed here although a step failed",
    Ending.REPLACED: "the failure of a step is replaced with a result here",
}
_LABELS = {
    Ending.DROPPED: "the function goes on as though the step had succeeded",
    Ending.LOGGED: "the function goes on as though the step had succeeded",
    Ending.COMPLETED: "the run counts as a success, and no failure handler is called",
    Ending.REPLACED: "who called this cannot tell that the step failed",
}
_ANSWER = "let it through, make up for it in a step, or record what failed"


@rule(
    on=InngestFunction, severity=Severity.WARNING, category=Category.ERRORS, since="0.2.0", guideline=Guideline.RETRIES
)
def swallowed_step_error(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A catch around a step takes its failure, and does nothing about it."""
    # A test makes steps fail to see what comes of it.
    if is_test(function.span.file):
        return
    seen: set[Span] = set()
    for entry in context.project.entries(function):
        for swallow in context.project.failures.swallows(entry):
            if swallow.catch.head not in seen:
                seen.add(swallow.catch.head)
                yield _finding(swallow)


def _finding(swallow: Swallow) -> Finding:
    return Finding(
        swallow.catch.head,
        _MESSAGES[swallow.ending],
        help=_ANSWER,
        label=_LABELS[swallow.ending],
        notes=(Note(swallow.attempt.step.stands.span, "the step is taken here"),),
    )
