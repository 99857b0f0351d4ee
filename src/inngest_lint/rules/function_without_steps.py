"""Rule: a function does several things and takes no step."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Await, Call, Loop, Operation
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.testing import is_test
from inngest_lint.model.value import Constant, Origin, Ref, Result
from inngest_lint.project import Project
from inngest_lint.project.deeds import Deed, Nature, deeds
from inngest_lint.project.hidden import hides_steps
from inngest_lint.rule import Category, Context, rule

_RUN = {Language.PYTHON: "ctx.step.run", Language.TYPESCRIPT: "step.run"}
_SEVERAL = 2
_SHOWN = 3


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.STEPS,
    since="0.2.0",
    guideline=Guideline.STEPS,
)
def function_without_steps(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function does several things that can fail and takes no step, so each retry does all of them again."""
    project = context.project
    handler = function.handler
    if not function.created or _is_never_retried(function) or is_test(function.span.file):
        return
    if project.is_durable(handler):
        return
    done = tuple(deeds(handler, project))
    changes = [deed for deed in done if deed.nature is not Nature.READS]
    if not changes or hides_steps(handler, project):
        return
    repeats = any(_is_repeated(deed, function, project) for deed in changes)
    number = len(done) + sum(_is_out_of_sight(operation, project) for operation in project.happening(handler.block))
    run = _RUN[context.language]
    if repeats or number >= _SEVERAL:
        yield _finding(function, done, run)
    else:
        yield _advice(function, changes[0], run)


def _is_never_retried(function: InngestFunction) -> bool:
    retries = function.setting("retries")
    return retries is not None and retries.value == Constant(0)


def _is_repeated(deed: Deed, function: InngestFunction, project: Project) -> bool:
    """Whether a function does something once for each item of a collection."""
    loops = (o for o in project.happening(function.handler.block) if isinstance(o, Loop))
    calls = (o for o in project.happening(function.handler.block) if isinstance(o, Call))
    given = (body for call in calls for body in project.called_at_once(call))
    blocks = (*(loop.body for loop in loops), *(body.block for body in given))
    return any(operation is deed.call for block in blocks for operation in project.happening(block))


def _is_out_of_sight(operation: Operation, project: Project) -> bool:
    """Whether something is waited for that a function does of which nothing is known."""
    match operation:
        case Await(value=Result(of=Call(target=Ref(origin=Origin.IMPORT)) as call)):
            return project.callee(call) is None and project.classify(call) is None
    return False


def _finding(function: InngestFunction, done: tuple[Deed, ...], run: str) -> Finding:
    return Finding(
        function.id.span if function.id is not None else function.handler.name_span,
        f"`{_name(function)}` takes no step, so a retry does all of its work again",
        help=f"do each of these things in a `{run}` of its own",
        label="retried as a whole",
        notes=tuple(Note(deed.call.span, _phrase(deed)) for deed in done[:_SHOWN]),
    )


def _advice(function: InngestFunction, deed: Deed, run: str) -> Finding:
    return Finding(
        function.id.span if function.id is not None else function.handler.name_span,
        f"`{_name(function)}` does its work outside of any step",
        help=f"do it in `{run}`, so that what is added later does not repeat it",
        label="nothing of this function is recorded",
        notes=(Note(deed.call.span, _phrase(deed)),),
        severity=Severity.INFO,
        advice=True,
    )


def _name(function: InngestFunction) -> str:
    match function.id.value if function.id is not None else None:
        case Constant(value=str() as name):
            return name
    return function.name


def _phrase(deed: Deed) -> str:
    return "the event is sent here" if deed.effect is Effect.SEND else f"{deed.effect.phrase} is used here"
