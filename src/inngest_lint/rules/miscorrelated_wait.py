"""Rule: the condition of a wait does not tell which run an event is for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.body import StepCall, StepKind
from inngest_lint.model.function import Module
from inngest_lint.platform.expressions import Expression, read
from inngest_lint.project.conditions import HOLE, Condition, Purpose, conditions
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_RUN, _AWAITED = "event", "async"
_VARIABLES = frozenset({_RUN, _AWAITED, HOLE})
_FIELDS = frozenset({"data", "id", "name", "ts", "user", "v"})
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_JOINED = re.compile(r"&&|\|\|")
_NAMES = re.compile(r"(?<![\w.])(?:event|async)(?=[.\[])")
_COMPARE = "compare a field of `async` with one of `event`, or with what this run has: `async.data.id == event.data.id`"


@rule(on=Module, severity=Severity.ERROR, category=Category.EVENTS, since="0.2.0")
def miscorrelated_wait(module: Module, context: Context) -> Iterator[Finding]:
    """The condition of a wait says nothing of how the awaited event belongs to this run."""
    waits = _spans(module, context)
    for condition in conditions(module, context.project.bound):
        if condition.span in waits:
            yield from _match(condition) if condition.purpose is Purpose.MATCH else _condition(condition)


def _spans(module: Module, context: Context) -> frozenset[Span]:
    """Where waits for events say what event they are for."""
    steps = (place.operation for place in context.project.written(module))
    waits = (step for step in steps if isinstance(step, StepCall) and step.kind is StepKind.WAIT_FOR_EVENT)
    return frozenset(argument.span for wait in waits for argument in wait.arguments)


def _condition(condition: Condition) -> Iterator[Finding]:
    found = read(condition.text)
    if not isinstance(found, Expression) or not found.roots <= _VARIABLES:
        return
    told = _fault(found, condition)
    if told is not None:
        message, label = told
        yield Finding(condition.span, message, help=_COMPARE, label=label)


def _fault(found: Expression, condition: Condition) -> tuple[str, str] | None:
    """What is wrong with a condition, and what that comes to."""
    itself = next((left for left, right in found.equalities if left == right), None)
    if _AWAITED not in found.roots:
        said = "`event` is the one that started this run; the awaited one is `async`"
        return ("this condition does not look at the awaited event", said) if _RUN in found.roots else None
    if itself is not None:
        return f"this condition compares `{itself}` with itself", "true of every event that has the field"
    if _is_apart(found, condition):
        said = "one part is about `event`, the other about `async`"
        return "this condition never sets the awaited event against this run", said
    return None


def _is_apart(found: Expression, condition: Condition) -> bool:
    """Whether each comparison is about one of the events only, and about nothing that this run has put in."""
    if not condition.whole or _RUN not in found.roots or any(word.text == "?:" for word in found.operators):
        return False
    clauses = _JOINED.split(_QUOTED.sub("''", condition.text))
    return all(len(set(_NAMES.findall(clause))) < 2 for clause in clauses)


def _match(condition: Condition) -> Iterator[Finding]:
    """A field to match is looked up in both events."""
    first = condition.text.partition(".")[0]
    if first in (_RUN, _AWAITED) or HOLE in first or not first.isidentifier():
        return
    if first not in _FIELDS:
        yield Finding(
            condition.span,
            f"no event has a field `{first}`, so none ever matches",
            help=f"write `data.{condition.text}`: what is sent with an event is its `data`",
            label="looked up in the event itself, not in its data",
        )
    elif condition.text == "id":
        yield Finding(
            condition.span,
            "two events never have the same `id`, so none ever matches",
            help="match a field of the data that both events have: `data.orderId`",
            label="the id of an event is its own",
        )
