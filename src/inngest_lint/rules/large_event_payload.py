"""Rule: what an event carries is plainly big."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Confidence, Finding, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Argument, Call, StepCall, StepKind
from inngest_lint.model.function import Module
from inngest_lint.model.value import Items, Origin, Record, Ref, Result
from inngest_lint.project.sizes import Sizes
from inngest_lint.rule import Category, Context, Preset, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.effects.kinds import Kind
    from inngest_lint.model.bindings import Bindings
    from inngest_lint.model.body import Operation
    from inngest_lint.model.value import Value
    from inngest_lint.project import Project
    from inngest_lint.text import Span

_SENDS = frozenset({"send", "send_sync"})
_DATA = "data"
_LONGEST_CHAIN = 6


@rule(
    on=Module,
    severity=Severity.WARNING,
    category=Category.EVENTS,
    since="0.2.0",
    preset=Preset.STRICT,
    confidence=Confidence.MEDIUM,
    guideline=Guideline.SIZE,
)
def large_event_payload(module: Module, context: Context) -> Iterator[Finding]:
    """An event carries a file, a download or a whole table."""
    sizes = Sizes(context.project, module.file)
    found: dict[Span, Finding] = {}
    for place in context.project.written(module):
        for data in _sent(place.operation, place.names, context.project):
            for big in sizes.within(data.value, data.span, place.names):
                found.setdefault(big.span, _finding(big.span, big.kind))
    yield from found.values()


def _sent(operation: Operation, names: Bindings, project: Project) -> Iterator[Argument]:
    """The data that an operation sends."""
    match operation:
        case StepCall(kind=StepKind.INVOKE):
            data = operation.argument(_DATA)
            yield from () if data is None else (data,)
        case StepCall(kind=StepKind.SEND_EVENT):
            events = operation.argument("events")
            yield from () if events is None else _data(events.value, events.span, names)
        case Call() if project.client_method(operation) in _SENDS:
            events = operation.argument("events", 0) or operation.argument("payload", 0)
            yield from () if events is None else _data(events.value, events.span, names)


def _data(value: Value, span: Span, names: Bindings, left: int = _LONGEST_CHAIN) -> Iterator[Argument]:
    """The data of the events that a value is, each where it is written."""
    if not left:
        return
    match value:
        case Record():
            entry = value.get(_DATA)
            yield from () if entry is None else (Argument(_DATA, entry.value, entry.span),)
        case Items(values=values):
            for item in values:
                yield from _data(item, span, names, left - 1)
        case Result(of=Call() as call, path=()):
            data = call.argument(_DATA)
            yield from () if data is None else (data,)
        case Ref(origin=Origin.LOCAL, path=(_,)):
            given = names.value(value)
            yield from () if given is None else _data(given, span, names, left - 1)


def _finding(span: Span, kind: Kind) -> Finding:
    return Finding(
        span,
        f"{kind.phrase} is sent with an event",
        help=kind.help.replace("return", "send"),
        label="an event above the limit of the plan, 256 KB to 3 MB, is refused",
    )
