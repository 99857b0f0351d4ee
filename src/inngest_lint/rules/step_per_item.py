"""Rule: a step is taken for each item of a list of any length."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.model.bindings import Bound, bound
from inngest_lint.model.body import Loop, Parallel, StepKind
from inngest_lint.model.function import InngestFunction
from inngest_lint.platform.limits import limit
from inngest_lint.project.loops.rounds import Rounds
from inngest_lint.project.loops.unsized import Sizes, Unsized
from inngest_lint.rule import Category, Context, Preset, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.model.body import Block, Body
    from inngest_lint.project import Project, Reached
    from inngest_lint.text import Span


@rule(on=InngestFunction, severity=Severity.INFO, category=Category.PERFORMANCE, since="0.2.0", preset=Preset.ALL)
def step_per_item(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A step is taken for each item of the event's data or of a query, however many there are."""
    items = _Items(context.project, Sizes(context.project))
    for entry in context.project.entries(function):
        for body in context.project.reachable(entry):
            yield from items.findings(body)


@dataclass(frozen=True, slots=True)
class _Items:
    """The steps of a project that are taken for each item of something."""

    project: Project
    sizes: Sizes
    told: set[int] = field(default_factory=set)

    def findings(self, body: Body) -> Iterator[Finding]:
        """The steps that a function takes for each item of a list of any length."""
        for place in bound(body):
            steps = [step for block in self._repeated(place) for step in self.project.steps_in(block)]
            # What waits for each item is told as such.
            if not steps or any(reached.step.kind is StepKind.WAIT_FOR_EVENT for reached in steps):
                continue
            unsized = self._unsized(place)
            if unsized is not None and id(steps[0].stands) not in self.told:
                self.told.add(id(steps[0].stands))
                yield _finding(steps, place, unsized)

    def _repeated(self, place: Bound) -> Iterator[Block]:
        match place.operation:
            case Loop(body=body):
                yield body
            case Parallel(over=over, branches=branches) if over is not None:
                for branch in branches:
                    found = self.project.function(branch, place.operation.span.file)
                    if found is not None:
                        yield found.block

    def _unsized(self, place: Bound) -> Unsized | None:
        match place.operation:
            case Loop() as loop:
                over = Rounds(loop, place.names, self.project).goes_through
            case Parallel(over=over):
                pass
            case _:
                return None
        return self.sizes.unsized(over, place.names) if over is not None else None


def _finding(steps: list[Reached], place: Bound, unsized: Unsized) -> Finding:
    first = steps[0]
    notes = [Note(_head(place), "for each item of this")]
    if unsized.query is not None:
        notes.append(Note(unsized.query, "read here, all there are"))
    is_sending = all(reached.step.kind is StepKind.SEND_EVENT for reached in steps)
    return Finding(
        first.step.id.span if first.step.id is not None and not first.path else first.stands.span,
        f"a step is taken for each item of {unsized.phrase}",
        help="send all events in one step, as a list"
        if is_sending
        else "send an event for each item, all in one step, or take a step for each batch",
        label=f"a run fails after {limit('steps'):,} steps",
        notes=tuple(notes),
    )


def _head(place: Bound) -> Span:
    operation = place.operation
    return (operation.head if isinstance(operation, Loop) else None) or operation.span
