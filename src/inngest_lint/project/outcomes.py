"""Outcomes: whether a step's function gives anything, and what is done with the result of the step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from inngest_lint.model.body import Assign, Await, Body, Call, Hole, Operation, Return, StepCall
from inngest_lint.model.flow import always_throws
from inngest_lint.model.value import Origin, Ref, Result, Value
from inngest_lint.model.walk import everywhere, members, own, refs_in, values, walk

if TYPE_CHECKING:
    from inngest_lint.project import Project

# What a function gives that is returned by another one is followed this far.
_DEEPEST = 3


def gives_nothing(body: Body, project: Project, left: int = _DEEPEST) -> bool:
    """Whether a function returns on every way, and never with a value; one that is only declared may be replaced."""
    if body.generates or body.decorated or not (body.block or body.name is None) or always_throws(body.block):
        return False
    done = tuple(walk(body.block))
    if any(isinstance(operation, Hole) for operation in done):
        return False
    given = (operation.value for operation in done if isinstance(operation, Return))
    # One that says `return None` means it.
    return all(value is None or _is_nothing(value, project, left) for value in given)


def _is_nothing(value: Value, project: Project, left: int) -> bool:
    """Whether a value is what a function gave that gives nothing."""
    match value:
        case Result(of=Await(value=waited), path=()):
            return _is_nothing(waited, project, left)
        case Result(of=Call() as call, path=()) if left:
            callee = project.callee(call) if project.classify(call) is None else None
            return callee is not None and gives_nothing(callee, project, left - 1)
    return False


def use_of(step: StepCall, body: Body) -> Operation | None:
    """The first operation that needs what a step of a body gives; handing it back as it is, or not at all, is none."""
    given = {id(step)} if step.immediate else set()
    for operation in everywhere(body.block):
        if isinstance(operation, Await) and isinstance(operation.value, Result) and operation.value.of is step:
            given.add(id(operation))
        elif any(_is_given(part, given) for value in values(operation) for part in members(value)):
            return _use(operation, given, body)
    return None


def _is_given(value: Value, given: set[int]) -> bool:
    return isinstance(value, Result) and id(value.of) in given


def _use(operation: Operation, given: set[int], body: Body) -> Operation | None:
    """The use that is made of a result where it first comes up: there, or where its name is read first."""
    match operation:
        case Assign(value=Result(path=()) as value, targets=(Ref(origin=Origin.LOCAL, path=(name,)),)) if (
            _is_given(value, given) and not operation.updates
        ):
            return _reading(name, body)
        case Assign(value=Result(path=())) | Return(value=Result(path=())):
            return None
    return operation


def _reading(name: str, body: Body) -> Operation | None:
    """The first operation that needs what a variable holds, which is given only once."""
    assigned = [o for o in everywhere(body.block) if isinstance(o, Assign) and _writes(o, name)]
    if len(assigned) > 1:
        return None
    return next((operation for operation in _readers(name, body) if not _hands_back(operation, name)), None)


def _readers(name: str, body: Body) -> Iterator[Operation]:
    here = {id(operation) for operation in own(body.block)}
    for operation in everywhere(body.block):
        origin = Origin.LOCAL if id(operation) in here else Origin.ENCLOSING
        read = (ref for ref in refs_in(operation) if ref.name == name and ref.origin is origin)
        if any(True for _ in read) and not (isinstance(operation, Assign) and _writes(operation, name)):
            yield operation


def _writes(assign: Assign, name: str) -> bool:
    return any(target.is_variable and target.path == (name,) for target in assign.targets)


def _hands_back(operation: Operation, name: str) -> bool:
    return isinstance(operation, Return) and isinstance(operation.value, Ref) and operation.value.path == (name,)
