"""Rule: an event is asked for before anything waits for the answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import StepKind
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.project import Project, Tie
from inngest_lint.project.events.exchanges import Exchange, exchanges
from inngest_lint.project.events.sequence import is_over_before, stations
from inngest_lint.rule import Category, Context, Preset, rule
from inngest_lint.text import Span

_PAUSES = frozenset({StepKind.SLEEP, StepKind.SLEEP_UNTIL, StepKind.WAIT_FOR_EVENT, StepKind.WAIT_FOR_SIGNAL})
# These let time go by before a function starts.
_DELAYS = ("debounce", "batch")
_TOGETHER = {
    Language.PYTHON: "start both in `ctx.group.parallel`, or get the answer with `ctx.step.invoke`",
    Language.TYPESCRIPT: "start both in `Promise.all`, or get the answer with `step.invoke`",
}


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.EVENTS,
    since="0.2.0",
    preset=Preset.STRICT,
    guideline=Guideline.ANSWERS,
)
def send_then_wait(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function sends an event, and only then waits for the one that answers it."""
    found = tuple(exchanges(function, context.project.events))
    seen: set[Span] = set()
    for exchange in found:
        if exchange.wait.span not in seen and _may_miss(exchange, found, context.project):
            seen.add(exchange.wait.span)
            yield _finding(exchange, context.language)


def _may_miss(exchange: Exchange, found: tuple[Exchange, ...], project: Project) -> bool:
    if not is_over_before(exchange.request, exchange.wait, project) or _is_answered(exchange, found, project):
        return False
    return exchange.request.tie is Tie.INVOKES or not _takes_time(exchange, project)


def _is_answered(exchange: Exchange, found: tuple[Exchange, ...], project: Project) -> bool:
    """Whether an earlier wait is the one for the answer."""
    others = {other.wait for other in found if other.wait.event == exchange.wait.event} - {exchange.wait}
    return any(
        is_over_before(other, exchange.wait, project) and not is_over_before(other, exchange.request, project)
        for other in others
    )


def _takes_time(exchange: Exchange, project: Project) -> bool:
    """Whether time goes by before the reply is sent: it is put off, comes after a pause, or only after a failure."""
    function = exchange.answerer.function
    if any(function.setting(delay) is not None for delay in _DELAYS):
        return True
    first = next(stations(exchange.reply, project), None)
    if first is None or first[0] is function.on_failure:
        return True
    steps = (reached.step for reached in project.steps(function.handler))
    before = takewhile(lambda step: step.span != exchange.reply.span, steps)
    return any(step.kind in _PAUSES for step in before)


def _finding(exchange: Exchange, language: Language) -> Finding:
    answerer, event = exchange.answerer.id, exchange.wait.event
    if exchange.request.tie is Tie.INVOKES:
        message = f"`{answerer}` has sent `{event}` before this wait for it begins"
        help_ = f"return what is needed from `{answerer}`: it is what the invocation gives"
        asked = f"`{answerer}` is over when this is"
    else:
        message = f"`{event}` may be sent before this wait for it begins"
        help_ = _TOGETHER[language]
        asked = f"this starts `{answerer}`"
    notes = (Note(exchange.request.span, asked), Note(exchange.reply.span, f"`{answerer}` answers here"))
    return Finding(
        exchange.wait.span,
        message,
        help=help_,
        label="an event that was sent earlier is not seen",
        notes=notes,
    )
