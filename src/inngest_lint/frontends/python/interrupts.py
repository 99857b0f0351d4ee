"""Interrupts: what an `except` does when what it caught is an interrupt, which is no `Exception`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inngest_lint.model.body import Arm, Block, Branch, Call, Operation
from inngest_lint.model.value import Items, Opaque, Origin, Ref, Result, Value

_IS_INSTANCE = Ref(Origin.GLOBAL, ("isinstance",))
_EVERYTHING = ("BaseException",)


def met_by_interrupts(block: Block, caught: str | None) -> Block:
    """What an interrupt meets in the block of an `except`, past what `isinstance` keeps for errors."""
    return tuple(met for operation in block for met in _met(operation, caught))


def _met(operation: Operation, caught: str | None) -> Iterator[Operation]:
    if not isinstance(operation, Branch):
        yield operation
        return
    arms = tuple(_open_to_interrupts(operation, caught))
    if arms and arms[0].test is None:
        yield from arms[0].block
    elif arms:
        yield replace(operation, arms=arms)


def _open_to_interrupts(branch: Branch, caught: str | None) -> Iterator[Arm]:
    for arm in branch.arms:
        if _is_for_errors(arm.test, caught):
            continue
        block = met_by_interrupts(arm.block, caught)
        match arm.test:
            case Opaque(reads=(denied,)) if _is_for_errors(denied, caught):
                yield Arm(None, block)  # `not isinstance(…)`: no other arm is left
                return
        yield Arm(arm.test, block)


def _is_for_errors(test: Value | None, caught: str | None) -> bool:
    """Whether a test asks for classes of errors: `isinstance(error, ValueError)`."""
    match test:
        case Result(of=Call(target=target, arguments=(asked, classes)), path=()) if target == _IS_INSTANCE:
            listed = classes.value.values if isinstance(classes.value, Items) else (classes.value,)
            named = all(isinstance(each, Ref) and each.path != _EVERYTHING for each in listed)
            return named and isinstance(asked.value, Ref) and asked.value.path == (caught,)
    return False
