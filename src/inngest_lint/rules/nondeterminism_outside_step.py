"""Rule: the clock is read, or a random value or a fresh id made, outside a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Body, Call
from inngest_lint.model.dataflow import Flow, Use, flows
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.parameters import parameter_flows
from inngest_lint.model.value import Origin, Ref
from inngest_lint.project import Occurrence, Outside, Project, way
from inngest_lint.project.timing.wakes import wakes
from inngest_lint.rule import Category, Context, rule

_SOURCES = (Effect.CLOCK, Effect.RANDOM, Effect.IDENTITY)
_LOGS = (Effect.LOG, Effect.PRINT)
# What a call may do with a value without anyone outside the request noticing.
_HARMLESS = frozenset({*_SOURCES, *_LOGS, Effect.PURE, Effect.SLEEP, Effect.ENVIRONMENT, Effect.STEP_RUN})
_NOTICED = tuple(effect for effect in Effect if effect not in _HARMLESS)
# What a helper does that is a fault of the call anyway, told by the rules that are about it.
_TOLD = (*_NOTICED, *_LOGS)

_DOES = {
    Effect.CLOCK: "reads the clock",
    Effect.RANDOM: "makes a random value",
    Effect.IDENTITY: "makes a fresh id",
}
_ENDS = {
    Use.TEST: "decides what the function does",
    Use.STEP_INPUT: "goes into a step",
    Use.RESULT: "goes into what the function returns",
    Use.ARGUMENT: "goes into a call that reaches outside",
}


@rule(
    on=InngestFunction,
    severity=Severity.ERROR,
    category=Category.DETERMINISM,
    since="0.1.0",
    guideline=Guideline.DETERMINISM,
)
def nondeterminism_outside_step(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function that takes steps reads the clock, or makes a random value or a fresh id, outside of them."""
    traced = _Traced(context.project)
    waking = {id(w.clock) for entry in context.project.entries(function) for w in wakes(entry, context.project)}
    for outside in context.project.outside(function, *_SOURCES):
        # A time that only ends sleeps is for `relative-sleep-until` to report.
        if all(any(id(call) in waking for call in found.path) for found in outside.occurrences):
            continue
        value = _Value(outside, traced)
        # A value that only names steps is for `unstable-step-id` to report; what is thrown ends the request anyway.
        if value.only_names_steps or value.only_thrown:
            continue
        # A helper that logs, or asks for a token that may have expired, is to be called in a step as it is.
        if not (value.stays_within and _is_told(outside, context.project)):
            yield value.finding()


def _is_told(outside: Outside, project: Project) -> bool:
    """Whether a call has other effects, which other rules tell of."""
    return any(found.call is outside.call for found in project.effects(outside.body, *_TOLD))


@dataclass(frozen=True, slots=True)
class _End:
    """A use of a value outside the helpers that made it; `others` are the clock reads it was set against.

    It is `within` where a helper uses the value that made it.
    """

    flow: Flow
    bad: bool
    others: tuple[Call, ...]
    logged: bool
    within: bool


