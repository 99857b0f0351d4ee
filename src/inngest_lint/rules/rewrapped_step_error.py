"""Rule: the failure of a step is thrown again as an error that the SDK retries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Throw
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.value import Constant
from inngest_lint.project.failures import Standing
from inngest_lint.project.failures.errors import thrown_class
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.project import Project
    from inngest_lint.project.failures import Attempt
    from inngest_lint.text import Span

_HELP = {
    Language.PYTHON: "raise it again as it is, or raise `inngest.NonRetriableError(…)` from it",
    Language.TYPESCRIPT: "throw it again as it is, or `new NonRetriableError(…)` with it as the `cause`",
}
_RETRIED = frozenset({Standing.ANY, Standing.PLAIN})
_NONE = Constant(0)


@rule(
    on=InngestFunction, severity=Severity.WARNING, category=Category.ERRORS, since="0.2.0", guideline=Guideline.RETRIES
)
def rewrapped_step_error(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """The failure of a step is thrown again as an error that makes Inngest retry the whole function."""
    retries = function.setting("retries")
    if retries is not None and retries.value == _NONE:
        return
    seen: set[Span] = set()
    for entry in context.project.entries(function):
        for attempt in context.project.failures.attempts(entry):
            for throw in _rewrapping(attempt, context.project):
                if throw.span not in seen:
                    seen.add(throw.span)
                    yield _finding(throw, attempt, context.language)


def _rewrapping(attempt: Attempt, project: Project) -> Iterator[Throw]:
    """What a catch throws in the place of the failure, where all of it is retried."""
    catch = project.failures.taking(attempt, Standing.STEP)
    thrown = [o for o in project.happening(catch.body) if isinstance(o, Throw)] if catch is not None else []
    # A catch that also throws something else tells failures apart.
    if all(_is_retried(throw, project) for throw in thrown):
        yield from thrown


def _is_retried(throw: Throw, project: Project) -> bool:
    thrown = thrown_class(throw.value)
    return thrown is not None and project.failures.standing(thrown, throw.span.file) in _RETRIED


def _finding(throw: Throw, attempt: Attempt, language: Language) -> Finding:
    return Finding(
        throw.span,
        "the failure of a step becomes an error that retries the function",
        help=_HELP[language],
        label="retries the whole function, though the step has used up its own retries",
        notes=(Note(attempt.step.stands.span, "the step is taken here"),),
    )
