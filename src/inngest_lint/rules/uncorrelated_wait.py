"""Rule: a wait takes any event of a name, whichever run that is for."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.model.body import Body, Branch, Loop, StepCall, StepKind
from inngest_lint.model.function import InngestFunction, Language, Trigger
from inngest_lint.model.testing import is_test
from inngest_lint.model.value import Constant, Opaque, Record, Ref, Result, Value
from inngest_lint.model.walk import everywhere, members, values
from inngest_lint.project import Project
from inngest_lint.project.waits.replies import replies
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_CONDITIONS = ("condition", "match")
_OPTIONS = "options"
_KNOWN = frozenset({"event", "timeout", _OPTIONS, *_CONDITIONS})
_HELP = {
    Language.PYTHON: 'say which: `if_exp="async.data.id == event.data.id"`',
    Language.TYPESCRIPT: 'say which: `match: "data.id"`, or `if: "async.data.id == event.data.id"`',
}


@rule(on=Project, severity=Severity.WARNING, category=Category.EVENTS, since="0.2.0")
def uncorrelated_wait(project: Project, _context: Context) -> Iterator[Finding]:
    """A wait takes the first event of its name, whichever run that is for."""
    seen: set[int] = set()
    for function in project.functions():
        if not _has_many_runs(function):
            continue
        for entry in project.entries(function):
            for reached in project.steps(entry):
                step = reached.step
                if id(step) not in seen and not is_test(step.span.file) and _takes_any(step):
                    seen.add(id(step))
                    if not _is_sorted_out(step, entry, project):
                        yield _finding(step, function, project.module(step.span.file).language)


def _has_many_runs(function: InngestFunction) -> bool:
    """Whether events start a function, and several of its runs may wait at the same time."""
    singleton = function.setting("singleton")
    is_alone = singleton is not None and isinstance(singleton.value, Record) and singleton.value.get("key") is None
    return bool(function.triggers) and all(map(_is_by_event, function.triggers)) and not is_alone


def _is_by_event(trigger: Trigger) -> bool:
    return trigger.event is not None and trigger.cron is None


def _takes_any(step: StepCall) -> bool:
    """Whether a wait is known to say nothing but the name of an event, which is the same in all runs."""
    if step.kind is not StepKind.WAIT_FOR_EVENT:
        return False
    # A name that the SDK does not know may be a condition that is called otherwise, and is told as that.
    if any(argument.spread or argument.name not in _KNOWN for argument in step.arguments):
        return False
    event, options = step.argument("event"), step.argument(_OPTIONS)
    if event is None or (options is not None and not (isinstance(options.value, Record) and options.value.complete)):
        return False
    given = (step.argument(name) for name in _CONDITIONS)
    return all(one is None or one.value == Constant(None) for one in given) and _is_fixed(event.value)


def _is_fixed(value: Value) -> bool:
    match value:
        case Constant(value=str()):
            return True
        case Ref() as ref:
            return not ref.is_variable and (ref.is_foreign or ref.name.isupper())
    return False


def _is_sorted_out(step: StepCall, entry: Body, project: Project) -> bool:
    """Whether code that follows sets what came against something else: `if (paid.data.id !== id) …`."""
    for body in project.reachable(entry):
        names = {reply.name for reply in replies(body, project) if reply.wait is step}
        for operation in everywhere(body.block):
            if isinstance(operation, (Branch, Loop)) and any(_compares(value, names) for value in values(operation)):
                return True
    return False


def _compares(value: Value, names: set[str | None]) -> bool:
    for member in members(value):
        if isinstance(member, Opaque) and len(member.reads) > 1 and not member.either:
            own = [read for read in member.reads if isinstance(read, Ref) and read.name in names and read.path[1:]]
            others = [read for read in member.reads if read not in own and isinstance(read, (Ref, Result))]
            if own and others:
                return True
    return False


def _finding(step: StepCall, function: InngestFunction, language: Language) -> Finding:
    head = Span(step.span.file, step.span.start, step.span.start + len(step.spelling.encode()))
    event = step.argument("event")
    told = "any event of this name"
    if event is not None and isinstance(event.value, Constant) and isinstance(event.value.value, str):
        told = f"any `{event.value.value}`"
    trigger = next((trigger.span for trigger in function.triggers), function.span)
    return Finding(
        head,
        f"{told} ends this wait, whichever run it is for",
        help=_HELP[language],
        label="no condition ties the event to this run",
        notes=(Note(trigger, "each event starts a run, and all of them wait for the same one"),),
    )
