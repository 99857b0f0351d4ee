"""Rule: a step makes a network request that `step.fetch` could make."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects import Effect
from inngest_lint.effects.kinds import kinds
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Call
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.project import way
from inngest_lint.rule import Category, Context, Preset, rule


@rule(
    on=InngestFunction,
    severity=Severity.INFO,
    category=Category.PERFORMANCE,
    since="0.1.0",
    preset=Preset.ALL,
    languages=frozenset({Language.TYPESCRIPT}),  # the Python SDK has no `step.fetch`,
    guideline=Guideline.PRIMITIVES,
)
def fetch_in_step(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A step's callback makes a network request that `step.fetch` could make."""
    for entry in context.project.entries(function):
        for callback in context.project.callbacks(entry):
            for occurrence in context.project.effects(callback.body, Effect.NETWORK):
                if not _could_be_a_step(occurrence.source, callback.step.span.file, context):
                    continue
                yield Finding(
                    occurrence.call.span,
                    f"`{occurrence.call.spelling}` makes a network request that `step.fetch` could make",
                    help="use `step.fetch`: Inngest makes the request, and the function is not billed for the wait",
                    label="the function runs until the response is there",
                    notes=way(occurrence, "the request is made here"),
                )


def _could_be_a_step(request: Call, file: str, context: Context) -> bool:
    """Whether a request is no service's client's, nor that of another file, which others may use outside functions."""
    dotted = context.project.dotted(request)
    is_plain = dotted is not None and kinds("requests", context.language).of_value(dotted) is not None
    return is_plain and request.span.file == file
