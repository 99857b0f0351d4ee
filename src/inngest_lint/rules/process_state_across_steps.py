"""Rule: a step relies on what another one left in the process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Confidence, Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import StepCall
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.value import Origin, Ref, Result, Value
from inngest_lint.model.walk import closures, everywhere, members, refs_in
from inngest_lint.project.state.memory import Kept, Key, kept, reads, writes
from inngest_lint.project.state.scratch import Scratch
from inngest_lint.rule import Category, Context, Preset, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.model.body import Body
    from inngest_lint.project import Callback, Project
    from inngest_lint.text import Span


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.STEPS,
    since="0.2.0",
    preset=Preset.STRICT,
    confidence=Confidence.MEDIUM,
    guideline=Guideline.SELF_CONTAINED,
)
def process_state_across_steps(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A step uses a temporary file, or something kept in memory, that another step has left in the process."""
    for entry in context.project.entries(function):
        yield from _files(entry, context.project)
        yield from _memory(entry, context.project)


# Temporary files


def _files(entry: Body, project: Project) -> Iterator[Finding]:
    scratch = Scratch(project)
    for body in project.reachable(entry):
        files = _Files(scratch, body)
        for operation in everywhere(body.block):
            if isinstance(operation, StepCall):
                yield from files.of_step(operation)


@dataclass(frozen=True, slots=True)
class _Files:
    """The temporary files that the steps of a function work with."""

    scratch: Scratch
    body: Body
    used: dict[str, StepCall] = field(default_factory=dict)
    known: dict[Value, tuple[StepCall | None, bool]] = field(default_factory=dict)

    def of_step(self, step: StepCall) -> Iterator[Finding]:
        """The files that a step uses although another one made them; each once."""
        told: set[object] = set()
        for value, span in _used(step):
            giver, key = self._giver(value, step)
            if giver is not None and giver is not step and key not in told:
                told.add(key)
                yield _file_finding(span, giver)

    def _giver(self, value: Value, step: StepCall) -> tuple[StepCall | None, object]:
        """The step that made a file or used it first, and what tells the file from others."""
        if value not in self.known:
            self.known[value] = self.scratch.giver(value, self.body), self.scratch.is_path(value, self.body)
        giver, is_path = self.known[value]
        if giver is not None or not is_path or not isinstance(value, Ref):
            return giver, giver
        return self.used.setdefault(value.name, step), value.name


def _used(step: StepCall) -> Iterator[tuple[Value, Span]]:
    """What a step takes from the function around it, and where."""
    for argument in step.arguments:
        for member in members(argument.value):
            if isinstance(member, (Ref, Result)):
                yield member, argument.span
    for body in closures(step.callback.value) if step.callback is not None else ():
        for operation in everywhere(body.block):
            for ref in refs_in(operation):
                if ref.origin is Origin.ENCLOSING:
                    yield Ref(Origin.LOCAL, ref.path), ref.span or operation.span


def _file_finding(span: Span, giver: StepCall) -> Finding:
    at = giver.id.span if giver.id is not None else giver.span
    return Finding(
        span,
        "a step uses a temporary file of another step",
        help="make and use it in one step, or keep it where every process can reach it",
        label="the file is not there if another machine runs this step",
        notes=(Note(at, "this step made the path of it, or used it first"),),
    )


# Memory


def _memory(entry: Body, project: Project) -> Iterator[Finding]:
    steps = tuple(project.callbacks(entry))
    taking = frozenset(body.owner for body in project.reachable(entry) if body.owner is not None)
    told: set[Key] = set()
    for step in steps:
        for write in kept(step.body, taking, project):
            read = _read(write, step, steps, entry, project) if write.key not in told else None
            if read is not None:
                told.add(write.key)
                yield _memory_finding(write, step, read)


def _read(write: Kept, step: Callback, steps: tuple[Callback, ...], entry: Body, project: Project) -> Span | None:
    """Where what a step keeps is read, in another step or between them."""
    outside = [other.body for other in steps if other is not step]
    inside = {id(body) for body in project.reachable(step.body)}
    for start in (*outside, entry):
        for body in project.reachable(start):
            if id(body) in inside or write.key in writes(body):
                continue
            for key, span in reads(body):
                if key == write.key and not step.body.span.contains(span):
                    return span
    return None


def _memory_finding(write: Kept, step: Callback, read: Span) -> Finding:
    name = write.key[2][-1]
    at = step.step.id if isinstance(step.step, StepCall) else None
    return Finding(
        write.operation.span,
        f"`{name}` is kept in the process by a step",
        help="return it from the step, or make it anew in each step that needs it",
        label="another process has another one, or none",
        notes=(
            *((Note(at.span, "this step keeps it"),) if at is not None else ()),
            Note(read, "read here, outside of that step"),
        ),
    )
