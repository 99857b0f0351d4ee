"""The JSON format: one object, for programs."""

from __future__ import annotations

import json

from inngest_lint.graph import Canvas
from inngest_lint.graph.chart import Chart, Function, Link, Start
from inngest_lint.graph.flow import Choice, End, Flow, Guard, Helper, Part, Repeat, Send, Step, Together, Way

VERSION = 1


def write(chart: Chart, canvas: Canvas) -> str:  # noqa: ARG001 - programs need neither paint nor room
    """The object: functions with their flows, the names of the events, and the edges between them."""
    whole = {
        "version": VERSION,
        "functions": [_function(function) for function in chart.functions],
        "events": [{"name": event, "triggers": list(chart.started_by(event))} for event in chart.events],
        "edges": [_edge(link) for link in chart.links],
    }
    return f"{json.dumps(whole, indent=2)}\n"


def _function(function: Function) -> dict[str, object]:
    return {
        "key": function.key,
        "id": function.id,
        "app": function.app,
        "language": function.language,
        "path": function.file,
        "line": function.line,
        "triggers": [_start(start) for start in function.starts],
        "flow": _flow(function.flow),
        "failure_flow": _flow(function.failure),
    }


def _start(start: Start) -> dict[str, object]:
    return {"events": list(start.events), "cron": start.schedule, "condition": start.condition}


def _edge(link: Link) -> dict[str, object]:
    return {
        "tie": link.tie.value,
        "function": link.source,
        "event": link.event,
        "target": link.target,
        "path": link.file,
        "line": link.line,
        "conditional": link.guarded,
        "step": link.step,
    }


def _flow(flow: Flow) -> list[dict[str, object]]:
    return [_part(part) for part in flow]


def _part(part: Part) -> dict[str, object]:
    match part:
        case Step():
            return _step(part)
        case Send(events=events):
            return {"type": "send", "events": list(events)}
        case Together():
            branches = [_flow(flow) for flow in part.branches]
            return {"type": "race" if part.first else "parallel", "over": part.over, "branches": branches}
        case Repeat(over=over, flow=flow):
            return {"type": "loop", "over": over, "flow": _flow(flow)}
        case Choice(ways=ways):
            return {"type": "branch", "ways": [_way(way) for way in ways]}
        case Guard():
            failures = [_way(way) for way in part.failures]
            return {"type": "try", "flow": _flow(part.flow), "failures": failures, "finally": _flow(part.final)}
        case Helper(name=name):
            return {"type": "helper", "name": name}
        case End(how=how):
            return {"type": "end", "how": how.value}
    raise AssertionError(part)


def _way(way: Way) -> dict[str, object]:
    return {"test": way.test, "flow": _flow(way.flow)}


def _step(step: Step) -> dict[str, object]:
    return {
        "type": "step",
        "kind": step.kind.value,
        "id": step.id,
        "sends": list(step.sends),
        "awaits": step.awaits,
        "target": step.target,
        "takes": step.takes,
        "condition": step.condition,
    }
