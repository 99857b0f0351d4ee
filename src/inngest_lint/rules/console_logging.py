"""Rule: the console is written to, outside a step for the most part."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects import Effect
from inngest_lint.fix import Fix
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Body
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.language import Language
from inngest_lint.model.loggers import logging_fix
from inngest_lint.project import Outside, Project, way
from inngest_lint.rule import Category, Context, rule

_METHODS = {
    Language.PYTHON: {"print": "info"},
    Language.TYPESCRIPT: {"log": "info", "info": "info", "warn": "warn", "error": "error", "debug": "debug"},
}


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.OBSERVABILITY,
    since="0.1.0",
    guideline=Guideline.LOGGING,
)
def console_logging(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function that takes steps writes to the console outside of them."""
    for found in context.project.outside(function, Effect.PRINT):
        yield Finding(
            found.call.span,
            f"`{found.call.spelling}` writes to the console outside a step",
            help="log with the context's `logger`, which is silent while earlier steps are replayed",
            label="written again in every request that gets this far",
            notes=way(found.first, "written here"),
            fix=_fix(found, context.language) if function.created else None,
        )
    for entry in context.project.entries(function):
        yield from _once(entry, context.project)


def _fix(found: Outside, language: Language) -> Fix | None:
    call = found.call
    if len(found.first.path) > 1 or any(argument.spread for argument in call.arguments):
        return None
    # `print` joins what it is given, a logger of Python puts all but the first into that.
    is_plain = len(call.arguments) == 1 and call.arguments[0].name is None
    return logging_fix(call, found.body, _METHODS[language]) if is_plain or language is Language.TYPESCRIPT else None


def _once(entry: Body, project: Project) -> Iterator[Finding]:
    """What is written once for each try: in the steps of an entry, or in one that takes none."""
    durable = project.is_durable(entry)
    bodies = [callback.body for callback in project.callbacks(entry)] if durable else [entry]
    for body in bodies:
        for written in project.effects(body, Effect.PRINT):
            yield Finding(
                written.call.span,
                f"`{written.call.spelling}` writes to the console",
                help="log with the context's `logger`, whose lines go where those of the rest of the run go",
                label="in a step" if durable else "in a function that takes no step",
                notes=way(written, "written here"),
                severity=Severity.INFO,
                advice=True,
            )
