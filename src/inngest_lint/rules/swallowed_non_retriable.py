"""Rule: an error that says how to retry is caught before the SDK sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Loop, Return, Throw, Try
from inngest_lint.model.flow import always_throws
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.walk import own
from inngest_lint.project.failures import Standing
from inngest_lint.project.failures.errors import thrown_class
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.model.body import Body, Catch
    from inngest_lint.project import Project, Reached
    from inngest_lint.project.failures import Attempt
    from inngest_lint.text import Span

_NAMES = {Standing.FINAL: "NonRetriableError", Standing.DELAYED: "RetryAfterError"}
_RETRIED = frozenset({Standing.ANY, Standing.PLAIN})


@rule(on=InngestFunction, severity=Severity.ERROR, category=Category.ERRORS, since="0.2.0", guideline=Guideline.RETRIES)
def swallowed_non_retriable(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A `NonRetriableError` or a `RetryAfterError` is caught before the SDK sees it, and what it asks for is lost."""
    project = context.project
    seen: set[Span] = set()
    for entry in project.entries(function):
        for found in (*_around_steps(entry, context), *_within(entry, project)):
            if found.span not in seen:
                seen.add(found.span)
                yield found


def _around_steps(entry: Body, context: Context) -> Iterator[Finding]:
    """In Python such an error leaves a step as it is, and no result of that step is stored."""
    if context.language is not Language.PYTHON:
        return
    for attempt in context.project.failures.attempts(entry):
        for reached in attempt.steps:
            taken = _taken(attempt, reached, entry, context.project)
            if taken is not None:
                yield taken.finding()
                break


@dataclass(frozen=True, slots=True)
class _Taken:
    """A catch, the step it guards, and what is thrown there and goes no further than the catch."""

    catch: Catch
    step: Reached
    throw: Throw
    kind: Standing

    def finding(self) -> Finding:
        """What is to be said of it."""
        name = _NAMES[self.kind]
        return Finding(
            self.catch.head,
            f"the `{name}` of a step is caught here, and its result never stored",
            help=f"let it pass: put `except inngest.{name}: raise` before this",
            label="the step runs again in each later request"
            if self.kind is Standing.FINAL
            else "the step is not tried again at that time",
            notes=(Note(self.step.stands.span, "the step is taken here"), Note(self.throw.span, "raised here")),
        )


def _taken(attempt: Attempt, reached: Reached, entry: Body, project: Project) -> _Taken | None:
    callback = project.callback(reached.step)
    for throw, kind in project.failures.leaving(callback) if callback is not None else ():
        catch = project.failures.taking(attempt, kind) if kind in _NAMES else None
        if catch is None or any(isinstance(o, Throw) for o in project.happening(catch.body)):
            continue
        if kind is Standing.DELAYED or _goes_on(attempt, catch, entry, project):
            return _Taken(catch, reached, throw, kind)
    return None


def _goes_on(attempt: Attempt, catch: Catch, entry: Body, project: Project) -> bool:
    """Whether further steps, and so further requests, may follow where a failure was caught."""
    if project.steps_in(catch.body):
        return True
    guarded, steps = attempt.operation.span, project.steps(entry)
    if not entry.span.contains(guarded):
        return any(all(reached.step is not own.step for own in attempt.steps) for reached in steps)
    if catch.body and isinstance(catch.body[-1], Return):
        return False
    around = (o for o in own(entry.block) if isinstance(o, Loop))
    return any(reached.stands.span.start >= guarded.end for reached in steps) or any(
        loop.span.contains(guarded) for loop in around
    )


def _within(entry: Body, project: Project) -> Iterator[Finding]:
    """Such errors that are thrown in a `try`, and become ones that are retried in its own catch."""
    starts = (entry, *(callback.body for callback in project.callbacks(entry)))
    for body in {id(reached): reached for start in starts for reached in project.reachable(start)}.values():
        for operation in project.happening(body.block):
            if isinstance(operation, Try) and len(operation.catches) == 1:
                yield from _turned(operation, project)


def _turned(guarded: Try, project: Project) -> Iterator[Finding]:
    (catch,) = guarded.catches
    instead = [o for o in project.happening(catch.body) if isinstance(o, Throw)]
    kinds = [project.failures.standing(type_, catch.span.file) for type_ in catch.types]
    if not always_throws(catch.body) or any(kind is not Standing.ANY for kind in kinds):
        return
    if not all(_kind(throw, project) in _RETRIED for throw in instead):
        return
    inner = {id(o) for nested in own(guarded.body) if isinstance(nested, Try) for o in own(nested.body)}
    for throw in own(guarded.body):
        if isinstance(throw, Throw) and id(throw) not in inner and _kind(throw, project) in _NAMES:
            yield _turned_finding(throw, instead[0], _NAMES[_kind(throw, project)])


def _kind(throw: Throw, project: Project) -> Standing:
    thrown = thrown_class(throw.value)
    return project.failures.standing(thrown, throw.span.file) if thrown is not None else Standing.UNKNOWN


def _turned_finding(throw: Throw, instead: Throw, name: str) -> Finding:
    return Finding(
        throw.span,
        f"this `{name}` is caught around it, and becomes an error like any other",
        help="move it out of the `try`, or let it pass in the catch",
        label="what it asks of Inngest is lost, and the usual retries follow",
        notes=(Note(instead.span, "this is thrown in its place"),),
    )
