"""Texts: the texts a value is known to be, and the events it stands for, wherever their names are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from inngest_lint.model.bindings import Bindings
from inngest_lint.model.body import Argument, Await, Body, Call, Loop, StepCall
from inngest_lint.model.parameters import received_by
from inngest_lint.model.value import EACH, Constant, Items, Opaque, Origin, Record, Ref, Result, Template, Value
from inngest_lint.model.walk import closures
from inngest_lint.project.calls import Calls
from inngest_lint.project.events.course import Place
from inngest_lint.project.references import returned
from inngest_lint.text import Span

Texts = frozenset[str] | None
"""The texts a value may be; None where it may be one that is not known."""

_DEEPEST = 12
_EVENT = ("inngest", "Event")
_EVENT_TYPE = ("inngest", "eventType")
_CREATE = "create"
_NAME = "name"
# What an `eventType` object has its name under.
_NAMES = ((), (_NAME,), ("event",))
_EACH_METHODS = frozenset({"map", "flatMap"})
_SAME_METHODS = frozenset({"concat", "filter", "flat", "reverse", "slice", "sort", "toSorted"})
_GROWING_METHODS = frozenset({"add", "append", "extend", "insert", "push", "unshift"})


@dataclass(frozen=True, slots=True)
class Sent:
    """An event that a value stands for: the names it may have; it may be left out where it is `conditional`."""

    names: Texts
    prefix: str = ""
    conditional: bool = False


_UNKNOWN = Sent(None)


class Resolver:
    """What values are known to be, across the functions and files of a project.

    `handed` are the functions whose parameters were followed to their callers.
    """

    def __init__(
        self,
        calls: Calls,
        names: Callable[[Body], Bindings],
        callers: Callable[[Body], Iterable[tuple[Call, Place]]],
        changes: Callable[[Place], Iterable[Call]],
    ) -> None:
        self._calls = calls
        self._names = names
        self._callers = callers
        self._changes = changes
        self.handed: set[Span] = set()

    # Texts

    def texts(self, value: Value | None, place: Place) -> Texts:
        """The texts a value may be."""
        return self._texts(value, place, _DEEPEST)

    def _texts(self, value: Value | None, place: Place, left: int) -> Texts:
        if not left:
            return None
        match value:
            case Constant(value=str(text)):
                return frozenset((text,))
            case Template(parts=parts):
                return self._joined(parts, place, left)
            case Opaque(reads=reads, either=True):
                return _union(self._texts(read, place, left - 1) for read in reads)
            case Ref(origin=Origin.CONTEXT, path=("event", "name") | ("events", _, "name")):
                return place.own
            case Ref() | Result():
                return _union(self._texts(known, where, left - 1) for known, where in self._known(value, place))
        return None

    def _joined(self, parts: tuple[str | Value, ...], place: Place, left: int) -> Texts:
        whole = frozenset(("",))
        for part in parts:
            texts = frozenset((part,)) if isinstance(part, str) else self._texts(part, place, left - 1)
            if texts is None:
                return None
            whole = frozenset(before + text for before in whole for text in texts)
        return whole

    def prefix(self, value: Value | None, place: Place) -> str:
        """What a text that is not known begins with."""
        match value:
            case Template(parts=(first, *_)):
                texts = frozenset((first,)) if isinstance(first, str) else self.texts(first, place)
                return next(iter(texts)) if texts is not None and len(texts) == 1 else ""
        return ""

    def _known(self, value: Ref | Result, place: Place) -> Iterator[tuple[Value | None, Place]]:
        """What a name stands for, or what a call gives, and where that is written; None where it is not known."""
        match value:
            case Ref() if value.is_variable:
                yield from self._of_variable(value, place)
            case Ref():
                yield self._of_module(value, place)
            case Result(of=Await(value=waited), path=path):
                yield below(waited, path), place
            case Result(of=Call() as call, path=path) if self._is(call, _EVENT_TYPE) and path in _NAMES:
                yield call.arguments[0].value if call.arguments else None, self._at(call, place)
            case Result(of=Call() as call, path=path):
                yield from self._given(call, path, place)
            case _:
                yield None, place

    def _of_module(self, ref: Ref, place: Place) -> tuple[Value | None, Place]:
        value, file = self._calls.bound_in(ref, place.file)
        return value, Place(file, Bindings())

    def _of_variable(self, ref: Ref, place: Place) -> Iterator[tuple[Value | None, Place]]:
        hops = ref.path[1:]
        for value in place.names.values(Ref(ref.origin, ref.path[:1])):
            if value is not None:
                yield below(value, hops), place
            else:
                yield from ((below(given, hops), where) for given, where in self._handed(ref.name, place))

    def _handed(self, name: str, place: Place) -> Iterator[tuple[Value | None, Place]]:
        """What is given for a parameter, by the call that led here or by all there are."""
        owner: Place | None = place
        while owner is not None and not _has_parameter(owner.body, name):
            owner = owner.around if owner.entered is None else None
        if owner is not None and owner.body is not None:
            self.handed.add(owner.body.span)
        if owner is None or owner.body is None:
            yield None, place
        elif owner.entered is not None and owner.around is not None:
            yield _argument(owner.entered, name, owner.body), owner.around
        else:
            found = [(_argument(call, name, owner.body), where) for call, where in self._callers(owner.body)]
            yield from found or [(None, place)]

    def _given(self, call: Call, path: tuple[str, ...], place: Place) -> Iterator[tuple[Value | None, Place]]:
        """What a function of the project gives back."""
        callee = self._calls.callee(call)
        if callee is None or place.within(callee):
            yield None, place
            return
        where = Place(callee.span.file, self._names(callee), callee, call, self._at(call, place), place.own)
        given = [below(value, path) for value in returned(callee)]
        yield from ((value, where) for value in given or [None])

    def _at(self, call: Call, place: Place) -> Place:
        return place if call.span.file == place.file else Place(call.span.file, Bindings())

    def _is(self, call: Call, path: tuple[str, ...]) -> bool:
        target = self._calls.canonical(call.target, call.span.file)
        return target is not None and target.path == path

    # Events

    def events(self, value: Value | None, place: Place) -> Iterator[Sent]:
        """The events that a value stands for: one, a list of them, or what makes one for each item of something."""
        yield from self._events(value, place, _DEEPEST)

    def _events(self, value: Value | None, place: Place, left: int) -> Iterator[Sent]:
        match value if left else None:
            case Record() as record:
                yield from self._of_record(record, place, left)
            case Items(values=values):
                for item in values:
                    yield from self._events(item, place, left - 1)
            case Opaque(reads=reads) if reads:
                for read in reads:
                    yield from map(_perhaps, self._events(read, place, left - 1))
            case Ref(origin=Origin.CONTEXT, path=("event",) | ("events", *_)):
                yield Sent(place.own)
            case Result(of=Loop(yields=yields)) if yields is not None:
                yield from map(_perhaps, self._events(yields, place, left - 1))
            case Result(of=Call() as call, path=()) as given:
                yield from self._made(call, given, place, left)
            case Ref() | Result() as known:
                yield from self._named(known, place, left)
            case _:
                yield _UNKNOWN

    def is_event(self, value: Value, place: Place) -> bool:
        """Whether a value is an instance of the SDK's class of events, or a list of them."""
        match value:
            case Ref(path=(_,)) if value.is_variable:
                return any(
                    known is not None and known != value and self.is_event(known, place)
                    for known in place.names.values(value)
                )
            case Items(values=(first, *_)):
                return self.is_event(first, place)
            case Result(of=Call() as call, path=()):
                return self._is(call, _EVENT)
        return False

    def _of_record(self, record: Record, place: Place, left: int) -> Iterator[Sent]:
        name, each = record.get(_NAME), record.get(EACH)
        if name is None and each is not None:
            yield from self._events(each.value, place, left - 1)
        else:
            yield self._sent(name.value if name else None, place, conditional=record.get("id") is not None)

    def _sent(self, name: Value | None, place: Place, *, conditional: bool) -> Sent:
        names = self.texts(name, place)
        return Sent(names, self.prefix(name, place) if names is None else "", conditional or len(names or ()) > 1)

    def _made(self, call: Call, value: Result, place: Place, left: int) -> Iterator[Sent]:
        """The events of what a call gives."""
        method = call.spelling.rpartition(".")[2]
        if self._is(call, _EVENT):
            name = call.argument(_NAME)
            at = self._at(call, place)
            yield self._sent(name.value if name else None, at, conditional=call.argument("id") is not None)
        elif method == _CREATE and isinstance(call.target, Ref):
            of = call.receiver or Ref(call.target.origin, call.target.path[:-1])
            yield self._sent(of, place, conditional=len(call.arguments) > 1)
        elif method in _EACH_METHODS and call.arguments and (made := list(closures(call.arguments[0].value))):
            for body in made:
                inside = Place(body.span.file, self._names(body), body, None, place, place.own)
                for given in returned(body):
                    yield from map(_perhaps, self._events(given, inside, left - 1))
        elif method in _SAME_METHODS and call.receiver is not None and self._calls.callee(call) is None:
            for given in (call.receiver, *(argument.value for argument in call.arguments if method == "concat")):
                yield from map(_perhaps, self._events(given, place, left - 1))
        else:
            yield from self._named(value, place, left)

    def _named(self, value: Ref | Result, place: Place, left: int) -> Iterator[Sent]:
        found = list(self._known(value, place))
        for known, where in found:
            if not (isinstance(known, Items) and not known.values):
                events = self._events(known, where, left - 1)
                yield from events if len(found) == 1 else map(_perhaps, events)
        if isinstance(value, Ref) and value.origin is Origin.LOCAL:
            yield from self._added(value, place, left)

    def _added(self, ref: Ref, place: Place, left: int) -> Iterator[Sent]:
        """What is put into a list before it is sent."""
        for call in self._changes(place):
            if call.mutates == ref and call.spelling.rpartition(".")[2] in _GROWING_METHODS:
                for argument in call.arguments[-1:]:
                    yield from map(_perhaps, self._events(argument.value, place, left - 1))


