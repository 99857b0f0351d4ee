"""Phrases: what a graph says of steps, starts and events."""

from __future__ import annotations

from collections.abc import Iterable

from inngest_lint.graph.chart import Chart, Start
from inngest_lint.graph.flow import Step
from inngest_lint.model.body import StepKind
from inngest_lint.project.events import Tie

_TITLES = {
    StepKind.RUN: "run",
    StepKind.SLEEP: "sleep",
    StepKind.SLEEP_UNTIL: "sleep",
    StepKind.WAIT_FOR_EVENT: "wait",
    StepKind.WAIT_FOR_SIGNAL: "wait",
    StepKind.SEND_EVENT: "send",
    StepKind.SEND_SIGNAL: "signal",
    StepKind.INVOKE: "invoke",
    StepKind.AI_INFER: "infer",
    StepKind.AI_WRAP: "ai",
    StepKind.FETCH: "fetch",
    StepKind.PUBLISH: "publish",
}
_WAITS = frozenset({StepKind.WAIT_FOR_EVENT, StepKind.WAIT_FOR_SIGNAL})


def title(step: Step) -> str:
    """The verb of a step."""
    return _TITLES[step.kind]


def about(step: Step) -> str:
    """What a step does beside its id: for how long, for what, whom it calls."""
    if step.kind in _WAITS:
        limit = f", at most {step.takes}" if step.takes else ""
        condition = f", if {step.condition}" if step.condition else ""
        return f" for {step.awaits or '…'}{limit}{condition}"
    if step.kind is StepKind.SLEEP_UNTIL:
        return f" until {step.takes or '…'}"
    if step.kind is StepKind.SLEEP:
        return f" for {step.takes or '…'}"
    if step.target is not None:
        return f" → {step.target}"
    return ""


def is_pause(step: Step) -> bool:
    """Whether a step only lets time go by."""
    return step.kind in _WAITS or step.kind in (StepKind.SLEEP, StepKind.SLEEP_UNTIL)


def started(start: Start) -> tuple[str, str, str]:
    """How a function is started: a word, the events or the schedule, and the condition."""
    condition = f", if {start.condition}" if start.condition else ""
    if start.schedule is not None:
        return "at", start.schedule, condition
    return "on", ", ".join(start.events), condition


def tied(event: str, chart: Chart) -> str:
    """Who sends an event, and what it does."""
    links = [link for link in chart.links if link.event == event]
    senders = _unique(link.source or "code outside" for link in links if link.tie is Tie.SENDS)
    starts = chart.started_by(event)
    waits = _unique(link.source for link in links if link.tie is Tie.WAITS)
    cancels = _unique(link.source for link in links if link.tie is Tie.CANCELS)
    told = (
        ("from", senders),
        ("starts", starts),
        ("awaited by", waits),
        ("cancels", cancels),
    )
    return "; ".join(f"{word} {', '.join(names)}" for word, names in told if names)


def _unique(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
