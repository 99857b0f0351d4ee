"""Wakes: the times to sleep until that a function makes of the clock, and of nothing that it reads in a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.effects import Effect
from inngest_lint.model.body import Argument, Assign, Body, Call, StepCall, StepKind
from inngest_lint.model.dataflow import Flow, Use, flows
from inngest_lint.model.value import Ref
from inngest_lint.model.walk import walk

if TYPE_CHECKING:
    from inngest_lint.project import Project

# What may be done with a time besides, without anyone noticing.
_HARMLESS = (Effect.CLOCK, Effect.PURE, Effect.LOG, Effect.PRINT, None)
_ONLY_CLOCK = frozenset({Effect.CLOCK, Effect.PURE})


@dataclass(frozen=True, slots=True, eq=False)
class Wake:
    """A step that sleeps until a time, the argument that is the time, and the reading of the clock it is made of."""

    body: Body
    step: StepCall
    until: Argument
    clock: Call


def wakes(entry: Body, project: Project) -> Iterator[Wake]:
    """The times made of the clock, outside any step, of which nothing is made but the end of sleeps."""
    for body in project.reachable(entry):
        if body is entry or project.steps(body):
            yield from _of(body, project)


def _of(body: Body, project: Project) -> Iterator[Wake]:
    happening = tuple(project.happening(body.block))
    if not any(isinstance(o, StepCall) and o.kind is StepKind.SLEEP_UNTIL for o in happening):
        return
    clocks = {id(o) for o in happening if isinstance(o, Call) and _reads_clock(o, project)}
    found: dict[int, list[Flow]] = {}
    for flow in flows(body, lambda source: id(source) in clocks):
        found.setdefault(id(flow.source), []).append(flow)
    told: set[int] = set()
    for uses in found.values():
        if not all(_wakes(use) or _is_harmless(use, project) for use in uses):
            continue
        for use in filter(_wakes, uses):
            if isinstance(use.at, StepCall) and isinstance(use.source, Call) and use.argument is not None:
                if id(use.at) not in told and _is_one_value(use.argument, body):
                    yield Wake(body, use.at, use.argument, use.source)
                told.add(id(use.at))


def _reads_clock(call: Call, project: Project) -> bool:
    """Whether a call gives the time, or what a function of the project makes of the time and of nothing else."""
    if project.classify(call) is Effect.CLOCK:
        return True
    callee = project.callee(call)
    if callee is None or project.steps(callee):
        return False
    effects = {occurrence.effect for occurrence in project.effects(callee, *Effect)}
    return Effect.CLOCK in effects and effects <= _ONLY_CLOCK


def _is_one_value(until: Argument, body: Body) -> bool:
    """Whether a time is never any other than the one made of the clock."""
    if not isinstance(until.value, Ref):
        return True
    assigns = (o for o in walk(body.block) if isinstance(o, Assign))
    return sum(target.path == until.value.path for assign in assigns for target in assign.targets) <= 1


def _wakes(use: Flow) -> bool:
    return use.use is Use.STEP_INPUT and isinstance(use.at, StepCall) and use.at.kind is StepKind.SLEEP_UNTIL


def _is_harmless(use: Flow, project: Project) -> bool:
    return use.use is Use.ARGUMENT and isinstance(use.at, Call) and project.classify(use.at) in _HARMLESS
