"""Rule: a database, a file, another process or a service is reached outside a step."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects import Effect
from inngest_lint.guideline import Guideline
from inngest_lint.model.function import InngestFunction
from inngest_lint.project import way
from inngest_lint.rule import Category, Context, rule

_EFFECTS = (
    Effect.DATABASE,
    Effect.FILESYSTEM,
    Effect.PROCESS,
    Effect.QUEUE,
    Effect.LLM,
    Effect.MAIL,
    Effect.PAYMENT,
    Effect.MESSAGE,
    Effect.STORAGE,
    Effect.CLOUD,
    Effect.INPUT,
)


@rule(
    on=InngestFunction, severity=Severity.ERROR, category=Category.STEPS, since="0.1.0", guideline=Guideline.DETERMINISM
)
def side_effect_outside_step(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function that takes steps reaches a database, a file, another process or a service outside of them."""
    for found in context.project.outside(function, *_EFFECTS):
        phrase = found.first.effect.phrase
        yield Finding(
            found.call.span,
            f"`{found.call.spelling}` reaches {phrase} outside a step",
            help="call it in `step.run` and use the result",
            label="done again in every request that gets this far",
            notes=way(found.first, f"reaches {phrase} here"),
        )
