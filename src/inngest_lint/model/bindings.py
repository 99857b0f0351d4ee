"""Bindings: what the names of a function are bound to, and which of them are in force where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from inngest_lint.model.body import Assign, Block, Body, Loop, Operation, Scope, Try
from inngest_lint.model.function import Module
from inngest_lint.model.value import Origin, Ref, Value
from inngest_lint.model.walk import closures_in, own


@dataclass(frozen=True, slots=True, eq=False)
class Bindings:
    """The names of a function, and those of the functions around it.

    `own` are all values a name is ever given, None where one is not known.
    """

    own: dict[str, list[Value | None]] = field(default_factory=dict)
    outer: Bindings | None = None

    def values(self, ref: Ref) -> tuple[Value | None, ...]:
        """All values the first name of a reference is given, in the order they are written."""
        if ref.origin is Origin.LOCAL:
            return tuple(self.own.get(ref.name, (None,)))
        around = self.outer
        while ref.origin is Origin.ENCLOSING and around is not None:
            if ref.name in around.own:
                return tuple(around.own[ref.name])
            around = around.outer
        return (None,)

    def value(self, ref: Ref) -> Value | None:
        """The value of a name that is given only one."""
        found = self.values(ref)
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """An operation, the function it is written in, and the names in force there; no function at the top level."""

    operation: Operation
    body: Body | None
    names: Bindings


def written(module: Module) -> Iterator[Bound]:
    """Each operation of a file; those of a helper that serves several functions more than once."""
    for function in module.functions:
        yield from bound(function.handler)
        if function.on_failure is not None:
            yield from bound(function.on_failure)
    for body in module.bodies:
        yield from bound(body)
    yield from _bound(module.block, None, None, set())


def bound(body: Body) -> Iterator[Bound]:
    """Each operation written in a body, those in closures included, once."""
    return _bound(body.block, body, None, {id(body)})


def _bound(block: Block, body: Body | None, outer: Bindings | None, seen: set[int]) -> Iterator[Bound]:
    written_here = tuple(own(block))
    names = Bindings({}, outer)
    parameters = ((parameter.name, None) for parameter in (body.parameters if body is not None else ()))
    for name, value in (*parameters, *(binding for operation in written_here for binding in _bindings(operation))):
        names.own.setdefault(name, []).append(value)
    for operation in written_here:
        yield Bound(operation, body, names)
        for inner in closures_in(operation):
            if id(inner) not in seen:
                seen.add(id(inner))
                yield from _bound(inner.block, inner, names, seen)


def _bindings(operation: Operation) -> Iterator[tuple[str, Value | None]]:
    match operation:
        case Assign(targets=targets, value=value):
            known = value if len(targets) == 1 and not operation.updates else None
            yield from ((target.name, known) for target in targets if len(target.path) == 1)
        case Loop(binds=binds) | Scope(binds=binds):
            yield from ((ref.name, None) for ref in binds)
        case Try(catches=catches):
            yield from ((catch.binds, None) for catch in catches if catch.binds is not None)
