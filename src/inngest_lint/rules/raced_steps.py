"""Rule: steps race each other without the SDK knowing."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Body, Call, Operation, Parallel, StepCall
from inngest_lint.model.function import InngestFunction, Language, Module
from inngest_lint.model.promises import outermost, promises, takers
from inngest_lint.model.value import Constant
from inngest_lint.model.walk import everywhere
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_RACES = frozenset({"Promise.any", "Promise.race"})
# The major release from which the SDK waits for all parallel steps unless it is told otherwise.
_WAITS_FOR_ALL = 4
_MODE = "parallel-mode"
_EACH = ".map"


@rule(
    on=Module,
    severity=Severity.WARNING,
    category=Category.STEPS,
    since="0.2.0",
    languages=frozenset({Language.TYPESCRIPT}),
    guideline=Guideline.PARALLEL,
)
def raced_steps(module: Module, context: Context) -> Iterator[Finding]:
    """Steps race in `Promise.race` or `Promise.any` outside `group.parallel`, where nothing cancels the losers."""
    grouped = tuple(_grouped(module, context.project))
    reported: set[Span] = set()
    for outer in outermost(module):
        for race, step in _races(outer, context):
            is_known = any(span.contains(race.span) for span in grouped) or _is_told(step)
            waits = _waits_for_all(outer, module, context.project)
            if not is_known and waits is not None and race.span not in reported:
                reported.add(race.span)
                yield _finding(race, step.span, waits=waits)


def _grouped(module: Module, project: Project) -> Iterator[Span]:
    """What `group.parallel` is given and the functions that it runs: what happens there is told to Inngest."""
    for place in project.written(module):
        if isinstance(place.operation, Parallel) and place.operation.grouped:
            yield place.operation.span
            for branch in place.operation.branches:
                body = project.function(branch, module.file)
                yield from (reached.span for reached in project.reachable(body)) if body is not None else ()


def _races(outer: Body, context: Context) -> Iterator[tuple[Parallel | Call, Operation]]:
    """The races in a function, each with the steps in it."""
    operations = tuple(everywhere(outer.block))
    together = [o for o in operations if isinstance(o, Parallel) and o.first and not o.grouped]
    of_names = any(isinstance(operation, Call) and operation.spelling in _RACES for operation in operations)
    for promise in promises(outer, context.language, context.project.starts_steps) if together or of_names else ():
        step = promise.operation
        yield from ((race, step) for race in together if race is not step and race.span.contains(step.span))
        yield from ((race, step) for race in _of_names(step, outer, listed=False)) if of_names else ()
    for call in operations if of_names else ():
        first = _first_of_each(call, context.project) if isinstance(call, Call) else None
        if isinstance(call, Call) and first is not None:
            yield from ((race, first) for race in _of_names(call, outer, listed=True))


def _of_names(started: StepCall | Parallel | Call, outer: Body, *, listed: bool) -> Iterator[Call]:
    """The races that a promise, or a list of them, gets into by its name."""
    return (taker for taker in takers(started, outer, listed=listed) if taker.spelling in _RACES)


def _first_of_each(call: Call, project: Project) -> Operation | None:
    """The step that `items.map(…)` starts for each item."""
    if call.receiver is None or not call.arguments or not call.spelling.endswith(_EACH):
        return None
    body = project.function(call.arguments[0].value, call.span.file)
    steps = project.steps(body) if body is not None else ()
    return steps[0].step if steps else None


def _is_told(step: Operation) -> bool:
    """`step.run({ id, parallelMode: "race" }, …)`."""
    mode = step.argument(_MODE) if isinstance(step, StepCall) else None
    return mode is not None and mode.value == Constant("race")


def _waits_for_all(outer: Body, module: Module, project: Project) -> bool | None:
    """Whether the race is over only when every step in it is; None where the user has seen to it that it is not."""
    functions = [f for f in module.functions if outer in (f.handler, f.on_failure)] or list(module.functions)
    told = [entry.value for f in functions if (entry := f.setting("optimize-parallelism")) is not None]
    if told:
        return True if Constant(value=False) not in told else None
    return _major(functions, module, project) >= _WAITS_FOR_ALL


def _major(functions: list[InngestFunction], module: Module, project: Project) -> int:
    known = [function.major for function in functions if function.major is not None]
    sdk = project.sdk(module.file)
    if known and min(known) < _WAITS_FOR_ALL:
        return min(known)
    return sdk.release[0] if sdk is not None else _WAITS_FOR_ALL


def _finding(race: Parallel | Call, step: Span, *, waits: bool) -> Finding:
    written = Span(race.span.file, race.span.start, race.span.start + len(race.spelling.encode()))
    head = race.head or race.span if isinstance(race, Call) else written
    if waits:
        return Finding(
            head,
            f"`{race.spelling}` is held up by the slowest of its steps",
            help=f"race them in `group.parallel(() => {race.spelling}([…]))`",
            label="the SDK goes on only when all of the steps are done",
            notes=(Note(step, "this step is in the race"),),
        )
    return Finding(
        head,
        f"the steps that lose this `{race.spelling}` go on",
        help="let the losers end by themselves: give a wait a short `timeout`",
        label="nothing cancels them",
        notes=(Note(step, "this step is in the race"),),
        severity=Severity.INFO,
    )
