"""Rule: a context manager is open while a step runs, and is left at each one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects.kinds import matches
from inngest_lint.guideline import Guideline
from inngest_lint.model.function import InngestFunction
from inngest_lint.rule import Category, Context, option, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.project import Held

_SESSION = "session"


@dataclass(frozen=True, slots=True)
class ContextManagerAroundStepOptions:
    """Settings of the rule."""

    harmless: tuple[str, ...] = option(
        (), "managers that may be left and entered again, by their dotted names, with `**` for any part of one"
    )


@rule(
    on=InngestFunction,
    severity=Severity.ERROR,
    category=Category.STEPS,
    since="0.1.0",
    options=ContextManagerAroundStepOptions,
    guideline=Guideline.SELF_CONTAINED,
)
def context_manager_around_step(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A transaction, lock or file is open around a step, and is given up each time a step ends the request."""
    options = context.options
    assert isinstance(options, ContextManagerAroundStepOptions)
    for entry in context.project.entries(function):
        for held in context.project.held(entry):
            if not any(matches(pattern, name) for pattern in options.harmless for name in held.names):
                yield _finding(held)


def _finding(held: Held) -> Finding:
    return Finding(
        held.span,
        f"{held.kind.phrase} is open around a step",
        help=held.kind.help,
        label=f"at each step it {held.kind.harm}",
        notes=(Note(held.step.stands.span, "this step ends the request inside the block"),),
        severity=Severity.WARNING if held.kind.name == _SESSION else None,
    )