class _Traced:
    """The uses of what the calls of bodies give, each body traced once for the clocks and once for the rest."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._flows: dict[tuple[int, bool], tuple[frozenset[int], dict[int, list[Flow]]]] = {}

    def flows(self, call: Call, around: Body) -> Iterator[tuple[Flow, tuple[Call, ...]]]:
        """The uses of what a call of a body gives, with the clock reads it is set against."""
        clocks, flowing = self._of(around, clocks=True)
        if id(call) not in clocks:
            yield from ((flow, ()) for flow in self._of(around, clocks=False)[1].get(id(call), ()))
            return
        for flow in flowing.get(id(call), ()):
            yield flow, (flow.other,) if isinstance(flow.other, Call) else ()

    def _of(self, body: Body, *, clocks: bool) -> tuple[frozenset[int], dict[int, list[Flow]]]:
        if (id(body), clocks) not in self._flows:
            effects = (Effect.CLOCK,) if clocks else _SOURCES
            calls = frozenset(id(found.call) for found in self.project.effects(body, *effects))
            flowing: dict[int, list[Flow]] = {}
            for flow in flows(body, lambda source: id(source) in calls) if calls else ():
                flowing.setdefault(id(flow.source), []).append(flow)
            self._flows[id(body), clocks] = (calls, flowing)
        return self._flows[id(body), clocks]


class _Value:
    """What a call outside steps gives, and where that goes."""

    def __init__(self, outside: Outside, traced: _Traced) -> None:
        self._traced = traced
        self._project = traced.project
        ends = [(occurrence, list(self._ends(outside.body, occurrence))) for occurrence in outside.occurrences]
        self.call = outside.call
        self.only_names_steps = all(_only_names(uses) for _, uses in ends)
        self.only_thrown = all(_only_thrown(uses) for _, uses in ends)
        self.stays_within = all(_stays_within(found, uses) for found, uses in ends)
        # The worst of what a helper does speaks for it.
        ranked = sorted(ends, key=lambda end: (not any(use.bad for use in end[1]), _measures(*end)))
        self._occurrence, self._uses = ranked[0]
        self.measures = _measures(*ranked[0])

    def finding(self) -> Finding:
        """What is wrong with the call."""
        end = next((use.flow for use in self._uses if use.bad), None)
        does = _DOES[self._occurrence.effect]
        notes = way(self._occurrence, f"{does} here")
        if self.measures:
            return self._measurement(notes, Severity.INFO if end is None else Severity.WARNING)
        label = "gives something else in every request that gets this far"
        if end is not None and end.at.span.contains(self.call.span):
            label = _ENDS[end.use]
        elif end is not None:
            notes = (*notes, Note(end.argument.span if end.argument else end.at.span, _ENDS[end.use]))
        return Finding(
            self.call.span,
            f"`{self.call.spelling}` {does} outside a step",
            help="do it in `step.run` and use the result, which stays the same for the whole run",
            label=label,
            notes=notes,
            severity=Severity.ERROR if end is not None else Severity.INFO if self._tells_when else Severity.WARNING,
        )

    @property
    def _tells_when(self) -> bool:
        """Whether the value is the time at which something is logged."""
        return self._occurrence.effect is Effect.CLOCK and bool(self._uses) and all(use.logged for use in self._uses)

    def _measurement(self, notes: tuple[Note, ...], severity: Severity) -> Finding:
        others = dict.fromkeys(other for use in self._uses for other in use.others)
        return Finding(
            self.call.span,
            f"`{self.call.spelling}` measures time outside a step",
            help="measure inside a step, or read from Inngest how long the run took",
            label="read again in every request, so only the last one is measured",
            notes=(*notes, *(Note(other.span, "compared with this") for other in others)),
            severity=severity,
        )

    def _ends(self, body: Body, occurrence: Occurrence) -> Iterator[_End]:
        """Where the value goes: in the helper that makes it, then in the caller it is returned to, and so on."""
        callees = [self._project.callee(call) for call in occurrence.path[:-1]]
        bodies = [body, *(callee for callee in callees if callee is not None)]
        others: tuple[Call, ...] = ()
        for call, around in reversed(list(zip(occurrence.path, bodies, strict=True))):
            returned = False
            for flow, against in self._traced.flows(call, around):
                if flow.use is Use.RESULT and around is not body:
                    returned = True
                    others = (*others, *against)
                else:
                    ends = self._within(flow, frozenset())
                    yield from (self._end(end, (*others, *against), within=around is not body) for end in ends)
            if not returned:
                return

    def _end(self, flow: Flow, others: tuple[Call, ...], *, within: bool) -> _End:
        return _End(flow, self._is_bad(flow), others, self._is_logged(flow), within)

    def _within(self, flow: Flow, running: frozenset[int]) -> Iterator[Flow]:
        """What becomes of an argument in the helper it is given to, told at the argument."""
        received = self._project.receiver(flow)
        if received is None or self._only_logs(received[0]):
            yield flow
        elif id(received[0]) not in running:
            uses = (use for use in parameter_flows(*received) if use.use is not Use.RESULT)
            ends = (end for use in uses for end in self._within(use, running | {id(received[0])}))
            yield from (replace(end, source=flow.source, argument=flow.argument) for end in ends)

    def _is_bad(self, flow: Flow) -> bool:
        match flow:
            case Flow(use=Use.TEST | Use.STEP_INPUT | Use.RESULT):
                return True
            case Flow(use=Use.ARGUMENT, at=Call() as call):
                return self._project.classify(call) in _NOTICED
        return False

    def _is_logged(self, flow: Flow) -> bool:
        """Whether a call does no more with the value than to change its form, or to write it to a log."""
        match flow:
            case Flow(use=Use.ARGUMENT, at=Call() as call):
                received = self._project.receiver(flow)
                if received is not None:
                    return self._only_logs(received[0])
                effect = self._project.classify(call)
                return effect in _HARMLESS or (effect is None and _is_known(call))
        return False

    def _only_logs(self, body: Body) -> bool:
        """Whether a function of the project is one for logging: it does that, and nothing else that can be noticed."""
        effects = {found.effect for found in self._project.effects(body, *Effect)}
        return not effects.isdisjoint(_LOGS) and effects <= _HARMLESS


def _is_known(call: Call) -> bool:
    match call.target:
        case Ref(origin=Origin.GLOBAL) | Ref(origin=Origin.CONTEXT, path=("logger", *_)):
            return True
    return False


def _only_names(uses: list[_End]) -> bool:
    """Whether a value ends up in the id of a step, and nowhere else but in calls that nothing is known of."""
    kinds = {use.flow.use for use in uses}
    return Use.STEP_ID in kinds and kinds <= {Use.STEP_ID, Use.ARGUMENT} and not any(use.bad for use in uses)


def _stays_within(occurrence: Occurrence, uses: list[_End]) -> bool:
    """Whether a helper keeps what it makes to itself, and its steps out of it."""
    in_steps = (Use.STEP_INPUT, Use.STEP_ID)
    return len(occurrence.path) > 1 and all(use.within and use.flow.use not in in_steps for use in uses)


def _only_thrown(uses: list[_End]) -> bool:
    """Whether a value is part of an error, such as the time to try again at, and of nothing else but logs."""
    thrown = [use.flow.at.span for use in uses if use.flow.use is Use.ERROR]
    return bool(thrown) and all(use.logged or any(span.contains(use.flow.at.span) for span in thrown) for use in uses)


def _measures(occurrence: Occurrence, uses: list[_End]) -> bool:
    """Whether a value is looked at only in differences with other times, and in logs."""
    if occurrence.effect is not Effect.CLOCK or not uses:
        return False
    return any(use.others for use in uses) and all(
        use.logged or (use.others and use.flow.use is not Use.TEST) for use in uses
    )
