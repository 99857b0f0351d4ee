"""Rule: a client is in development mode wherever it runs."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.body import Argument, Body, Branch
from inngest_lint.model.function import Module, Options
from inngest_lint.model.testing import is_test
from inngest_lint.model.value import Constant
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

# What each language gives to say that it is development.
_SETTINGS = {"development": True, "production": False}


@rule(on=Module, severity=Severity.WARNING, category=Category.SDK, since="0.2.0")
def hardcoded_dev_mode(module: Module, context: Context) -> Iterator[Finding]:
    """A client is in development mode wherever it runs, and in production takes requests from anyone."""
    if is_test(module.file):
        return
    for options in module.options:
        argument = _switch(options)
        if argument is not None and not _is_guarded(options.span, module, context):
            yield _finding(argument)


def _switch(options: Options) -> Argument | None:
    for name, value in _SETTINGS.items():
        argument = options.argument(name)
        if argument is not None and isinstance(argument.value, Constant) and argument.value.value is value:
            return argument
    return None


def _is_guarded(place: Span, module: Module, context: Context) -> bool:
    """Whether something decides if a client is made there: a branch around it, or one before it in its function."""
    for bound in context.project.written(module):
        if isinstance(bound.operation, Branch):
            branch = bound.operation.span
            if branch.contains(place) or (_holds(bound.body, place) and branch.end <= place.start):
                return True
    return False


def _holds(body: Body | None, place: Span) -> bool:
    return body is not None and body.span.contains(place)


def _finding(argument: Argument) -> Finding:
    return Finding(
        argument.span,
        f"`{argument.name}` puts the client in development mode wherever it runs",
        help="leave it out, and set `INNGEST_DEV=1` where you develop",
        label="signatures are not checked, and events go to a local server",
    )
