"""Rule: another logger than the context's writes outside a step."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects import Effect
from inngest_lint.fix import Fix
from inngest_lint.guideline import Guideline
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.language import Language
from inngest_lint.model.loggers import logging_fix
from inngest_lint.project import Outside, way
from inngest_lint.rule import Category, Context, rule

_METHODS = {name: name for name in ("debug", "info", "warning", "error", "critical", "exception", "log")}


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.OBSERVABILITY,
    since="0.1.0",
    guideline=Guideline.LOGGING,
)
def foreign_logger(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function that takes steps logs outside of them with another logger than its context's."""
    for found in context.project.outside(function, Effect.LOG):
        yield Finding(
            found.call.span,
            f"`{found.call.spelling}` logs outside a step, past the context's logger",
            help="log with the context's `logger`, which is silent while earlier steps are replayed",
            label="logged again in every request that gets this far",
            notes=way(found.first, "logged here"),
            fix=_fix(found, context) if function.created else None,
        )


def _fix(found: Outside, context: Context) -> Fix | None:
    """The same call of the context's logger, where a logger of the standard library is called in the handler."""
    is_standard = (context.project.dotted(found.call) or "").startswith("logging.")
    if context.language is not Language.PYTHON or not is_standard or len(found.first.path) > 1:
        return None
    return logging_fix(found.call, found.body, _METHODS)
