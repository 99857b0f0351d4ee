"""Rule: an event is sent with the client instead of a step."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects import Effect
from inngest_lint.guideline import Guideline
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.project import Occurrence, way
from inngest_lint.rule import Category, Context, rule

_STEP = {Language.PYTHON: "step.send_event", Language.TYPESCRIPT: "step.sendEvent"}


@rule(
    on=InngestFunction, severity=Severity.ERROR, category=Category.EVENTS, since="0.1.0", guideline=Guideline.PRIMITIVES
)
def send_in_function(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function sends an event with the client instead of a step."""
    step = _STEP[context.language]
    for found in context.project.outside(function, Effect.SEND):
        yield _finding(found.first, step, "sent again in every request that gets this far", Severity.ERROR)
    # A function that takes no step is run once, and once more for each retry; a failure handler has no retries.
    if not context.project.is_durable(function.handler):
        for occurrence in context.project.effects(function.handler, Effect.SEND):
            yield _finding(occurrence, step, "sent again by every retry", Severity.WARNING)


def _finding(sent: Occurrence, step: str, label: str, severity: Severity) -> Finding:
    return Finding(
        sent.call.span,
        f"`{sent.call.spelling}` sends an event outside a step",
        help=f"send it with `{step}`, which sends it once",
        label=label,
        notes=way(sent, "the event is sent here"),
        severity=severity,
    )