def below(value: Value | None, hops: tuple[str, ...]) -> Value | None:
    """What stands under some hops of a value."""
    for position, hop in enumerate(hops):
        match value:
            case Ref() | Result():
                return replace(value, path=(*value.path, *hops[position:]))
            case Record():
                entry = value.get(hop)
                value = entry.value if entry is not None else None
            case _:
                return None
    return value


def _perhaps(sent: Sent) -> Sent:
    return replace(sent, conditional=True)


def _union(found: Iterable[Texts]) -> Texts:
    """All that something may be; not known where one of these is not, or where there is none."""
    known: set[str] = set()
    is_any = False
    for texts in found:
        if texts is None:
            return None
        known |= texts
        is_any = True
    return frozenset(known) if is_any else None


def _has_parameter(body: Body | None, name: str) -> bool:
    return body is not None and any(parameter.name == name for parameter in body.parameters)


def _argument(entered: Call | StepCall, name: str, body: Body) -> Value | None:
    """What a call gives for a parameter, or its default."""
    if isinstance(entered, StepCall):
        names = [parameter.name for parameter in body.parameters]
        placed = [argument for argument in entered.arguments if argument.name is None]
        given: Argument | None = dict(zip(names, placed, strict=False)).get(name)
    else:
        given = next((a for a in entered.arguments if received_by(entered, a, body) == name), None)
    if given is not None:
        return given.value
    return next((parameter.default for parameter in body.parameters if parameter.name == name), None)
