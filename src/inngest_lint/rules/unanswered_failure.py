"""Rule: a function waits for an answer that does not come when the other one fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Body, Call, StepKind, Try
from inngest_lint.model.flow import always_throws
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.walk import everywhere, walk
from inngest_lint.project import Edge, Node, Project, Tie
from inngest_lint.project.events.exchanges import Exchange, exchanges
from inngest_lint.project.events.sequence import stations
from inngest_lint.rule import Category, Context, Preset, rule
from inngest_lint.text import Span

_WORD = re.compile(r"[A-Za-z][a-z]*")
_FAILURES = frozenset({"aborted", "declined", "denied", "error", "errored", "fail", "failed", "failure", "rejected"})
_ANY_FAILURE = "inngest/function.failed"
_CATCH = ".catch"
# Pauses do not fail, and what is sent is sent.
_FALLIBLE = frozenset({StepKind.RUN, StepKind.INVOKE, StepKind.FETCH, StepKind.AI_INFER, StepKind.AI_WRAP})
_HANDLER = {Language.PYTHON: "on_failure", Language.TYPESCRIPT: "onFailure"}
_INVOKE = {Language.PYTHON: "ctx.step.invoke", Language.TYPESCRIPT: "step.invoke"}


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.EVENTS,
    since="0.2.0",
    preset=Preset.STRICT,
    guideline=Guideline.ANSWERS,
)
def unanswered_failure(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function waits for an answer, and does not hear of it when the one that is to answer fails."""
    seen: set[Span] = set()
    for exchange in exchanges(function, context.project.events):
        # An invocation that fails throws.
        if exchange.request.tie is Tie.INVOKES or exchange.wait.span in seen:
            continue
        finding = _Held(exchange, context.project).finding()
        if finding is not None:
            seen.add(exchange.wait.span)
            yield finding


@dataclass(frozen=True, slots=True)
class _Held:
    """An exchange, held against what the one that answers does when it fails."""

    exchange: Exchange
    project: Project

    def finding(self) -> Finding | None:
        """What is to be said of it."""
        told = [tie for tie in self._sent_by(self.exchange.answerer) if self._tells_of_failure(tie)]
        if any(self._is_heard(tie.event) for tie in told) or self._is_heard(_ANY_FAILURE) or self._is_unknown():
            return None
        if told:
            return self._unheard(told[0])
        return self._untold() if self._may_fail() else None

    def _tells_of_failure(self, tie: Edge) -> bool:
        """Whether an event is sent where something failed, or is named after a failure."""
        words = _WORD.findall(tie.event or "")
        if words and words[-1].lower() in _FAILURES:
            return True
        failed = self.exchange.answerer.function.on_failure
        return any(body is failed or _is_caught(body, place) for body, place in stations(tie, self.project))

    def _is_heard(self, event: str | None) -> bool:
        """Whether the one that waits is woken or cancelled by an event, or by what a function sends that it starts."""
        if event is None:
            return False
        started = self.project.events.functions_on(event)
        passed_on = {tie.event for node in started for tie in self._sent_by(node)}
        return not self._ends.isdisjoint({event, *passed_on})

    def _sent_by(self, node: Node) -> Iterator[Edge]:
        return (tie for tie in self.project.events.of(node) if tie.tie is Tie.SENDS)

    @property
    def _ends(self) -> frozenset[str | None]:
        ties = self.project.events.of(self.exchange.asker)
        return frozenset(tie.event for tie in ties if tie.tie in (Tie.WAITS, Tie.CANCELS))

    def _is_unknown(self) -> bool:
        """Whether the one that answers sends something that is not known, or may."""
        places = [body.span for body in self._bodies()]
        unknown = (unknown.span for unknown in self.project.events.unknown if unknown.tie is Tie.SENDS)
        return any(place.contains(span) for span in unknown for place in places)

    def _bodies(self) -> Iterator[Body]:
        """All that the one that answers runs, inside its steps too."""
        for entry in self.project.entries(self.exchange.answerer.function):
            for body in (entry, *(callback.body for callback in self.project.callbacks(entry))):
                yield from self.project.reachable(body)

    def _may_fail(self) -> bool:
        """Whether the one that answers takes a step that may fail, and whose error nothing catches."""
        handler, reply = self.exchange.answerer.function.handler, self.exchange.reply
        caught = {id(inner) for attempt in _swallowing(handler) for inner in walk(attempt.body)}
        sends = {reply.span, reply.inside.span} if reply.inside is not None else {reply.span}
        return any(
            reached.step.kind in _FALLIBLE and reached.step.span not in sends and id(reached.stands) not in caught
            for reached in self.project.steps(handler)
        )

    def _unheard(self, told: Edge) -> Finding:
        """The failure is told, but not to the one that waits."""
        asker, answerer, invoke = self._names
        is_handled = bool(self.project.events.functions_on(told.event or ""))
        return Finding(
            self.exchange.wait.span,
            f"`{asker}` waits for `{self.exchange.wait.event}` and never hears of `{told.event}`",
            help=f"wait for `{told.event}` as well, or use `{invoke}`, which throws when `{answerer}` fails",
            label=f"where `{answerer}` sends that instead, this ends with its timeout",
            notes=(*self._notes(), Note(told.span, f"`{answerer}` tells of its failure here")),
            severity=Severity.INFO if is_handled else None,
            advice=is_handled,
        )

    def _untold(self) -> Finding:
        """The failure is told to nobody."""
        asker, answerer, invoke = self._names
        handler = _HANDLER[self._language(self.exchange.answerer.function)]
        return Finding(
            self.exchange.wait.span,
            f"when `{answerer}` fails, `{asker}` learns of it only by the timeout",
            help=f"answer from its `{handler}` as well, or use `{invoke}`, which throws when it fails",
            label=f"no failure of `{answerer}` ends this",
            notes=self._notes(),
            severity=Severity.INFO,
            advice=True,
        )

    @property
    def _names(self) -> tuple[str, str, str]:
        asker = self.exchange.asker
        return asker.id, self.exchange.answerer.id, _INVOKE[self._language(asker.function)]

    def _language(self, function: InngestFunction) -> Language:
        return self.project.module(function.span.file).language

    def _notes(self) -> tuple[Note, ...]:
        answerer = self.exchange.answerer.id
        asked, answered = self.exchange.request.span, self.exchange.reply.span
        return Note(asked, f"`{answerer}` is asked here"), Note(answered, f"`{answerer}` answers here")


def _is_caught(body: Body, place: Span) -> bool:
    """Whether a place in a body is one for when something failed, or whether it did or not."""
    for operation in everywhere(body.block):
        match operation:
            case Try(catches=catches, final_span=final):
                spans = [catch.span for catch in catches] + ([final] if final is not None else [])
            case Call(spelling=spelling, arguments=arguments) if spelling.endswith(_CATCH):
                spans = [argument.span for argument in arguments]
            case _:
                continue
        if any(span.contains(place) for span in spans):
            return True
    return False


def _swallowing(handler: Body) -> Iterator[Try]:
    """The attempts whose errors do not end a function."""
    for operation in walk(handler.block):
        match operation:
            case Try(catches=catches) if catches and not all(always_throws(catch.body) for catch in catches):
                yield operation
