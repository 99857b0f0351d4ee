"""Scratch: paths of temporary files, which are there only for the process that made them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inngest_lint.effects.kinds import kinds
from inngest_lint.model.bindings import Bindings, bound
from inngest_lint.model.body import Await, Body, Call, Scope, StepCall
from inngest_lint.model.value import CALLS, Constant, Opaque, Record, Ref, Result, Template, Value
from inngest_lint.model.walk import walk
from inngest_lint.project.references import returned
from inngest_lint.project.texts import below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.project import Project

_DEEPEST = 10
_ROOTS = ("/tmp/", "/var/tmp/")  # noqa: S108 - what is looked for
_MADE, _PLACE, _JOINING = "made", "place", "joining"


@dataclass(frozen=True, slots=True)
class Scratch:
    """What is known of the temporary files of a project."""

    project: Project
    _names: dict[int, Bindings] = field(default_factory=dict)

    def giver(self, value: Value, body: Body) -> StepCall | None:
        """The step that gave a body a value that is a path of a temporary file, or holds one."""
        return next(self._givers(value, body, _DEEPEST), None)

    def is_path(self, value: Value, body: Body) -> bool:
        """Whether a value of a body is the path of a temporary file that is not made there."""
        return self._is(value, body, _DEEPEST, made=False)

    def _givers(self, value: Value | None, body: Body, left: int) -> Iterator[StepCall]:
        match value if left else None:
            case Ref() as ref if ref.is_variable:
                for known in self._bound(ref, body):
                    yield from self._givers(below(known, ref.path[1:]), body, left - 1)
            case Result(of=Await(value=waited), path=path):
                yield from self._givers(below(waited, path), body, left - 1)
            case Result(of=StepCall() as step, path=path):
                inside = self.project.callback(step)
                if inside is not None and self._gives(inside, path, left):
                    yield step

    def _gives(self, body: Body, path: tuple[str, ...], left: int) -> bool:
        return any(self._is(below(value, path), body, left - 1, made=True) for value in returned(body))

    def _is(self, value: Value | None, body: Body, left: int, *, made: bool) -> bool:
        match value if left else None:
            case Constant(value=str(text)):
                return text.startswith(_ROOTS)
            case Template(parts=(str(text), *_)):
                return text.startswith(_ROOTS)
            case Template(parts=(first, *_)) | Opaque(reads=(first, *_)) if not isinstance(first, str):
                return self._is(first, body, left - 1, made=made)
            case Record(entries=entries):
                return any(self._is(entry.value, body, left - 1, made=made) for entry in entries)
            case Result(of=Await(value=waited)):
                return self._is(waited, body, left - 1, made=made)
            case Result(of=Call() as call, path=path):
                return self._is_called(call, path, body, left, made=made)
            case Ref() as ref if ref.is_variable:
                return any(
                    self._is(below(known, ref.path[1:]), body, left - 1, made=made) for known in self._bound(ref, body)
                )
            case Ref() as ref:
                found = self.project.bound(ref, body.span.file)
                return found is not None and found != ref and self._is(found, body, left - 1, made=made)
        return False

    def _is_called(self, call: Call, path: tuple[str, ...], body: Body, left: int, *, made: bool) -> bool:
        callee = self.project.callee(call)
        if callee is not None:
            return any(self._is(below(value, path), callee, left - 1, made=made) for value in returned(callee))
        dotted = self.project.dotted(call) or ""
        if self._is_kind(call, _PLACE, dotted) or (made and self._is_kind(call, _MADE, dotted)):
            return True
        method = call.spelling.rpartition(".")[2]
        if call.receiver is not None and self._is_kind(call, _JOINING, method):
            return self._is(call.receiver, body, left - 1, made=made)
        is_joined = self._is_kind(call, _JOINING, dotted) and bool(call.arguments)
        return is_joined and self._is(call.arguments[0].value, body, left - 1, made=made)

    def _is_kind(self, call: Call, kind: str, name: str) -> bool:
        known = kinds("temporary", self.project.module(call.span.file).language).named(kind)
        return known is not None and name in known.values

    def _bound(self, ref: Ref, body: Body) -> Iterator[Value]:
        """What a name of a body is bound to, by `with` as well."""
        if id(body) not in self._names:
            self._names.update((id(place.body), place.names) for place in bound(body) if place.body is not None)
        name = Ref(ref.origin, ref.path[:1])
        values = self._names.get(id(body), Bindings()).values(name)
        yield from (value for value in values if value is not None and not _is_itself(value, name))
        if None in values:
            scopes = (operation for operation in walk(body.block) if isinstance(operation, Scope))
            yield from (scope.manager for scope in scopes if name in scope.binds)


def _is_itself(value: Value, name: Ref) -> bool:
    return isinstance(value, Ref) and value.path[:1] == name.path and CALLS.isdisjoint(value.path)
