"""Rule: a function sleeps until a time that it makes of the clock."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Call, StepCall
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.language import Language
from inngest_lint.model.value import Constant, Duration, Opaque, Ref, Result, Value
from inngest_lint.model.walk import walk
from inngest_lint.platform.durations import as_text
from inngest_lint.project import Project
from inngest_lint.project.timing.wakes import Wake, wakes
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_TIMEDELTA = ("datetime", "timedelta")
_SECOND = 1000
_SLEEP = "sleep"


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.DETERMINISM,
    since="0.2.0",
    guideline=Guideline.PRIMITIVES,
)
def relative_sleep_until(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function sleeps until a time that it makes of the clock, which is another time whenever it is made again."""
    told: set[Span] = set()
    for entry in context.project.entries(function):
        for wake in wakes(entry, context.project):
            if wake.until.span not in told:
                told.add(wake.until.span)
                yield _finding(wake, context.project, context.language)


def _finding(wake: Wake, project: Project, language: Language) -> Finding:
    is_inside = wake.until.span.contains(wake.clock.span)
    fix = _python(wake) if language is Language.PYTHON else _typescript(wake, project)
    return Finding(
        wake.until.span,
        "the time to sleep until is made of the clock",
        help="say for how long with `step.sleep`, or make the time in a step",
        label="another time in every request that gets this far",
        notes=() if is_inside else (Note(wake.clock.span, "the clock is read here"),),
        fix=fix,
    )


def _fix(step: StepCall, *edits: Edit) -> Fix | None:
    """The sleep for a length of time, where the name of the method is where one expects it."""
    base, _, method = step.spelling.rpartition(".")
    if step.id is None or not base:
        return None
    end = step.span.start + len(step.spelling.encode())
    # Between the method and its first argument is nothing but a parenthesis, so it is written as it is spelt.
    if step.id.span.start != end + 1:
        return None
    name = Span(step.span.file, end - len(method.encode()), end)
    return Fix("Use `step.sleep`", (Edit(name, _SLEEP), *edits), Applicability.UNSAFE)


def _typescript(wake: Wake, project: Project) -> Fix | None:
    """`new Date(Date.now() + 600_000)`."""
    match wake.until.value:
        case Result(of=Call(arguments=(argument,)) as made) if project.dotted(made) == "Date":
            milliseconds = _added(argument.value, wake.clock)
            if milliseconds is None or milliseconds <= 0 or milliseconds % _SECOND:
                return None
            return _fix(wake.step, Edit(wake.until.span, f'"{as_text(milliseconds)}"'))
    return None


def _added(value: Value, clock: Call) -> float | None:
    """What is added to the clock."""
    match value:
        case Opaque(reads=(Result(of=of), Constant(value=int(number) | float(number)))) if of is clock:
            return number
    return None


def _python(wake: Wake) -> Fix | None:
    """`datetime.now() + timedelta(minutes=10)`."""
    match wake.until.value:
        case Opaque(reads=(Result(of=of), Duration() | Result(of=Call()))) if of is wake.clock:
            span = wake.until.span
            start = wake.clock.span.end
            within = (o for o in walk(wake.body.block) if span.contains(o.span) and o.span.start > start)
            lengths = [operation for operation in within if _is_length(operation)]
            is_placed = wake.clock.span.start == span.start
            if is_placed and len(lengths) == 1 and lengths[0].span.end == span.end:
                return _fix(wake.step, Edit(Span(span.file, span.start, lengths[0].span.start), ""))
    return None


def _is_length(operation: object) -> bool:
    return isinstance(operation, Call) and isinstance(operation.target, Ref) and operation.target.path == _TIMEDELTA
