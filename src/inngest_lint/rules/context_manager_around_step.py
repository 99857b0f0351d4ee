"""Rule: a context manager is open while a step runs, and is left at each one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects.kinds import Kind, kinds, matches
from inngest_lint.model.body import Call, Scope
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.value import Ref, Result
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.project import Project, Reached

_HARMLESS = "harmless"
_SESSION = "session"


@dataclass(frozen=True, slots=True)
class ContextManagerAroundStepOptions:
    """Settings of the rule.

    `harmless` are managers that may be left and entered again, by their dotted names: `app.db.tenant()`.
    """

    harmless: tuple[str, ...] = ()


@rule(
    on=InngestFunction,
    severity=Severity.ERROR,
    category=Category.STEPS,
    since="0.1.0",
    languages=frozenset({Language.PYTHON}),
    options=ContextManagerAroundStepOptions,
)
def context_manager_around_step(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A transaction, lock or file is open around a step, and is given up each time a step ends the request."""
    options = context.options
    assert isinstance(options, ContextManagerAroundStepOptions)
    project = context.project
    for entry in project.entries(function):
        for body in project.reachable(entry):
            for operation in project.happening(body.block):
                if isinstance(operation, Scope) and (kind := _kind(operation, project, options.harmless)):
                    steps = project.steps_in(operation.body)
                    if steps:
                        yield _finding(operation, kind, steps[0])


def _kind(scope: Scope, project: Project, harmless: tuple[str, ...]) -> Kind | None:
    for name in _names(scope, project):
        if any(matches(pattern, name) for pattern in harmless):
            return None
        kind = kinds("managers").of_value(name)
        if kind is not None:
            return None if kind.name == _HARMLESS else kind
    return None


def _names(scope: Scope, project: Project) -> Iterator[str]:
    """What a manager is called, the surest name first."""
    known = project.traced(scope.kind or scope.manager, scope.span.file)
    if known is not None:
        yield known.dotted
    match scope.manager:
        case Ref() as ref:
            yield ref.dotted
        case Result(of=Call(target=Ref() as ref)):
            yield f"{ref.dotted}()"


def _finding(scope: Scope, kind: Kind, reached: Reached) -> Finding:
    stands = reached.path[0] if reached.path else reached.step
    return Finding(
        scope.manager_span,
        f"{kind.phrase} is open around a step",
        help=kind.help,
        label=f"at each step it {kind.harm}",
        notes=(Note(stands.span, "this step ends the request inside the block"),),
        severity=Severity.WARNING if kind.name == _SESSION else None,
    )
