"""Rule: a loop tries again what Inngest would try again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Call
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.rule import Category, Context, Preset, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.model.body import Body
    from inngest_lint.project import Project
    from inngest_lint.project.failures import Retry
    from inngest_lint.text import Span

_ERROR = {Language.PYTHON: "inngest.RetryAfterError", Language.TYPESCRIPT: "RetryAfterError"}


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.ERRORS,
    since="0.2.0",
    guideline=Guideline.RETRIES,
    preset=Preset.STRICT,
)
def manual_retry(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A loop waits and tries again, in a step or around one, where the retries of Inngest would."""
    seen: set[Span] = set()
    for found in _all(function, context.project):
        if found.span not in seen:
            seen.add(found.span)
            yield _finding(found, context.language)


@dataclass(frozen=True, slots=True)
class _Found:
    """A retry, and where it is told: at its loop, or at the call of the helper that it stands in."""

    retry: Retry
    span: Span


def _all(function: InngestFunction, project: Project) -> Iterator[_Found]:
    """The retries around the steps of a function, and those in the functions of its steps."""
    for entry in project.entries(function):
        is_durable = project.is_durable(entry)
        for body in project.reachable(entry):
            for retry in project.failures.retries(body):
                if not is_durable or project.steps_in(retry.attempt.body):
                    yield _Found(retry, _place(retry))
        for callback in project.callbacks(entry):
            yield from _inside(callback.body, project)


def _inside(body: Body, project: Project) -> Iterator[_Found]:
    """The retries in the function of a step, and in the helpers of the same file that it calls."""
    for retry in project.failures.retries(body):
        yield _Found(retry, _place(retry))
    for operation in project.happening(body.block):
        callee = project.callee(operation) if isinstance(operation, Call) else None
        for helper in project.reachable(callee) if callee is not None else ():
            if helper.span.file == body.span.file:
                yield from (_Found(retry, operation.span) for retry in project.failures.retries(helper))


def _place(retry: Retry) -> Span:
    return retry.loop.head or retry.pause.span


def _finding(found: _Found, language: Language) -> Finding:
    loop = () if found.span == _place(found.retry) else (Note(_place(found.retry), "tries again here"),)
    return Finding(
        found.span,
        "a loop tries again what the retries of a step would",
        help=f"make one attempt the step, and let its error leave it: `{_ERROR[language]}` says when to try again",
        label="starts anew with each retry that Inngest makes on top of it",
        notes=(*loop, Note(found.retry.pause.span, "waits here")),
    )
