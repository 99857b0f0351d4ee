"""Rule: a field of an event is of another type than the event has there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.body import Argument, Body, Call, Operation, Return, StepCall, StepKind
from inngest_lint.model.function import Module
from inngest_lint.model.language import Language
from inngest_lint.model.value import Closure, Constant, Duration, Items, Record, Ref, Result, Value
from inngest_lint.platform.limits import limit
from inngest_lint.project.sorts import Sorts
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

if TYPE_CHECKING:
    from inngest_lint.effects.kinds import Kind
    from inngest_lint.model.bindings import Bound

_EVENT = ("inngest", "Event")
_SEND = "send"
_MAP = ".map"
_NAME, _DATA, _ID, _TS = "name", "data", "id", "ts"
# The sorts that a field takes; what JSON makes of the others is no object, or no whole number.
_TAKES = {
    Language.PYTHON: {_NAME: {"text"}, _DATA: {"mapping", "nothing"}, _ID: {"text"}, _TS: {"integer"}},
    Language.TYPESCRIPT: {
        _NAME: {"text"},
        _DATA: {"mapping", "nothing", "map", "set", "response", "bytes", "function", "exception", "instance"},
        _ID: {"text", "nothing"},
        _TS: {"integer", "nothing"},
    },
}
_HELP = {
    _NAME: "give it a text such as `shop/order.paid`",
    _DATA: "put it under a key of an object",
    _ID: "make a text of it",
    _TS: "give it a whole number of milliseconds since 1970",
}
_AS_JSON = "make a text, a number or a dictionary of it"
_REFUSED = {
    Language.PYTHON: "a `ValidationError` is raised here",
    Language.TYPESCRIPT: "the server does not take the event, and sending it throws",
}
# What the Python SDK looks at of the data is its top level; of what lies below it makes JSON as far as it can.
_NOT_JSON = frozenset(
    {"datetime", "date", "time", "timedelta", "uuid", "model", "dataclass", "set", "bytes", "path", "function"}
)


@rule(on=Module, severity=Severity.ERROR, category=Category.EVENTS, since="0.2.0")
def invalid_event_field(module: Module, context: Context) -> Iterator[Finding]:
    """An event is made with a field of a type that events do not have there, and is refused."""
    told: set[Span] = set()
    places = context.project.written(module)
    unknown = tuple(argument.span for options in module.options for argument in options.unknown)
    mapped = frozenset(id(body) for place in places for body in _mapped(place, context))
    for place in places:
        held = _Held(Sorts(context.project, module.file, place), context, unknown, mapped)
        for finding in held.findings(place):
            if finding.span not in told:
                told.add(finding.span)
                yield finding


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of an event: its value, and where both stand."""

    name: str
    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class _Held:
    """What stands at a place, held against what an event is.

    `unknown` are the fields that events do not have, and `mapped` the functions that make one event each.
    """

    sorts: Sorts
    context: Context
    unknown: tuple[Span, ...]
    mapped: frozenset[int]

    def findings(self, place: Bound) -> Iterator[Finding]:
        """The faults of the events that are made at the place."""
        operation = place.operation
        if self.context.language is Language.PYTHON:
            if isinstance(operation, Call) and self._is_event(operation):
                yield from self._made(operation)
            return
        sent = _sent(operation, self.context)
        if sent is not None and not sent.spread:
            yield from self._events(sent.value, sent.span, operation)
        elif isinstance(operation, Return) and operation.value is not None and id(place.body) in self.mapped:
            yield from self._events(operation.value, operation.span, operation)

    # Python: instances of a class

    def _is_event(self, call: Call) -> bool:
        traced = self.context.project.traced(call.target, self.sorts.file)
        return traced is not None and traced.path == _EVENT

    def _made(self, call: Call) -> Iterator[Finding]:
        if any(argument.spread for argument in call.arguments):
            return
        for argument in call.arguments:
            if argument.name is None:
                yield _finding(argument.span, "`Event` takes its fields by name alone", _by_name(), _raised(call))
                return
        named = {argument.name for argument in call.arguments}
        if _NAME not in named and not self._is_misnamed(argument.span for argument in call.arguments):
            yield _finding(_head(call), "an event is made without a name", _HELP[_NAME], self._label())
        yield from self._fields(_Field(a.name or "", a.value, a.span) for a in call.arguments)

    # TypeScript: objects

    def _events(self, value: Value, span: Span, operation: Operation) -> Iterator[Finding]:
        known = _meant(value, self.sorts.place, self.context)
        if isinstance(known, Items):
            for item in known.values:
                yield from self._events(item, span, operation)
        elif isinstance(known, Record):
            yield from self._event(known, span)
        elif isinstance(known, Constant) and isinstance(known.value, str) and not _is_without_id(operation):
            what = operation.spelling if isinstance(operation, (Call, StepCall)) else _SEND
            yield _finding(span, f"`{what}` is given a text for an event", "send `{ name: …, data: … }`", self._label())

    def _event(self, record: Record, span: Span) -> Iterator[Finding]:
        if record.complete and record.get(_NAME) is None and not self._is_misnamed(e.span for e in record.entries):
            first = record.entries[0].span if record.entries else span
            yield _finding(first, "an event is sent without a name", _HELP[_NAME], self._label())
        yield from self._fields(_Field(e.key, e.value, e.span) for e in record.entries if record.get(e.key) is e)

    # Both

    def _is_misnamed(self, spans: Iterable[Span]) -> bool:
        """Whether an event has a field that no event has: it may be what the missing one was meant to be."""
        return any(span.contains(field) for span in spans for field in self.unknown)

    def _fields(self, fields: Iterator[_Field]) -> Iterator[Finding]:
        takes = _TAKES[self.context.language]
        for field in fields:
            if field.name not in takes or isinstance(field.value, Duration):
                continue
            kind = self._kind(field)
            if kind is not None and kind.name not in takes[field.name]:
                message = f"the `{field.name}` of an event is given {kind.phrase}"
                yield _finding(field.span, message, self._help(field.name), self._label())
            elif field.name == _DATA and self.context.language is Language.PYTHON:
                yield from self._top(field.value)

    def _kind(self, field: _Field) -> Kind | None:
        """The sort of a field; what enumerations are depends on their classes."""
        kind = self.sorts.of(field.value)
        if kind is None or not kind.phrase or kind.name.startswith(("enum", "fine")):
            return None
        if field.name == _TS and kind.name == "integer" and _is_no_time(field.value):
            return self.sorts.named("seconds")
        return kind

    def _top(self, value: Value) -> Iterator[Finding]:
        known = _meant(value, self.sorts.place, self.context)
        for entry in known.entries if isinstance(known, Record) else ():
            kind = self.sorts.of(entry.value)
            if kind is not None and kind.name in _NOT_JSON:
                message = f"the data of an event holds {kind.phrase}, which is not JSON"
                yield _finding(
                    _place(entry.value, entry.span),
                    message,
                    "make a text, a number or a dictionary of it",
                    self._label(),
                )

    def _help(self, name: str) -> str:
        if name == _DATA and self.context.language is Language.PYTHON:
            return 'give it a dictionary, such as the `.model_dump(mode="json")` of a model'
        return _HELP[name]

    def _label(self) -> str:
        return _REFUSED[self.context.language]


