"""Unsized: lists that are as long as the event or the database makes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inngest_lint.effects import Effect
from inngest_lint.effects.kinds import kinds
from inngest_lint.model.bindings import Bindings, bound
from inngest_lint.model.body import Await, Body, Call, Loop, StepCall
from inngest_lint.model.events import end_of_data
from inngest_lint.model.value import (
    EACH,
    Closure,
    Constant,
    Items,
    Opaque,
    Origin,
    Record,
    Ref,
    Result,
    Template,
    Value,
)
from inngest_lint.model.walk import everywhere, members
from inngest_lint.project.references import returned
from inngest_lint.project.texts import below

if TYPE_CHECKING:
    from inngest_lint.project import Project
    from inngest_lint.text import Span

_DEEPEST = 12
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Unsized:
    """A list without a known end: what it is made of, and the query that gives it, where it is one."""

    phrase: str
    query: Span | None = None


class _Empty:
    """What a list is before anything is in it."""


_EMPTY = _Empty()
_Found = Unsized | _Empty | None
_EVENT = Unsized("the event's data")


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is known of the length of the lists of a project."""

    project: Project
    _names: dict[int, Bindings] = field(default_factory=dict)

    def unsized(self, value: Value, names: Bindings) -> Unsized | None:
        """What a list is made of, where nothing in the code bounds its length; None where that is not known."""
        found = self._of(value, names, _DEEPEST)
        return found if isinstance(found, Unsized) else None

    def _of(self, value: Value | None, names: Bindings, left: int) -> _Found:
        match value if left else None:
            case Items(values=()) | Constant(value=None) | Record(entries=(), complete=True):
                return _EMPTY
            case Ref(origin=Origin.CONTEXT) as ref:
                end = end_of_data(ref)
                return _EVENT if end is not None and len(ref.path) > end and ref.path[-1] != EACH else None
            case Ref() as ref if ref.is_variable:
                values = names.values(Ref(ref.origin, ref.path[:1]))
                return _all(self._of(below(known, ref.path[1:]), names, left - 1) for known in values)
            case Result(of=Await(value=waited), path=path):
                return self._of(below(waited, path), names, left - 1)
            case Result(of=StepCall() as step, path=path):
                body = self.project.callback(step)
                return self._given(body, path, left) if body is not None else None
            case Result(of=Loop(over=over, yields=yields), path=()) if over is not None and yields is not None:
                return self._of(over, names, left - 1)
            case Result(of=Call() as call, path=path):
                return self._of_call(call, path, names, left)
            case Opaque(reads=reads, either=True):
                return _all(self._of(read, names, left - 1) for read in reads)
        return None

    def _given(self, body: Body, path: tuple[str, ...], left: int) -> _Found:
        """What a function of the project gives back."""
        if id(body) not in self._names:
            self._names.update((id(place.body), place.names) for place in bound(body) if place.body is not None)
        names = self._names.get(id(body), Bindings())
        return _all(self._of(below(value, path), names, left - 1) for value in returned(body))

    def _of_call(self, call: Call, path: tuple[str, ...], names: Bindings, left: int) -> _Found:
        callee = self.project.callee(call)
        if callee is not None:
            return self._given(callee, path, left) if not callee.decorated else None
        dotted = self.project.dotted(call)
        if not path and dotted is not None and self._is(call, "copy", dotted):
            return self._of(call.arguments[-1].value, names, left - 1) if call.arguments else _EMPTY
        if not path and call.receiver is not None and self._is(call, "same", _method(call)):
            return self._of(call.receiver, names, left - 1)
        is_rows = not path or (len(path) == 1 and self._is(call, "rows", path[0]))
        is_query = is_rows and self._asks(call)
        return Unsized("a query without a limit", call.span) if is_query and not self._is_limited(call, names) else None

    def _asks(self, call: Call) -> bool:
        """Whether a call, or the one whose result it is of, asks a database."""
        match call.receiver:
            case Result(of=Call() as before) | Result(of=Await(value=Result(of=Call() as before))):
                return self.project.classify(call) is Effect.DATABASE or self._asks(before)
        return self.project.classify(call) is Effect.DATABASE

    def _is(self, call: Call, kind: str, name: str) -> bool:
        known = kinds("lists", self.project.module(call.span.file).language).named(kind)
        return known is not None and name in known.values

    def _is_limited(self, call: Call, names: Bindings) -> bool:
        return any(self._is(call, "limiting", word) for word in _words(Result(call), names, _DEEPEST))


def _all(found: Iterable[_Found]) -> _Found:
    """What several values are that may stand for one list; what is empty says nothing."""
    kept: Unsized | None = None
    for one in found:
        if isinstance(one, _Empty):
            continue
        if one is None:
            return None
        kept = kept or one
    return kept if kept is not None else _EMPTY


def _method(call: Call) -> str:
    return call.spelling.rpartition(".")[2]


def _words(value: Value, names: Bindings, left: int) -> Iterator[str]:
    """The names of methods, arguments and keys, and the capital words of texts, that a query is made with."""
    if not left:
        return
    for member in members(value):
        match member:
            case Constant(value=str(text)):
                yield from _WORD.findall(text.upper())
            case Template(parts=parts):
                yield from (word for part in parts if isinstance(part, str) for word in _WORD.findall(part.upper()))
            case Record(entries=entries):
                yield from (entry.key for entry in entries)
            case Result(of=Call() as call):
                yield from _WORD.findall(call.spelling)
                yield from (argument.name for argument in call.arguments if argument.name is not None)
                given = (call.receiver, *(argument.value for argument in call.arguments))
                for inner in (inner for inner in given if inner is not None):
                    yield from _words(inner, names, left - 1)
            case Closure(body=body):
                # `.then((rows) => rows.slice(0, 10))`
                calls = (operation for operation in everywhere(body.block) if isinstance(operation, Call))
                yield from (word for call in calls for word in _WORD.findall(call.spelling))
            case Result(of=Await(value=waited)):
                yield from _words(waited, names, left - 1)
            case Ref() if member.is_variable:
                for known in names.values(Ref(member.origin, member.path[:1])):
                    if known is not None and known != member:
                        yield from _words(known, names, left - 1)
