"""Rule: a step does several things that a failure of one repeats."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import StepCall
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.testing import is_test
from inngest_lint.model.value import Constant
from inngest_lint.project import Callback, Project
from inngest_lint.project.acts import Act, acts, begun_together, innermost
from inngest_lint.rule import Category, Context, Preset, rule
from inngest_lint.text import Span

_MANY = 3
_SHOWN = 4


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.STEPS,
    since="0.2.0",
    preset=Preset.STRICT,
    guideline=Guideline.GRANULARITY,
)
def broad_step(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A step does several things that do not belong together, and when one fails, the others are done again."""
    project = context.project
    retries = function.setting("retries")
    if is_test(function.span.file) or (retries is not None and retries.value == Constant(0)):
        return
    for entry in project.entries(function):
        for callback in project.callbacks(entry):
            repeated = _repeated(callback, project)
            if repeated:
                yield _finding(callback, repeated)


def _repeated(callback: Callback, project: Project) -> tuple[Act, ...]:
    """The things a step does, where a failure of one repeats another that shows; none where it is narrow enough."""
    body = innermost(callback.body, project)
    course = acts(body, project)
    done = tuple({id(act.call): act for act in course}.values())
    if _is_mixed(done) and _is_repeated(course):
        return done
    begun = begun_together(body, done, project)
    return begun if any(act.shows and _fail(begun, act) for act in begun) else ()


def _is_mixed(done: tuple[Act, ...]) -> bool:
    """Whether things are of several kinds, and more than what is done and the record of it."""
    if len({act.effect for act in done}) == 1:
        return False
    return len(done) >= _MANY or all(act.shows for act in done)


def _is_repeated(course: tuple[Act, ...]) -> bool:
    """Whether something that shows is followed by something that can fail."""
    return any(act.shows and _fail(course[place + 1 :], act) for place, act in enumerate(course))


def _fail(others: tuple[Act, ...], act: Act) -> bool:
    return any(other.fails for other in others if other is not act)


def _finding(callback: Callback, done: tuple[Act, ...]) -> Finding:
    return Finding(
        _place(callback),
        f"this step does {_count(done)} things, and a failure of one repeats the rest",
        help="do each of them in a step of its own",
        label="retried as one",
        notes=tuple(Note(act.call.span, _phrase(act)) for act in done[:_SHOWN]),
    )


def _place(callback: Callback) -> Span:
    step = callback.step
    if isinstance(step, StepCall):
        return step.id.span if step.id is not None else step.span
    return step.head or step.span


def _count(done: tuple[Act, ...]) -> str:
    return {2: "two", 3: "three", 4: "four"}.get(len(done), str(len(done)))


def _phrase(act: Act) -> str:
    return "an event is sent here" if act.effect is Effect.SEND else f"{act.effect.phrase} is used here"
