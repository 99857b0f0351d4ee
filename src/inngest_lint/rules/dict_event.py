"""Rule: a dictionary is sent where an event belongs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.model.bindings import Bound
from inngest_lint.model.body import Argument, Call, Loop, Operation, StepCall, StepKind
from inngest_lint.model.function import Language, Module
from inngest_lint.model.value import Items, Opaque, Origin, Record, Ref, Result, Value
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_SENDS = frozenset({"send", "send_sync"})


@rule(
    on=Module,
    severity=Severity.ERROR,
    category=Category.EVENTS,
    since="0.1.0",
    languages=frozenset({Language.PYTHON}),
)
def dict_event(module: Module, context: Context) -> Iterator[Finding]:
    """A dictionary is sent as an event, which raises an error instead."""
    places = context.project.written(module)
    appends = tuple(place for place in places if _appends_dict(place.operation))
    reported: set[Span] = set()
    for place in places:
        events = _events(place.operation, context)
        if events is None or events.span in reported:
            continue
        if _Sent(module, place, appends).is_dict(events.value):
            reported.add(events.span)
            yield _finding(events, _added(events.value, place, appends))


def _events(operation: Operation, context: Context) -> Argument | None:
    match operation:
        case StepCall(kind=StepKind.SEND_EVENT):
            return operation.argument("events")
        case Call() if context.project.client_method(operation) in _SENDS:
            return operation.argument("events", 0)
    return None


def _finding(events: Argument, added: tuple[Argument, ...]) -> Finding:
    return Finding(
        events.span,
        "a `dict` is sent as an event",
        help="send `inngest.Event(name=..., data=...)`",
        label="each event is asked for its `to_dict()`, which a `dict` does not have",
        notes=tuple(Note(argument.span, "this `dict` is added") for argument in added),
    )


@dataclass(frozen=True, slots=True)
class _Sent:
    """What is sent at a place of a module."""

    module: Module
    place: Bound
    appends: tuple[Bound, ...]

    def is_dict(self, value: Value) -> bool:
        """Whether a value is a dictionary, or a list with one in it."""
        match value:
            case Record():
                return True
            case Items(values=values):
                return any(self.is_dict(item) for item in values if not isinstance(item, Opaque))
            case Result(of=Loop(yields=yields), path=()) if yields is not None:
                return isinstance(yields, Record)
            case Result(of=Call(target=Ref(origin=Origin.GLOBAL, path=("dict",))), path=()):
                return True
            case Ref(path=(name,)) if value.origin is Origin.MODULE:
                return self._is_literal(self.module.binding(name))
            case Ref(path=(_,)) if value.is_variable:
                given = self.place.names.values(value)
                return all(map(self._is_literal, given)) or bool(_added(value, self.place, self.appends))
        return False

    def _is_literal(self, value: Value | None) -> bool:
        # A name of a name is not followed: it could lead in a circle.
        return value is not None and not isinstance(value, Ref) and self.is_dict(value)


def _appends_dict(operation: Operation) -> bool:
    match operation:
        case Call(arguments=(Argument(value=Record()),), spelling=spelling):
            return spelling.endswith(".append")
    return False


def _added(value: Value, place: Bound, appends: tuple[Bound, ...]) -> tuple[Argument, ...]:
    """The dictionaries that are appended to the list a value stands for, in the function it is sent from."""
    if not (isinstance(value, Ref) and value.origin is Origin.LOCAL and len(value.path) == 1):
        return ()
    calls = [near.operation for near in appends if near.body is place.body]
    return tuple(call.arguments[0] for call in calls if isinstance(call, Call) and call.receiver == value)
