"""Rule: nothing limits how many runs ask a language model at once."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import StepKind
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.testing import is_test
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, Preset, rule
from inngest_lint.text import Span

_LIMITS = ("concurrency", "throttle", "rate-limit", "batch", "debounce", "singleton")
_ASKING = frozenset({StepKind.AI_INFER, StepKind.AI_WRAP})


@rule(
    on=InngestFunction,
    severity=Severity.INFO,
    category=Category.FLOW_CONTROL,
    since="0.2.0",
    preset=Preset.ALL,
    guideline=Guideline.CONCURRENCY,
)
def missing_concurrency(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function asks a language model in its steps, and nothing limits how many of its runs do so at once."""
    if not function.created or not function.settings.complete or is_test(function.span.file):
        return
    if any(function.setting(limit) is not None for limit in _LIMITS):
        return
    if not any(trigger.event is not None for trigger in function.triggers):
        return
    asked = next(_asked(function, context.project), None)
    if asked is not None:
        yield Finding(
            function.id.span if function.id is not None else function.handler.name_span,
            "nothing limits how many runs ask a language model at once",
            help="set `concurrency` or `throttle` to what the provider takes",
            label="as many runs as there are events",
            notes=(Note(asked, "a model is asked here"),),
        )


def _asked(function: InngestFunction, project: Project) -> Iterator[Span]:
    """The places at which a function asks a language model, in its steps or by one."""
    for reached in project.steps(function.handler):
        if reached.step.kind in _ASKING:
            yield reached.stands.span
    for callback in project.callbacks(function.handler):
        for occurrence in project.effects(callback.body, Effect.LLM):
            yield occurrence.call.span
