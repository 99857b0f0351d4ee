"""Results: what a body gives back, by what storing it as JSON makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from inngest_lint.effects.kinds import Kind, Kinds, kinds
from inngest_lint.model.body import Assign, Await, Call, Loop, Return, Try
from inngest_lint.model.language import Language
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
)
from inngest_lint.model.value import Template as Text
from inngest_lint.model.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inngest_lint.model.body import Body
    from inngest_lint.model.value import Value
    from inngest_lint.project import Project
    from inngest_lint.text import Span

_DATES = ("datetime", "date")
_DISTANCE = "timedelta"
_BYTES = "bytes"
_SET = "set"
_ITERATOR = "iterator"
_EXCEPTION = "exception"
_FUNCTION = "function"
_INSTANCE = "instance"
_ENUM = "enum"
_ENUM_TEXT = "enum-text"
# A class with this method says itself what is stored of it.
_TO_JSON = "toJSON"
_ALL = ("Promise", "all")
_MAP = ".map"
_CONSTRUCTORS = frozenset({"__init__", "constructor"})
# Helpers that return what helpers give are followed this far.
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Results:
    """What a body returns; `entry` is the handler, whose names it may see."""

    project: Project
    body: Body
    entry: Body
    depth: int = 0

    @property
    def language(self) -> Language:
        """The language that the body is written in."""
        return self.project.module(self.body.span.file).language

    @property
    def known(self) -> Kinds:
        """What is known of that language."""
        return kinds("serialization", self.language)

    def kinds(self) -> Iterator[tuple[Span, Kind]]:
        """The places at which a body returns what is another thing once it is stored."""
        if self.body.generates:
            kind = self.known.named(_ITERATOR)
            if kind is not None:
                yield self.body.name_span, kind
            return
        for operation in walk(self.body.block):
            if isinstance(operation, Return) and operation.value is not None:
                yield from self._within(operation.value, operation.span)

    def at(self, keys: tuple[str, ...]) -> Kind | None:
        """The kind of what stands under some keys of all that a body returns; None where it may be anything else."""
        if self.depth >= _DEEPEST or self.body.generates or self.body.decorated:
            return None
        given = [o.value for o in walk(self.body.block) if isinstance(o, Return) and o.value is not None]
        return _same(self.under(value, keys) for value in given if not _is_without(value, keys))

    def under(self, value: Value, keys: tuple[str, ...]) -> Kind | None:
        """The kind of what stands under some keys of a value of the body; None where it may be anything else."""
        match value:
            case Ref(origin=Origin.LOCAL, path=(_, *rest)):
                # `node = node.next` leads to itself.
                assigned = self._assigned(value) if self.depth < _DEEPEST else None
                if assigned is not None:
                    return replace(self, depth=self.depth + 1).under(assigned, (*rest, *keys))
            case Result(of=Await(value=waited), path=path):
                return self.under(waited, (*path, *keys))
            case Record() if keys:
                entry = value.get(keys[0])
                spread = next((e for e in reversed(value.entries) if e.key in (EACH, keys[0])), None)
                return self.under(entry.value, keys[1:]) if entry is not None and entry is spread else None
            case Result(of=Call() as call, path=path) if (callee := self.project.callee(call)) is not None:
                if callee.name not in _CONSTRUCTORS:
                    return replace(self, body=callee, depth=self.depth + 1).at((*path, *keys))
        return self._of_item(value, *keys) if keys else self.kind(value) or self._promised(value)

    def _of_item(self, value: Value, key: str, *keys: str) -> Kind | None:
        """The kind of what stands under some keys of one item of a list, or of all."""
        is_item = key == EACH or key.isdigit()
        match value:
            case Items(values=values, ordered=True) if is_item:
                wanted = values if key == EACH else values[int(key) :][:1]
                return _same(self.under(item, keys) for item in wanted)
            case Result(of=Loop(yields=yields, distinct=False), path=()) if is_item and yields is not None:
                return self.under(yields, keys)
            case Result(of=Call() as call, path=()):
                made = _mapped(call)
                if isinstance(made, Closure) and is_item:
                    return replace(self, body=made.body, entry=self.body, depth=self.depth + 1).at(keys)
                return self.under(made, (key, *keys)) if made is not None else None
        return None

    def _assigned(self, ref: Ref) -> Value | None:
        """What a name of the body stands for, where it is given only once."""
        given = [o for o in walk(self.body.block) if isinstance(o, Assign) and ref.name in [t.name for t in o.targets]]
        if len(given) != 1 or given[0].updates or [target.path for target in given[0].targets] != [(ref.name,)]:
            return None
        return given[0].value

    def _within(self, value: Value, span: Span) -> Iterator[tuple[Span, Kind]]:
        match value:
            case Record(entries=entries):
                for entry in entries:
                    # What a spread brings is a copy of the fields.
                    if entry.key != EACH or self.language is not Language.TYPESCRIPT:
                        yield from self._inner(entry.value, entry.span)
            case Items(values=values, ordered=True):
                for item in values:
                    yield from self._inner(item, span)
            case _:
                kind = self.kind(value) or self._promised(value)
                if kind is not None:
                    yield _at(value, span), kind

    def _inner(self, value: Value, span: Span) -> Iterator[tuple[Span, Kind]]:
        if isinstance(value, Record) or (isinstance(value, Items) and value.ordered):
            yield from self._within(value, span)
            return
        kind = self.kind(value)
        if kind is not None:
            yield _at(value, span), kind

    def _promised(self, value: Value) -> Kind | None:
        """The kind that the annotation of the body gives to a value of which nothing is known."""
        known = isinstance(value, (Constant, Record, Items, Text, Duration))
        return None if known or self.body.returns is None else self._of_type(self.body.returns)

    def kind(self, value: Value) -> Kind | None:
        """The kind of a value that is another thing once it is stored; None for any other."""
        match value:
            case Constant(value=bytes()):
                return self.known.named(_BYTES)
            case Items(ordered=False):
                return self.known.named(_SET)
            case Closure():
                return self.known.named(_FUNCTION)
            case Duration():
                return self.known.named(_DISTANCE)
            case Result(of=Await() | Call() | Loop(), path=()):
                return self._of_result(value)
            case Opaque(reads=(left, right)):
                return self._moved(left, right)
            case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(name,)):
                return self._of_name(name, value.origin)
            case Ref(origin=Origin.MODULE, path=(name, _)):
                kind = self._of_class(name)
                return kind if kind is not None and kind.name in (_ENUM, _ENUM_TEXT) else None
        return self._of_library(value)

    def _moved(self, left: Value, right: Value) -> Kind | None:
        """The kind of a date that a `timedelta` is added to, or taken from; nothing else can be done with the two."""
        found = {kind.name: kind for kind in map(self.kind, (left, right)) if kind is not None}
        dates = [kind for name, kind in found.items() if name in _DATES]
        return dates[0] if len(dates) == 1 and _DISTANCE in found else None

    def _of_result(self, value: Result) -> Kind | None:
        match value.of:
            case Loop(distinct=True):
                return self.known.named(_SET)
            case Loop(deferred=True):
                return self.known.named(_ITERATOR)
            case Loop(yields=yields):
                return self.kind(yields) if yields is not None else None
            case Await(value=waited):
                return self.kind(waited)
            case Call() as call:
                return self._of_call(call) or self._of_library(value)
        return None

    def _of_library(self, value: Value) -> Kind | None:
        traced = self.project.traced(value, self.body.span.file)
        return self._of_call_of(traced, traced.dotted) if traced is not None else None

    def _of_call_of(self, traced: Ref, dotted: str) -> Kind | None:
        kind = _told(self.known.of_value(dotted))
        name = next((hop for hop in reversed(traced.path) if hop not in CALLS), "")
        # `markSyncError()` marks one, and gives none.
        return None if kind is not None and kind.name == _EXCEPTION and not name[:1].isupper() else kind

    def of_called(self, value: Value) -> Kind | None:
        """The kind of what a function gives that the project does not define, or a class."""
        if not isinstance(value, Ref):
            return None
        if value.origin is Origin.MODULE:
            return self._made_by(value)
        traced = self.project.traced(value, self.body.span.file)
        return self._of_call_of(traced, f"{traced.dotted}()") if traced is not None else None

    def _of_call(self, call: Call) -> Kind | None:
        if isinstance(call.target, Ref) and call.target.origin is Origin.MODULE:
            made = self._made_by(call.target)
            if made is not None:
                return made
        callee = self.project.callee(call)
        if callee is None or callee.name in _CONSTRUCTORS or self.depth >= _DEEPEST:
            return None
        inside = Results(self.project, callee, self.entry, self.depth + 1)
        found = [kind for _, kind in inside.kinds()]
        return next((kind for kind in found if not kind.lossless), next(iter(found), None))

    def _made_by(self, target: Ref) -> Kind | None:
        kind = self._of_class(target.name)
        if kind is None or len(target.path) > 2:
            return None
        return kind if len(target.path) == 1 or target.path[1] in kind.makers else None

    # Types

    def _of_type(self, ref: Ref) -> Kind | None:
        if ref.origin is Origin.MODULE:
            return self._of_class(ref.name) if len(ref.path) == 1 else None
        kind = _told(self.known.of_type(ref)) if ref.is_foreign else None
        # An interface may be called `ApiError` too.
        is_shape = kind is not None and kind.name == _EXCEPTION and self.language is Language.TYPESCRIPT
        return None if is_shape and ref.path != ("Error",) else kind

    def _of_class(self, name: str) -> Kind | None:
        found = tuple(self._ancestors(name, ()))
        if None in found:
            return None
        if any(kind is not None and not kind.phrase for kind in found):
            is_text = any(kind is not None and kind.name == _ENUM for kind in found)
            return self.known.named(_ENUM_TEXT) if is_text else None
        return next((kind for kind in found if kind is not None), None)

    def _ancestors(self, name: str, seen: tuple[str, ...]) -> Iterator[Kind | None]:
        """The kinds a class of the file has by what it derives from; None for what is not known."""
        known = self.project.module(self.body.span.file).classes.get(name)
        if known is None or name in seen:
            yield None
            return
        above = (*known.bases, *known.decorators)
        for ref in above:
            if ref.origin is Origin.MODULE and len(ref.path) == 1:
                yield from self._ancestors(ref.name, (*seen, name))
            elif (kind := self.known.of_type(ref)) is not None:
                yield kind
        if not any(self.known.of_type(ref) or ref.origin is Origin.MODULE for ref in above):
            yield self._instance((*seen, name)) if not above else None

    def _instance(self, classes: tuple[str, ...]) -> Kind | None:
        """The kind of an instance of a class, the last of these being the one at the root."""
        kind = self.known.named(_INSTANCE)
        if kind is None or self.language is not Language.TYPESCRIPT:
            return kind and replace(kind, phrase=f"an instance of `{classes[-1]}`")
        methods = self._methods(classes)
        if not methods or _TO_JSON in methods:
            return None
        return replace(kind, phrase=f"an instance of `{classes[0]}`", types=classes, values=tuple(sorted(methods)))

    def _methods(self, classes: tuple[str, ...]) -> frozenset[str]:
        """The methods of classes, which an object made from JSON is without."""
        known = self.project.module(self.body.span.file).names
        named = (name.partition(".") for name, value in known.items() if isinstance(value, Closure))
        return frozenset(method for owner, _, method in named if owner in classes) - _CONSTRUCTORS - {""}

    # Names

    def _of_name(self, name: str, origin: Origin) -> Kind | None:
        owner = self.body if origin is Origin.LOCAL else self.entry
        given = [o for o in walk(owner.block) if isinstance(o, Assign) and (name,) in [t.path for t in o.targets]]
        if not given:
            return self._of_bound(name, owner)
        if self.depth >= _DEEPEST or any(assign.updates or len(assign.targets) > 1 for assign in given):
            return None
        inside = replace(self, depth=self.depth + 1)
        found = [inside.kind(assign.value) or inside.declared(assign) for assign in given]
        return found[0] if all(found) else None

    def declared(self, assign: Assign) -> Kind | None:
        """The kind that an annotation gives to what is assigned."""
        return self._of_type(assign.declares) if assign.declares is not None else None

    def _of_bound(self, name: str, owner: Body) -> Kind | None:
        """The kind of a name that is a parameter, or the error of a `catch`."""
        for parameter in owner.parameters:
            if parameter.name == name:
                return self._of_type(parameter.type) if parameter.type is not None and not parameter.spread else None
        for operation in walk(owner.block):
            if isinstance(operation, Try) and any(catch.binds == name for catch in operation.catches):
                return self.known.named(_EXCEPTION)
        return None


def _same(found: Iterable[Kind | None]) -> Kind | None:
    """The kind that all are; None where they differ."""
    kinds_ = list(found)
    return kinds_[0] if kinds_ and all(kind == kinds_[0] for kind in kinds_) else None


def _mapped(call: Call) -> Value | None:
    """The function that makes each item of what a call gives, or the list that it waits for."""
    match call:
        case Call(target=Ref(origin=Origin.GLOBAL, path=path), arguments=(first, *_)) if path == _ALL:
            return first.value
        case Call(arguments=(first, *_), spelling=spelling) if spelling.endswith(_MAP):
            return first.value if isinstance(first.value, Closure) else None
    return None


def _is_without(value: Value, keys: tuple[str, ...]) -> bool:
    """Whether a value is nothing, or has nothing under the first of some keys."""
    if isinstance(value, Record) and value.complete and keys:
        return value.get(keys[0]) is None
    return value == Constant(None)


def _at(value: Value, span: Span) -> Span:
    """The smallest place that shows a value: the call that gives it, where that stands in the `return`."""
    inside = value.of.span if isinstance(value, Result) else span
    return inside if span.contains(inside) else span


def _told(kind: Kind | None) -> Kind | None:
    return kind if kind is not None and kind.phrase else None
