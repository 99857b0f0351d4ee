"""Attempts: the steps that something guards, and which of its catches take what a step fails with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.model.body import Block, Body, Call, Catch, StepCall, StepKind, Try
from inngest_lint.model.language import Language
from inngest_lint.model.value import Ref, Result
from inngest_lint.model.walk import closures
from inngest_lint.project.calls import Calls, Reached
from inngest_lint.project.failures.errors import Standing, standing

# Pauses do not fail, and neither does waiting in vain.
_INFALLIBLE = frozenset({StepKind.SLEEP, StepKind.SLEEP_UNTIL, StepKind.WAIT_FOR_EVENT, StepKind.WAIT_FOR_SIGNAL})
_CATCH = ".catch"


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """Steps that may fail, and what takes their failure: a `try` or, in TypeScript, `.catch(…)`.

    `body` is the function it is written in, `operation` what it is there, `guarded` what it guards.
    """

    body: Body
    operation: Try | Call
    guarded: Block
    catches: tuple[Catch, ...]
    steps: tuple[Reached, ...]

    @property
    def step(self) -> Reached:
        """The first of the steps."""
        return self.steps[0]


def attempts(body: Body, calls: Calls) -> Iterator[Attempt]:
    """The attempts at steps in a body and the functions it calls, outside any step."""
    for reached in calls.reachable(body):
        for operation in calls.happening(reached.block):
            match operation:
                case Try(body=guarded, catches=catches) if catches:
                    yield from _attempt(reached, operation, guarded, catches, calls)
                case Call(receiver=Result(of=StepCall() | Call() as of, path=()), spelling=spelling) if (
                    spelling.endswith(_CATCH)
                ):
                    yield from _attempt(reached, operation, (of,), tuple(_given(operation)), calls)


def _attempt(
    body: Body, operation: Try | Call, guarded: Block, catches: tuple[Catch, ...], calls: Calls
) -> Iterator[Attempt]:
    steps = tuple(reached for reached in calls.steps_in(guarded) if reached.step.kind not in _INFALLIBLE)
    if steps and catches:
        yield Attempt(body, operation, guarded, catches, steps)


def _given(call: Call) -> Iterator[Catch]:
    """What `.catch(…)` is given, as a catch."""
    for argument in call.arguments[:1]:
        for closure in closures(argument.value):
            binds = closure.parameters[0].name if closure.parameters else None
            yield Catch(argument.span, argument.span, (), swallows_interrupts=False, binds=binds, body=closure.block)


def taking(attempt: Attempt, wanted: Standing, calls: Calls) -> Catch | None:
    """The catch that takes an error of some standing, and takes no interrupt along; None where that is not known."""
    for catch in attempt.catches:
        if not catch.types:
            return None if _takes_interrupts(catch, calls) else catch
        kinds = [standing(type_, catch.span.file, calls) for type_ in catch.types]
        if Standing.UNKNOWN in kinds:
            return None
        if wanted in kinds or Standing.ANY in kinds:
            return None if _takes_interrupts(catch, calls) else catch
    return None


def _takes_interrupts(catch: Catch, calls: Calls) -> bool:
    everything = not catch.types or any(type_.path == ("BaseException",) for type_ in catch.types)
    return everything and calls.language(catch.span.file) is Language.PYTHON


def speaks_of(ref: Ref, catch: Catch) -> bool:
    """Whether a reference in a catch is to what was caught."""
    return ref.is_variable and ref.name == catch.binds
