"""Rule: a wait has no timeout."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.body import StepCall, StepKind
from inngest_lint.model.function import Language, Module
from inngest_lint.model.value import Constant, Record
from inngest_lint.project.waits.replies import WAITS
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_TIMEOUT = "timeout"
_OPTIONS = "options"
_OF = {StepKind.WAIT_FOR_EVENT: "event", StepKind.WAIT_FOR_SIGNAL: "signal"}
_SAID = {
    StepKind.WAIT_FOR_EVENT: "no time at all: the wait ends at once, with `null`",
    StepKind.WAIT_FOR_SIGNAL: "the wait lasts as long as the server allows, a year",
}
_HELP = {
    Language.PYTHON: "say how long to wait: `timeout=datetime.timedelta(days=7)`",
    Language.TYPESCRIPT: 'say how long to wait: `timeout: "7d"`',
}


@rule(on=Module, severity=Severity.ERROR, category=Category.EVENTS, since="0.2.0")
def missing_wait_timeout(module: Module, context: Context) -> Iterator[Finding]:
    """A wait does not say how long it waits."""
    seen: set[int] = set()
    for place in context.project.written(module):
        step = place.operation
        if isinstance(step, StepCall) and step.kind in WAITS and id(step) not in seen:
            seen.add(id(step))
            span = _missing(step)
            if span is not None:
                yield Finding(
                    span,
                    "this wait has no timeout",
                    help=_HELP[context.language],
                    label=_label(step, context.language),
                )


def _missing(step: StepCall) -> Span | None:
    """Where the timeout of a wait should be; None where there is one, or may be."""
    timeout = step.argument(_TIMEOUT)
    if timeout is not None:
        return timeout.span if timeout.value == Constant(None) else None
    of, options = step.argument(_OF[step.kind]), step.argument(_OPTIONS)
    if of is None or any(argument.spread for argument in step.arguments):
        return None
    if options is not None and not (isinstance(options.value, Record) and options.value.complete):
        return None
    first = step.id or of
    return Span(step.span.file, step.span.start, first.span.end)


def _label(step: StepCall, language: Language) -> str:
    if language is not Language.PYTHON:
        return _SAID[step.kind]
    return (
        "a `TypeError` is raised here: `timeout` has no default" if step.argument(_TIMEOUT) is None else "no duration"
    )
