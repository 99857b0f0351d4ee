"""Finals: what a `finally` around steps does, again and again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.effects import Effect
from inngest_lint.model.body import Block, Body, Call, StepCall, Try
from inngest_lint.model.language import Language
from inngest_lint.model.value import CALLS, Constant, Origin, Ref, Template
from inngest_lint.project.calls import Calls, Reached
from inngest_lint.text import Span

# Reading these once more changes nothing, and what is logged again is a fault of its own.
_HARMLESS = frozenset({Effect.PURE, Effect.CLOCK, Effect.RANDOM, Effect.IDENTITY, Effect.LOG, Effect.PRINT})
# These do something, but nothing that is seen outside the process.
INSIDE = _HARMLESS | {Effect.SLEEP, Effect.ENVIRONMENT, Effect.THREAD}
# A value that is set at the start of each request is put back at its end.
_RESTORED = ("contextvars", "ContextVar")


@dataclass(frozen=True, slots=True)
class Final:
    """A `finally` around a step, the first step it guards, and what doing it again would show.

    `steps` are the operations that take steps, and all that counts where there are any; `outside` are the calls
    that are known to reach something outside the process.
    """

    span: Span
    step: Reached
    steps: tuple[Call | StepCall, ...]
    outside: tuple[Call, ...]
    calls: tuple[Call, ...]

    @property
    def worst(self) -> Call | StepCall:
        """The operation that speaks for all."""
        return (*self.steps, *self.outside, *self.calls)[0]


def finals(body: Body, calls: Calls) -> Iterator[Final]:
    """The `finally` blocks around steps, in a body and its helpers, that do something again and again.

    In TypeScript there are none: a step that is not done is never settled, so no `finally` is come to before the end.
    """
    if calls.language(body.span.file) is not Language.PYTHON:
        return
    for operation in calls.running(body):
        if isinstance(operation, Try) and operation.final_span is not None:
            yield from _final(operation, operation.final_span, calls)


def _final(guarded: Try, span: Span, calls: Calls) -> Iterator[Final]:
    blocks = (guarded.body, guarded.otherwise, *(catch.body for catch in guarded.catches))
    step = next((reached for block in blocks for reached in calls.steps_in(block)), None)
    if step is None:
        return
    steps = tuple(reached.stands for reached in calls.steps_in(guarded.final))
    done = tuple(call for call in _calls(guarded.final, calls) if not _is_harmless(call, calls, frozenset()))
    if steps or done:
        yield Final(span, step, steps, tuple(call for call in done if _reaches_outside(call, calls)), done)


def _reaches_outside(call: Call, calls: Calls) -> bool:
    effect, body = calls.classify(call), calls.callee(call)
    if effect is not None or body is None:
        return effect is not None and effect not in INSIDE
    return any(occurrence.effect not in INSIDE for occurrence in calls.effects(body))


def _calls(block: Block, calls: Calls) -> Iterator[Call]:
    return (operation for operation in calls.happening(block) if isinstance(operation, Call))


def _is_harmless(call: Call, calls: Calls, running: frozenset[Body]) -> bool:
    effect = calls.classify(call)
    if effect is not None:
        return effect in _HARMLESS
    if isinstance(call.receiver, (Constant, Template)) or (call.mutates and call.mutates.is_variable):
        return True
    body = calls.callee(call)
    if body is not None:
        inside = running | {body}
        return body in running or all(_is_harmless(inner, calls, inside) for inner in _calls(body.block, calls))
    return isinstance(call.target, Ref) and _is_known_harmless(call.target)


def _is_known_harmless(target: Ref) -> bool:
    if target.origin is Origin.CONTEXT:
        return True
    if target.origin is Origin.GLOBAL:
        # `len(rows)` and `dict(rows).get(key)`, but not what an unknown name holds.
        return len(target.path) == 1 or target.path[1] in CALLS
    return target.origin is Origin.IMPORT and target.starts_with(*_RESTORED)
