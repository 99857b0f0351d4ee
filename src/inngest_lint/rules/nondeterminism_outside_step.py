"""The rule `nondeterminism-outside-step`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.model.body import Body, Call
from inngest_lint.model.dataflow import Flow, Use, flows
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.value import Origin, Ref
from inngest_lint.project import Occurrence, Outside, Project, way
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_SOURCES = (Effect.CLOCK, Effect.RANDOM, Effect.IDENTITY)
_LOGS = (Effect.LOG, Effect.PRINT)
# What a call may do with a value without anyone outside the request noticing.
_HARMLESS = frozenset({*_SOURCES, *_LOGS, Effect.PURE, Effect.SLEEP, Effect.ENVIRONMENT, Effect.STEP_RUN})
_NOTICED = tuple(effect for effect in Effect if effect not in _HARMLESS)

_DOES = {
    Effect.CLOCK: "reads the clock",
    Effect.RANDOM: "makes a random value",
    Effect.IDENTITY: "makes a fresh id",
}
_ENDS = {
    Use.TEST: "it decides here what the function does",
    Use.STEP_INPUT: "it goes into this step",
    Use.RESULT: "it is in what the function returns",
    Use.ARGUMENT: "it goes into this call",
}


@rule(on=InngestFunction, severity=Severity.ERROR, category=Category.DETERMINISM, since="0.1.0")
def nondeterminism_outside_step(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function that takes steps reads the clock, or makes a random value or a fresh id, outside of them."""
    found = [_Value(outside, context.project) for outside in context.project.outside(function, *_SOURCES)]
    measuring = {id(value.call): value for value in found if value.measures}
    told: set[int] = set()
    for value in found:
        if value.measures and id(value.call) not in told:
            again = [measuring[id(other)] for other in value.measured_against if id(other) in measuring]
            told.update(id(other.call) for other in again)
            yield value.measurement(again)
        elif not value.measures and not value.only_names_steps:
            yield value.finding()


@dataclass(frozen=True, slots=True)
class _End:
    """A use of a value outside the helpers that made it; `others` are the clock reads it was set against."""

    flow: Flow
    bad: bool
    others: tuple[Call, ...]
    logged: bool


class _Value:
    """What a call outside steps gives, and where that goes."""

    def __init__(self, outside: Outside, project: Project) -> None:
        self._project = project
        ends = [(occurrence, list(self._ends(outside.body, occurrence))) for occurrence in outside.occurrences]
        self.call = outside.call
        self.only_names_steps = all(_only_names(uses) for _, uses in ends)
        # The worst of what a helper does speaks for it.
        ranked = sorted(ends, key=lambda end: (not any(use.bad for use in end[1]), _measures(*end)))
        self._occurrence, self._uses = ranked[0]
        self.measures = _measures(*ranked[0])

    @property
    def measured_against(self) -> list[Call]:
        """The clock reads that this one is set against, in order, each once."""
        return list(dict.fromkeys(other for use in self._uses for other in use.others if other is not self.call))

    def finding(self) -> Finding:
        """What is wrong with the call."""
        end = next((use.flow for use in self._uses if use.bad), None)
        notes = () if end is None else (Note(_place(end), _ENDS[end.use]),)
        does = _DOES[self._occurrence.effect]
        return Finding(
            self.call.span,
            f"`{self.call.spelling}` {does} outside a step",
            help="do it in `step.run` and use the result, which stays the same for the whole run",
            label="gives something else in every request of a run",
            notes=(*way(self._occurrence, f"{does} here"), *notes),
            severity=Severity.WARNING if end is None else Severity.ERROR,
        )

    def measurement(self, again: list[_Value]) -> Finding:
        """What is wrong with measuring time across requests."""
        kept = any(use.bad for use in self._uses)
        return Finding(
            self.call.span,
            f"`{self.call.spelling}` measures time outside a step",
            help="measure inside a step, or read how long a run took from Inngest",
            label="starts anew in every request, so it measures the last one",
            notes=(
                *way(self._occurrence, f"{_DOES[Effect.CLOCK]} here"),
                *(Note(other.call.span, "compared with this") for other in again),
            ),
            severity=Severity.WARNING if kept else Severity.INFO,
        )

    def _ends(self, body: Body, occurrence: Occurrence) -> Iterator[_End]:
        """Where the value goes: in the helper that makes it, then in the caller it is returned to, and so on."""
        callees = [self._project.callee(call) for call in occurrence.path[:-1]]
        bodies = [body, *(callee for callee in callees if callee is not None)]
        others: tuple[Call, ...] = ()
        for call, around in reversed(list(zip(occurrence.path, bodies, strict=True))):
            clocks = [read.call for read in self._project.effects(around, Effect.CLOCK)]
            returned = False
            for flow in flows(around, lambda source, call=call, clocks=clocks: source is call or source in clocks):
                if flow.source is not call:
                    continue
                against = (flow.other,) if isinstance(flow.other, Call) and flow.other in clocks else ()
                if flow.use is Use.RESULT and around is not body:
                    returned = True
                    others = (*others, *against)
                else:
                    yield _End(flow, self._is_bad(flow), (*others, *against), self._is_logged(flow))
            if not returned:
                return

    def _is_bad(self, flow: Flow) -> bool:
        match flow:
            case Flow(use=Use.TEST | Use.STEP_INPUT | Use.RESULT):
                return True
            case Flow(use=Use.ARGUMENT, at=Call() as call):
                if self._project.classify(call) in _NOTICED:
                    return True
                callee = self._project.callee(call)
                if callee is None:
                    return False
                return any(self._project.effects(callee, *_NOTICED)) or bool(self._project.steps(callee))
        return False

    def _is_logged(self, flow: Flow) -> bool:
        match flow.at:
            case Call(target=Ref(origin=Origin.GLOBAL)):
                return True
            case Call(target=Ref(origin=Origin.CONTEXT, path=("logger", *_))):
                return True
            case Call() as call:
                return self._project.classify(call) in _HARMLESS
        return False


def _only_names(uses: list[_End]) -> bool:
    return bool(uses) and all(use.flow.use is Use.STEP_ID or use.logged for use in uses) and any(
        use.flow.use is Use.STEP_ID for use in uses
    )


def _measures(occurrence: Occurrence, uses: list[_End]) -> bool:
    """Whether a value is looked at only in differences with other times, and in logs."""
    if occurrence.effect is not Effect.CLOCK or not uses:
        return False
    return all(use.logged or (use.others and use.flow.use is not Use.TEST) for use in uses)


def _place(flow: Flow) -> Span:
    return flow.argument.span if flow.argument is not None else flow.at.span
