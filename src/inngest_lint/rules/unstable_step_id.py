"""The rule `unstable-step-id`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.model.body import Argument, Body, Call, StepCall
from inngest_lint.model.dataflow import Flow, Source, Use, flows
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.value import Origin, Ref
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule

_MADE_FROM = {Effect.CLOCK: "the clock", Effect.RANDOM: "a random value", Effect.IDENTITY: "a fresh id"}
# What the context says of the request, not of the run.
_OF_THE_REQUEST = {
    "attempt": "the attempt",
    "job_id": "the id of the job",
    "jobId": "the id of the job",
    "request_id": "the id of the request",
    "requestId": "the id of the request",
}
# What these give depends on where things lie in memory, or on the seed of the process.
_OF_THE_PROCESS = frozenset({"hash", "id", "object"})


@rule(on=InngestFunction, severity=Severity.ERROR, category=Category.DETERMINISM, since="0.1.0")
def unstable_step_id(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """The id of a step is another one in every request, so its result is never found again."""
    told: set[tuple[int, int]] = set()
    for entry in context.project.entries(function):
        for finding in _Ids(context.project).findings(entry):
            if (finding.span.start, finding.span.end) not in told:
                told.add((finding.span.start, finding.span.end))
                yield finding


@dataclass(frozen=True, slots=True)
class _Name:
    """A parameter that ends up in the id of a step, and that id."""

    id: Argument


class _Ids:
    """The step ids of a project's bodies, and what they are made from."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._running: set[int] = set()

    def findings(self, entry: Body) -> Iterator[Finding]:
        """The unstable ids of the steps that a body takes."""
        unstable: dict[int, dict[int, Flow]] = {}
        for reached in self._project.steps(entry):
            body = self._project.callee(reached.path[-1]) if reached.path else entry
            if body is None or reached.step.id is None:
                continue
            if id(body) not in unstable:
                unstable[id(body)] = {id(flow.at): flow for flow in self._flows(body) if flow.use is Use.STEP_ID}
            flow = unstable[id(body)].get(id(reached.step))
            if flow is not None:
                yield self._finding(flow, reached.step.id, reached.path, body)
        for flow in self._flows(entry):
            name = self._named(flow)
            if name is not None and flow.argument is not None:
                yield self._finding(flow, flow.argument, (), entry, Note(name.span, "it is the id of this step"))

    def _flows(self, body: Body) -> Iterator[Flow]:
        made = {id(call) for call in self._makers(body)}
        return flows(body, lambda source: id(source) in made or _kind(source) is not None)

    def _makers(self, body: Body) -> Iterator[Call]:
        """The calls of a body that give another value each time, themselves or as helpers."""
        for occurrence in self._project.effects(body, *_MADE_FROM):
            path = occurrence.path
            callees = [self._project.callee(call) for call in path[:-1]]
            if all(callee and _returns(callee, call) for callee, call in zip(callees, path[1:], strict=True)):
                yield occurrence.call

    def _named(self, flow: Flow) -> Argument | None:
        """The step id that an argument of a call ends up in."""
        match flow:
            case Flow(use=Use.ARGUMENT, at=Call() as call, argument=Argument() as argument):
                callee = self._project.callee(call)
                if callee is not None and id(callee) not in self._running:
                    return self._naming(callee).get(_parameter(call, argument, callee))
        return None

    def _naming(self, body: Body) -> dict[str, Argument]:
        """The parameters of a body that end up in a step id."""
        names = {parameter.name for parameter in body.parameters}
        found: dict[str, Argument] = {}
        self._running.add(id(body))
        for flow in flows(body, lambda source: isinstance(source, Ref) and _is_parameter(source, names)):
            ends = flow.argument if flow.use is Use.STEP_ID else self._named(flow)
            if isinstance(flow.source, Ref) and ends is not None:
                found.setdefault(flow.source.name, ends)
        self._running.discard(id(body))
        return found
