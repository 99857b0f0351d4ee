"""Walks: the operations of a block, and the values they hold."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.model.body import (
    Argument,
    Assign,
    Await,
    Block,
    Body,
    Branch,
    Call,
    Hole,
    Jump,
    Loop,
    Operation,
    Parallel,
    Return,
    Scope,
    StepCall,
    Throw,
    Try,
)
from inngest_lint.model.value import Closure, Items, Opaque, Record, Ref, Result, Template, Value


def walk(block: Block) -> Iterator[Operation]:
    """Each operation that happens when the block runs, outermost first.

    The branches of a `Parallel` happen there; other closures, step callbacks among them, do not.
    """
    for operation in block:
        yield operation
        for inner in blocks(operation):
            yield from walk(inner)


def everywhere(block: Block) -> Iterator[Operation]:
    """Each operation written in the block, those in closures included, once."""
    return _everywhere(block, set())


def _everywhere(block: Block, seen: set[int]) -> Iterator[Operation]:
    for operation in block:
        yield operation
        for inner in parts(operation):
            yield from _everywhere(inner, seen)
        for body in closures_in(operation):
            if id(body) not in seen:
                seen.add(id(body))
                yield from _everywhere(body.block, seen)


def own(block: Block) -> Iterator[Operation]:
    """Each operation of a block itself, those of closures and of parallel branches left out."""
    for operation in block:
        yield operation
        for inner in parts(operation):
            yield from own(inner)


def blocks(operation: Operation) -> Iterator[Block]:
    """The blocks that run as part of an operation."""
    yield from parts(operation)
    if isinstance(operation, Parallel):
        for branch in operation.branches:
            for body in closures(branch):
                yield body.block


def parts(operation: Operation) -> Iterator[Block]:
    """The blocks written inside an operation, closures left out."""
    match operation:
        case Branch(arms=arms):
            for arm in arms:
                yield arm.block
        case Loop(body=body) | Scope(body=body):
            yield body
        case Try():
            yield operation.body
            for catch in operation.catches:
                yield catch.body
            yield operation.otherwise
            yield operation.final


def values(operation: Operation) -> Iterator[Value]:
    """The values an operation holds itself, in the order they are written."""
    match operation:
        case Call():
            given = (argument.value for argument in operation.arguments)
            return _present(operation.target, operation.receiver, *given)
        case StepCall():
            return (argument.value for argument in step_arguments(operation))
        case Await(value=value) | Return(value=value) | Throw(value=value) | Scope(manager=value):
            return _present(value)
        case Assign():
            return iter((operation.value, *operation.targets))
        case Branch(arms=arms):
            return _present(*(arm.test for arm in arms))
        case Loop():
            return _present(operation.over, operation.test, operation.yields)
        case Parallel():
            return _present(*operation.branches, operation.over)
        case Try() | Jump() | Hole():
            return iter(())


def _present(*held: Value | None) -> Iterator[Value]:
    return (value for value in held if value is not None)


def refs_in(operation: Operation) -> Iterator[Ref]:
    """The references that the values of an operation are made of."""
    return (ref for value in values(operation) for ref in refs(value))


def results_in(operation: Operation) -> Iterator[Operation]:
    """The operations whose results the values of an operation are made of."""
    return (given for value in values(operation) for given in results(value))


def waits(operation: Operation) -> bool:
    """Whether something is awaited among the values of an operation, which in a lambda nothing can be."""
    inside = (of for of in results_in(operation) if operation.span.contains(of.span))
    return any(isinstance(each, Await) or waits(each) for of in inside for each in walk((of,)))


def closures_in(operation: Operation) -> Iterator[Body]:
    """The functions that the values of an operation are made of."""
    return (body for value in values(operation) for body in closures(value))


def step_arguments(step: StepCall) -> Iterator[Argument]:
    """All arguments of a step call: its id, its callback, and the rest."""
    if step.id is not None:
        yield step.id
    if step.callback is not None:
        yield step.callback
    yield from step.arguments


def members(value: Value) -> Iterator[Value]:
    """A value and the values it is made of; results and closures are not opened."""
    yield value
    match value:
        case Template(parts=inner):
            for part in inner:
                if not isinstance(part, str):
                    yield from members(part)
        case Record(entries=entries):
            for entry in entries:
                yield from members(entry.value)
        case Items(values=inner) | Opaque(reads=inner):
            for part in inner:
                yield from members(part)


def refs(value: Value) -> Iterator[Ref]:
    """The references a value is made of."""
    return (member for member in members(value) if isinstance(member, Ref))


def results(value: Value) -> Iterator[Operation]:
    """The operations whose results a value is made of."""
    return (member.of for member in members(value) if isinstance(member, Result))


def closures(value: Value) -> Iterator[Body]:
    """The functions a value is made of."""
    return (member.body for member in members(value) if isinstance(member, Closure))