def _sent(operation: Operation, context: Context) -> Argument | None:
    match operation:
        case StepCall(kind=StepKind.SEND_EVENT):
            return operation.argument("events")
        case Call() if context.project.client_method(operation) == _SEND:
            return operation.argument("payload", 0)
    return None


def _is_without_id(operation: Operation) -> bool:
    """Whether what is sent stands where the id of the step belongs."""
    return isinstance(operation, StepCall) and operation.id is None


def _mapped(place: Bound, context: Context) -> Iterator[Body]:
    """The function that makes each of the events that are sent: `orders.map((order) => ({ name: … }))`."""
    sent = _sent(place.operation, context)
    known = _meant(sent.value, place, context) if sent is not None else None
    match known:
        case Result(of=Call(arguments=(Argument(value=Closure(body=body)),), spelling=spelling), path=()):
            if spelling.endswith(_MAP):
                yield body


def _meant(value: Value, place: Bound, context: Context) -> Value:
    """A value, or what the name it is was given."""
    if not isinstance(value, Ref):
        return value
    if value.is_variable:
        return (place.names.value(value) if len(value.path) == 1 else None) or value
    return context.project.bound(value, place.operation.span.file) or value


def _is_no_time(value: Value) -> bool:
    """Whether a number is no time in milliseconds that the server takes; nought stands for none."""
    if not isinstance(value, Constant) or not isinstance(value.value, int) or value.value == 0:
        return False
    return not limit("timestamp-at-least") <= value.value <= limit("timestamp")


def _finding(span: Span, message: str, help_: str, label: str) -> Finding:
    return Finding(span, message, help=help_, label=label)


def _head(call: Call) -> Span:
    return call.head or call.span


def _by_name() -> str:
    return "write `name=…` and `data=…`"


def _raised(call: Call) -> str:
    return f"`{call.spelling}(…)` raises a `TypeError`"


def _place(value: Value, span: Span) -> Span:
    """The smallest place that shows a value."""
    inside = value.of.span if isinstance(value, Result) else span
    return inside if span.contains(inside) else span
