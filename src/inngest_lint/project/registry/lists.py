"""Lists: which Inngest functions a value may hold, however it was put together."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from inngest_lint.frontends.vocabulary import vocabulary
from inngest_lint.model.bindings import Bindings, bound
from inngest_lint.model.body import Assign, Await, Body, Call, Loop, Operation, Return
from inngest_lint.model.function import InngestFunction, Language, Module
from inngest_lint.model.parameters import received_by
from inngest_lint.model.value import (
    CALLS,
    EACH,
    Closure,
    Constant,
    Duration,
    Items,
    Opaque,
    Origin,
    Record,
    Ref,
    Result,
    Template,
    Value,
)
from inngest_lint.model.walk import everywhere, walk
from inngest_lint.project.calls import Calls

_BUILTINS = frozenset(dir(builtins))
# Functions that call functions that call themselves end here.
_DEEPEST = 24


@dataclass(frozen=True, slots=True)
class Listed:
    """The functions that a value may hold; not `whole` where it may hold others, of which nothing is known."""

    functions: frozenset[InngestFunction]
    whole: bool


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a value stands: its file, the function and the names in force, and what its parameters are given."""

    file: str
    body: Body | None = None
    names: Bindings | None = None
    given: Mapping[str, tuple[Value, Place]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Put:
    """What something puts into a collection, and where that is written."""

    values: tuple[Value, ...]
    place: Place


def put(operation: Operation) -> tuple[Ref, tuple[Value, ...]] | None:
    """The collection that an operation puts something into, and what it puts there."""
    match operation:
        case Call(mutates=Ref() as into):
            return into, tuple(argument.value for argument in operation.arguments)
        case Assign(targets=(Ref() as into,)) if operation.updates or len(into.path) > 1:
            return into, (operation.value,)
    return None


class Lists:
    """The values of a project, read for the Inngest functions in them.

    `puts` are what is put into the collections of each file's top level, `made_with` leads from a client to the
    functions that are made with it, where it is known.
    """

    def __init__(
        self,
        modules: Mapping[str, Module],
        calls: Calls,
        puts: Mapping[tuple[str, str], Iterable[Put]],
        made_with: Callable[[Ref, str], Iterable[InngestFunction] | None],
    ) -> None:
        self.modules = modules
        self.calls = calls
        self.puts = puts
        self.made_with = made_with
        created = [function for module in modules.values() for function in module.functions if function.created]
        self.by_place = {(function.span.file, function.span.start): function for function in created}
        self.by_handler = {id(function.handler): function for function in created}

    def of(self, value: Value, place: Place) -> Listed:
        """The functions that a value may hold."""
        reading = _Reading(self)
        reading.read(value, place, _DEEPEST)
        return Listed(frozenset(reading.found), reading.whole)


class _Reading:
    """One value being read, and what has come up so far."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._seen: set[tuple[str, tuple[str, ...]]] = set()
        self.found: set[InngestFunction] = set()
        self.whole = True

    def read(self, value: Value, place: Place, left: int) -> None:
        """Take note of the functions in a value."""
        match value:
            case Constant() | Template() | Duration():
                return
            case Items(values=values) | Opaque(reads=(_, *_) as values):
                self._all(values, place, left)
            case Record(entries=entries):
                # The values under computed keys are not known, but what is spread is.
                self.whole &= value.complete or any(entry.key == EACH for entry in entries)
                self._all((entry.value for entry in entries), place, left)
            case Result(of=operation) if left:
                self._result(operation, place, left - 1)
            case Closure(body=body) if id(body) in self._lists.by_handler:
                self.found.add(self._lists.by_handler[id(body)])
            case Closure(body=body):
                # A plain function is no Inngest function, but what decorates it may make it one.
                self.whole &= not body.decorated
            case Ref() if left:
                self._ref(value, place, left - 1)
            case _:
                self.whole = False

    def _all(self, values: Iterable[Value], place: Place, left: int) -> None:
        for value in values:
            self.read(value, place, left)

    def _result(self, operation: Operation, place: Place, left: int) -> None:
        match operation:
            case Call():
                self._call(operation, place, left)
            case Await(value=value):
                self.read(value, place, left)
            case Loop(over=over, yields=yields) if over is not None and yields is not None:
                each = {ref.name: (over, place) for ref in operation.binds}
                self.read(yields, replace(place, given={**place.given, **each}), left)
            case _:
                self.whole = False

    # Calls

    def _call(self, call: Call, place: Place, left: int) -> None:
        made = self._lists.by_place.get((call.span.file, call.span.start))
        callee = self._lists.calls.callee(call) if made is None else None
        if made is not None:
            self.found.add(made)
        elif callee is not None:
            self._returned(callee, _given(call, callee, place), left)
        elif call.receiver is not None:
            self.read(call.receiver, place, left)
            self._arguments(call, call.receiver, place, left)
        elif self._hands_on(call):
            over = next((a.value for a in call.arguments if not isinstance(a.value, Closure)), Constant(None))
            self._arguments(call, over, place, left)
        else:
            self.whole = False

    def _arguments(self, call: Call, over: Value, place: Place, left: int) -> None:
        """What is given to a call, and what it makes of each item of something."""
        for value in (argument.value for argument in call.arguments):
            if isinstance(value, Closure):
                each = {parameter.name: (over, place) for parameter in value.body.parameters}
                self._returned(value.body, {**place.given, **each}, left, place.names)
            elif not (isinstance(value, Ref) and value.origin is Origin.GLOBAL):
                self.read(value, place, left)

    def _hands_on(self, call: Call) -> bool:
        """Whether a call gives back what it is given, in another collection perhaps."""
        words = vocabulary(self._lists.modules[call.span.file].language)
        target = call.target
        is_named = isinstance(target, Ref) and target.origin is Origin.GLOBAL
        return is_named and isinstance(target, Ref) and target.dotted in (words.copies | words.callers)

    def _returned(
        self, body: Body, given: Mapping[str, tuple[Value, Place]], left: int, outer: Bindings | None = None
    ) -> None:
        values = [o.value for o in walk(body.block) if isinstance(o, Return) and o.value is not None]
        self.whole &= bool(values) and not body.generates
        names = next((written.names for written in bound(body)), None)
        if names is not None and outer is not None:
            names = Bindings(names.own, outer)
        self._all(values, Place(body.span.file, body, names, given), left)

    # Names

    def _ref(self, ref: Ref, place: Place, left: int) -> None:
        if ref.is_variable:
            self._variable(ref, place, left)
        elif ref.origin is Origin.MODULE:
            self._named(ref.path, place.file, left)
        elif ref.origin is Origin.IMPORT:
            self._imported(ref, place.file, left)
        else:
            is_python = self._lists.modules[place.file].language is Language.PYTHON
            # A name that comes from `from … import *` is known nowhere.
            is_known = ref.origin is Origin.GLOBAL and (not is_python or ref.name in _BUILTINS)
            self.whole &= is_known

    def _variable(self, ref: Ref, place: Place, left: int) -> None:
        if ref.name in place.given:
            value, outside = place.given[ref.name]
            self.read(value, outside, left)
            return
        values = place.names.values(ref) if place.names is not None else (None,)
        self.whole &= None not in values
        self._all((value for value in values if value is not None), place, left)
        for operation in everywhere(place.body.block) if place.body is not None else ():
            into = put(operation)
            if into is not None and into[0].is_variable and into[0].name == ref.name:
                self._all((value for value in into[1] if value != ref), place, left)

    def _imported(self, ref: Ref, file: str, left: int) -> None:
        if self._is_of_client(ref, file):
            return
        found = self._lists.calls.found(ref, file)
        if found is None:
            # What a library gives are none of our functions.
            self.whole &= not self._lists.calls.is_local(ref, file)
        elif found[1]:
            self._named(found[1], found[0].file, left)
        else:
            self._exported(found[0], left)

    def _is_of_client(self, ref: Ref, file: str) -> bool:
        """Whether this is the list that a client keeps of the functions made with it."""
        if ref.path[-1:] != (vocabulary(self._lists.modules[file].language).made,):
            return False
        made = self._lists.made_with(Ref(ref.origin, ref.path[:-1]), file)
        self.found.update(made or ())
        self.whole &= made is not None
        return True

    def _exported(self, module: Module, left: int) -> None:
        """All that a file exports: its own functions, what it passes on, and whole files."""
        if not left or (module.file, ()) in self._seen:
            return
        self._seen.add((module.file, ()))
        self.found.update(function for function in module.functions if function.created)
        for value in module.names.values():
            if isinstance(value, (Items, Record)):
                self.read(value, Place(module.file), left)
        for path in self._passed_on(module):
            self._imported(Ref(Origin.IMPORT, path), module.file, left - 1)

    def _passed_on(self, module: Module) -> Iterator[tuple[str, ...]]:
        for found in module.imports:
            if module.language is Language.PYTHON or found.name.startswith("export "):
                yield found.path
        yield from module.stars

    def _named(self, path: tuple[str, ...], file: str, left: int) -> None:
        """What a name of a file's top level holds, as far as anything puts something into it."""
        if (file, path) in self._seen:
            return
        self._seen.add((file, path))
        if self._is_of_client(Ref(Origin.MODULE, path), file):
            return
        module, (name, *hops) = self._lists.modules[file], path
        own = [function for function in module.functions if function.created and function.name == name]
        self.found.update(own)
        for put_there in self._lists.puts.get((file, name), ()):
            self._all(put_there.values, put_there.place, left)
        value = module.binding(name)
        if value is None or (own and isinstance(value, Closure)):
            self.whole &= bool(own)
        else:
            self._held(value, hops, Place(file), left)

    def _held(self, value: Value, hops: list[str], place: Place, left: int) -> None:
        """What some hops lead to, from a value of a top level."""
        hop = hops[0] if hops else EACH
        match value:
            case Ref() if left:
                self._ref(Ref(value.origin, (*value.path, *hops)), place, left - 1)
            case Closure(body=body) if hop in CALLS and left:
                self._returned(body, {}, left - 1)
            case Record() if (entry := value.get(hop)) is not None and hop != EACH:
                self._held(entry.value, hops[1:], place, left)
            case _:
                self.read(value, place, left)


def _given(call: Call, callee: Body, place: Place) -> dict[str, tuple[Value, Place]]:
    """What the parameters of a function are given by a call."""
    found: dict[str, tuple[Value, Place]] = {}
    for argument in call.arguments:
        name = received_by(call, argument, callee)
        if name is not None:
            found[name] = (argument.value, place)
    return found
