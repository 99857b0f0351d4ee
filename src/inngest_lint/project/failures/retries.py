"""Retries: loops that try something again after a pause, as the SDK does by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.effects import Effect
from inngest_lint.model.body import (
    Block,
    Body,
    Branch,
    Call,
    Catch,
    Jump,
    Loop,
    Operation,
    Return,
    StepCall,
    StepKind,
    Throw,
    Try,
)
from inngest_lint.model.flow import always_throws
from inngest_lint.model.value import Origin, Ref, Result
from inngest_lint.model.walk import everywhere, refs_in
from inngest_lint.project.calls import Calls

_PAUSES = frozenset({StepKind.SLEEP, StepKind.SLEEP_UNTIL})
_RANGE = "range"
_LENGTH = "length"


@dataclass(frozen=True, slots=True, eq=False)
class Retry:
    """A loop around an attempt, the attempt, and the pause before the next one."""

    body: Body
    loop: Loop
    attempt: Try
    pause: Call | StepCall


def retries(body: Body, calls: Calls) -> Iterator[Retry]:
    """The loops of a body that try something until it succeeds, and wait in between."""
    for loop in everywhere(body.block):
        if isinstance(loop, Loop) and loop.yields is None and _counts(loop):
            yield from _retries(body, loop, calls)


def _counts(loop: Loop) -> bool:
    """Whether a loop counts, or goes on for ever; one that goes through things tries each of them."""
    over = loop.over
    if over is None:
        return not any(ref.path[-1] == _LENGTH for ref in refs_in(loop))
    target = over.of.target if isinstance(over, Result) and isinstance(over.of, Call) else None
    return isinstance(target, Ref) and target.origin is Origin.GLOBAL and target.path == (_RANGE,)


def _retries(body: Body, loop: Loop, calls: Calls) -> Iterator[Retry]:
    for operation in loop.body:
        if not isinstance(operation, Try) or not _is_attempt(operation):
            continue
        catches = [catch for catch in operation.catches if not always_throws(catch.body)]
        pause = _pause(operation, catches, loop.body, calls)
        if pause is not None:
            yield Retry(body, loop, operation, pause)


def _is_attempt(guarded: Try) -> bool:
    """Whether what a `try` guards does something, and leaves the loop when that succeeds."""
    acts = any(isinstance(o, (Call, StepCall)) for o in everywhere(guarded.body))
    return acts and (_ends(guarded.body) or _ends(guarded.otherwise))


def is_retried(guarded: Operation, body: Body, calls: Calls) -> bool:
    """Whether something that is guarded in a body is tried again after a pause."""
    return any(retry.attempt is guarded for retry in retries(body, calls))


def _ends(block: Block) -> bool:
    last = block[-1] if block else None
    if isinstance(last, Throw):
        # `if (answer.ok) return answer; throw …`
        return any(isinstance(o, Branch) and any(_ends(arm.block) for arm in o.arms) for o in block)
    return isinstance(last, Return) or (isinstance(last, Jump) and last.kind == "break")


def _pause(guarded: Try, catches: list[Catch], block: Block, calls: Calls) -> Call | StepCall | None:
    """What waits after a failure, in a catch or after the `try`, which is only come to then."""
    after = block[block.index(guarded) + 1 :]
    inside: list[Operation] = [o for catch in catches for o in calls.happening(catch.body)]
    for operation in (*inside, *(calls.happening(after) if catches else ())):
        if isinstance(operation, StepCall) and operation.kind in _PAUSES:
            return operation
        if isinstance(operation, Call) and _waits(operation, calls):
            return operation
    return None


def _waits(call: Call, calls: Calls) -> bool:
    if calls.classify(call) is Effect.SLEEP:
        return True
    callee = calls.callee(call)
    effects = {found.effect for found in calls.effects(callee)} if callee is not None else set()
    return effects == {Effect.SLEEP}
