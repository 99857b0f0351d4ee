"""Rule: a network request is made outside a step."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects import Effect
from inngest_lint.guideline import Guideline
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.project import way
from inngest_lint.rule import Category, Context, rule

_HELP = {
    Language.PYTHON: "make the request in `step.run` and return what is needed of the response",
    Language.TYPESCRIPT: "make it in `step.run` and return what is needed of the response, or use `step.fetch`",
}


@rule(
    on=InngestFunction, severity=Severity.ERROR, category=Category.STEPS, since="0.1.0", guideline=Guideline.PRIMITIVES
)
def raw_fetch(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function that takes steps makes a network request outside of them."""
    for found in context.project.outside(function, Effect.NETWORK):
        yield Finding(
            found.call.span,
            f"`{found.call.spelling}` makes a network request outside a step",
            help=_HELP[context.language],
            label="sent again in every request that gets this far",
            notes=way(found.first, "the request is made here"),
        )
