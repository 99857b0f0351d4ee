"""Sizes: which values are plainly big: files, downloads, whole tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from inngest_lint.effects.kinds import kinds
from inngest_lint.model.bindings import Bindings, bound
from inngest_lint.model.body import Argument, Await, Branch, Call, Loop, Return
from inngest_lint.model.value import (
    CALLED,
    CALLED_WITH_ARGUMENTS,
    Constant,
    Items,
    Opaque,
    Origin,
    Record,
    Ref,
    Result,
)
from inngest_lint.model.value import Template as Text
from inngest_lint.model.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inngest_lint.effects.kinds import Kind, Kinds
    from inngest_lint.model.body import Body
    from inngest_lint.model.value import Value
    from inngest_lint.project import Project
    from inngest_lint.text import Span

_CARRIES = "carries"
_ROWS = "rows"
_TABLE = "table"
_BOUNDS = "bounds"
_MAP = ".map"
_LONGEST_CHAIN = 12
# A statement that names neither a condition nor a limit.
_WHOLE_TABLE = re.compile(r"\s*select\s+\*\s+from\s+[\w.\"`]+\s*(order\s+by\s+[\w.,\s]+)?;?\s*", re.IGNORECASE)
_BINARY = "arraybuffer"
_DOWNLOAD = "download"


@dataclass(frozen=True, slots=True)
class Big:
    """A big value, the place it is written at, and what kind of one it is."""

    value: Value
    span: Span
    kind: Kind

    @property
    def call(self) -> Span:
        """The smallest place that shows it: the call that gives it, where that stands there."""
        inside = self.value.of.span if isinstance(self.value, Result) else self.span
        return inside if self.span.contains(inside) else self.span


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is known of the size of the values of a file."""

    project: Project
    file: str

    @property
    def _known(self) -> Kinds:
        return kinds("size", self.project.module(self.file).language)

    def within(self, value: Value, span: Span, names: Bindings) -> Iterator[Big]:
        """The big parts of a value that is written at a place."""
        match value:
            case Record(entries=entries):
                for entry in entries:
                    yield from self.within(entry.value, entry.span, names)
            case Items(values=items):
                for item in items:
                    yield from self.within(item, span, names)
            case _:
                kind = self.kind(value, names)
                if kind is not None:
                    yield Big(value, span, kind)

    def of_called(self, value: Value) -> Kind | None:
        """The kind of what a function of a library gives."""
        traced = self.project.traced(value, self.file)
        kind = self._known.of_value(f"{traced.dotted}{CALLED}") if traced is not None else None
        return kind if kind is not None and kind.phrase and kind.name not in (_ROWS, _TABLE) else None

    def kind(self, value: Value, names: Bindings, left: int = _LONGEST_CHAIN) -> Kind | None:
        """The kind of a value that is plainly big; None for any other."""
        if not left:
            return None
        match value:
            case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(_, *rest)):
                owner = _owner(value, names)
                given = owner.own[value.name] if owner is not None else [None]
                only = given[0] if len(given) == 1 else None
                return self.kind(_below(only, rest), owner or names, left - 1) if only is not None else None
            case Result(of=Await(value=waited), path=path):
                return self.kind(_below(waited, path), names, left - 1)
            case Result(of=Loop() as loop, path=()):
                return self._of_loop(loop, names, left - 1)
            case Result(of=Call() as call, path=path):
                return self._of_call(call, value, names, left - 1) if not path else self._of_path(call, value)
            case Text(parts=parts):
                return self._first((part for part in parts if not isinstance(part, str)), names, left - 1)
            case Items(values=reads) | Opaque(reads=reads, either=True) | Opaque(reads=(_,) as reads):
                return self._first(reads, names, left - 1) if not isinstance(value, Items) else None
        return self._of_library(value)

    def _first(self, values: Iterable[Value], names: Bindings, left: int) -> Kind | None:
        return next((kind for value in values if (kind := self.kind(value, names, left)) is not None), None)

    def _of_library(self, value: Value) -> Kind | None:
        """The kind of what leads to a library; a call out of sight may have been given a limit."""
        traced = self.project.traced(value, self.file)
        kind = self._known.of_value(traced.dotted) if traced is not None else None
        if kind is None or traced is None or not kind.phrase:
            return None
        return None if kind.name == _ROWS and traced.path[-1] == CALLED_WITH_ARGUMENTS else kind

    def _of_path(self, call: Call, value: Value) -> Kind | None:
        """The kind of a part of what a call gives."""
        entries = (entry for a in call.arguments if isinstance(a.value, Record) for entry in a.value.entries)
        if any(entry.value == Constant(_BINARY) for entry in entries):
            return self._known.named(_DOWNLOAD)
        return self._of_library(value)

    def _of_call(self, call: Call, value: Value, names: Bindings, left: int) -> Kind | None:
        if _is_whole_table(call):
            return self._known.named(_TABLE)
        callee = self.project.callee(call)
        if callee is not None:
            return self._of_body(callee, left)
        traced = self.project.traced(value, self.file)
        kind = self._known.of_value(traced.dotted if traced is not None else call.spelling + CALLED)
        if call.spelling.endswith(_MAP):
            return self._of_mapped(call, names, left)
        if kind is not None and kind.name == _CARRIES:
            carried = (call.receiver, *(argument.value for argument in call.arguments))
            return self._first(filter(None, carried), names, left)
        if kind is None:
            return None
        if kind.name == _ROWS and not all(map(self._says_nothing, call.arguments)):
            return None
        return kind if kind.phrase else None

    def _of_mapped(self, call: Call, names: Bindings, left: int) -> Kind | None:
        """The kind of a list that is made of another one, item for item."""
        kind = self.kind(call.receiver, names, left) if call.receiver is not None else None
        return kind if kind is not None and kind.name in (_ROWS, _TABLE) else None

    def _of_loop(self, loop: Loop, names: Bindings, left: int) -> Kind | None:
        picks = any(isinstance(operation, Branch) for operation in loop.body)
        if loop.over is None or loop.yields is None or picks:
            return None
        kind = self.kind(loop.over, names, left)
        return kind if kind is not None and kind.name in (_ROWS, _TABLE) else None

    def _of_body(self, body: Body, left: int) -> Kind | None:
        """The kind of what a function of the project gives, whichever way out it takes."""
        if body.generates or body.decorated or left <= 0:
            return None
        inside = replace(self, file=body.span.file)
        names = next((place.names for place in bound(body)), Bindings())
        values = (o.value for o in walk(body.block) if isinstance(o, Return) and o.value is not None)
        given = [value for value in values if value != Constant(None)]
        found = [inside.kind(value, names, left - 1) for value in given]
        return found[0] if found and all(found) else None

    def _says_nothing(self, argument: Argument) -> bool:
        """Whether an argument of a query leaves all rows in."""
        match argument.value:
            case Record(entries=entries, complete=True):
                bounds = self._known.named(_BOUNDS)
                return bounds is None or not any(entry.key in bounds.values for entry in entries)
        return False


def _is_whole_table(call: Call) -> bool:
    """Whether a call is given a statement that selects all there is in a table."""
    match call.arguments:
        case (Argument(value=Constant(value=str(text))), *_):
            return _WHOLE_TABLE.fullmatch(text) is not None
    return False


def _owner(ref: Ref, names: Bindings) -> Bindings | None:
    """The names among which the first name of a reference is."""
    owner: Bindings | None = names if ref.origin is Origin.LOCAL else names.outer
    while owner is not None and ref.name not in owner.own:
        owner = owner.outer
    return owner


def _below(value: Value, hops: Iterable[str]) -> Value:
    """A part of a value; all of it where its parts are not told apart."""
    return replace(value, path=(*value.path, *hops)) if isinstance(value, (Ref, Result)) else value
