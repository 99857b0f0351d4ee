"""Rule: the id of a step is another one in every request."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.effects.kinds import Kind, kinds
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Argument, Body, Call
from inngest_lint.model.dataflow import Flow, Use, flows, looked_at
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.loads import Source
from inngest_lint.model.parameters import parameter_flows
from inngest_lint.model.value import Origin, Ref
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_MADE_FROM = {Effect.CLOCK: "the clock", Effect.RANDOM: "a random value", Effect.IDENTITY: "a fresh id"}


@rule(
    on=InngestFunction,
    severity=Severity.ERROR,
    category=Category.DETERMINISM,
    since="0.1.0",
    guideline=Guideline.DETERMINISM,
)
def unstable_step_id(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """The id of a step is another one in every request, so its result is never found again."""
    told: set[tuple[int, int]] = set()
    for entry in context.project.entries(function):
        for finding in _Ids(context.project, context.language).findings(entry):
            if (finding.span.start, finding.span.end) not in told:
                told.add((finding.span.start, finding.span.end))
                yield finding


class _Ids:
    """The step ids of a project's bodies, and what they are made from."""

    def __init__(self, project: Project, language: Language) -> None:
        self._project = project
        self._language = language

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
                yield self._finding(flow.source, body, reached.step.id.span, reached.path)
        for flow in self._flows(entry):
            name = self._named(flow, frozenset()) if flow.use is Use.ARGUMENT else None
            if name is not None and flow.argument is not None:
                yield self._finding(
                    flow.source, entry, flow.argument.span, (), Note(name.span, "a step gets its id here")
                )

    def _flows(self, body: Body) -> Iterator[Flow]:
        made = self._made(body)
        return flows(body, lambda source: _made_from(source, made, self._language) is not None)

    def _made(self, body: Body) -> dict[int, str]:
        """What the calls of a body that give another value each time make it from, themselves or as helpers."""
        found: dict[int, str] = {}
        # `shuffle(names)` gives nothing: the ids made from the names are the same ones in another order.
        used = looked_at(body.block)
        for occurrence in self._project.effects(body, *_MADE_FROM):
            if id(occurrence.call) not in used:
                continue
            path = occurrence.path
            callees = [self._project.callee(call) for call in path[:-1]]
            if all(callee and _returns(callee, call) for callee, call in zip(callees, path[1:], strict=True)):
                found.setdefault(id(occurrence.call), _MADE_FROM[occurrence.effect])
        return found

    def _named(self, flow: Flow, running: frozenset[int]) -> Argument | None:
        """The step id that an argument of a call ends up in."""
        if flow.use is Use.STEP_ID:
            return flow.argument
        received = self._project.receiver(flow)
        if received is None or id(received[0]) in running:
            return None
        inner = (self._named(use, running | {id(received[0])}) for use in _whole(*received))
        return next((ends for ends in inner if ends is not None), None)

    def _finding(self, source: Source, body: Body, span: Span, path: tuple[Call, ...], *notes: Note) -> Finding:
        made_from = _made_from(source, self._made(body), self._language)
        way = (*(Note(call.span, "called here") for call in path[1:]), Note(span, "a step gets its id here"))
        kind = _unstable(source, self._language)
        if isinstance(source, Call) and not span.contains(source.span):
            notes = (Note(source.span, "it is made here"), *notes)
        return Finding(
            path[0].span if path else span,
            f"the id of a step is made from {made_from}",
            help="make the id from the event or a counter, or make the value in `step.run` first",
            label=(kind and kind.harm) or "another id in every request, so the step never counts as done",
            notes=(*(way if path else ()), *notes),
        )


def _made_from(source: Source, made: dict[int, str], language: Language) -> str | None:
    """What a source is made from that another request has another of."""
    kind = _unstable(source, language)
    return kind.phrase if kind is not None else made.get(id(source))


def _unstable(source: Source, language: Language) -> Kind | None:
    """What the context says of the request, or the language of the process, and not of the run."""
    match source:
        case Ref(origin=Origin.CONTEXT, path=(name,)):
            return kinds("instability", language).of_value(f"{Origin.CONTEXT.value}.{name}")
        case Call(target=Ref(origin=Origin.GLOBAL, path=(name,))):
            return kinds("instability", language).of_value(name)
    return None


def _returns(body: Body, call: Call) -> bool:
    return any(flow.use is Use.RESULT for flow in flows(body, lambda source: source is call))


def _whole(body: Body, name: str) -> Iterator[Flow]:
    """The uses of a parameter itself; those of what it holds are left out."""
    for flow in parameter_flows(body, name):
        if isinstance(flow.source, Ref) and flow.source.path == (name,):
            yield flow
