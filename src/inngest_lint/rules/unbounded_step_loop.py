"""Rule: a loop that may take more steps than a run has room for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.model.bindings import bound
from inngest_lint.model.body import Call, Loop, StepKind
from inngest_lint.model.function import InngestFunction
from inngest_lint.platform.limits import limit
from inngest_lint.project.loops.rounds import Bound, Rounds, taken_each_round
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.model.body import Block, Body, StepCall
    from inngest_lint.project import Project

_PAUSES = (StepKind.SLEEP, StepKind.SLEEP_UNTIL)
# What `for (;;)` begins with; every other loop says what it is repeated for.
_WORD = "for"


@rule(on=InngestFunction, severity=Severity.ERROR, category=Category.STEPS, since="0.2.0")
def unbounded_step_loop(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A loop takes steps with nothing that ends it before a run has no room for more."""
    loops = _Loops(context.project)
    for entry in context.project.entries(function):
        for body in context.project.reachable(entry):
            yield from loops.findings(body)


@dataclass(frozen=True, slots=True)
class _Loops:
    """The loops of a project that take steps."""

    project: Project

    def findings(self, body: Body) -> Iterator[Finding]:
        """What is wrong with the loops of a function; of loops in each other it is told of the outermost."""
        told: list[Span] = []
        for place in bound(body):
            loop = place.operation
            if not isinstance(loop, Loop) or any(span.contains(_extent(loop)) for span in told):
                continue
            steps = [reached.step for reached in self.project.steps_in(loop.body)]
            finding = self._finding(Rounds(loop, place.names, self.project), steps) if steps else None
            if finding is not None and self._happens(loop, body):
                told.append(_extent(loop))
                yield finding

    def _happens(self, loop: Loop, body: Body) -> bool:
        """Whether a loop is run with the function, and not by something that is only written in it."""
        return any(operation is loop for operation in self.project.happening(body.block))

    def _finding(self, rounds: Rounds, steps: list[StepCall]) -> Finding | None:
        match rounds.bound:
            case Bound.NOTHING:
                return _told(rounds.loop, "the loop takes steps and never ends", steps[0], None)
            case Bound.DATA if any(map(rounds.hands_on, steps)) or not self._pauses(rounds.loop, steps):
                message = "nothing bounds how many steps the loop takes"
                return _told(rounds.loop, message, steps[0], Severity.WARNING)
        taken = (rounds.count or 0) * self._each_round(rounds.loop.body)
        if taken <= limit("steps"):
            return None
        severity = Severity.WARNING if rounds.can_be_left else None
        return _told(rounds.loop, f"the loop takes {taken:,} steps, if it runs to its end", steps[0], severity)

    def _pauses(self, loop: Loop, steps: list[StepCall]) -> bool:
        """Whether a loop waits between its rounds: it polls, which is no matter of how many steps it takes."""
        calls = (operation for operation in self.project.happening(loop.body) if isinstance(operation, Call))
        is_asleep = any(self.project.classify(call) is Effect.SLEEP for call in calls)
        return is_asleep or any(step.kind in _PAUSES for step in steps)

    def _each_round(self, block: Block) -> int:
        return sum(1 for _ in taken_each_round(block, self.project))


def _told(loop: Loop, message: str, step: StepCall, severity: Severity | None) -> Finding:
    start = loop.span.start
    return Finding(
        loop.head or Span(loop.span.file, start, start + len(_WORD)),
        message,
        help="end it after some rounds, and send an event that starts a run for the rest",
        label=f"a run fails after {limit('steps'):,} steps",
        notes=(Note(step.span, "a step is taken here"),),
        severity=severity,
    )


def _extent(loop: Loop) -> Span:
    """What a loop covers, as far as its operations go."""
    end = max([loop.span.end, *(operation.span.end for operation in loop.body)])
    return Span(loop.span.file, loop.span.start, end)
