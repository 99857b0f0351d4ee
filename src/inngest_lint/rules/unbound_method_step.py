"""Rule: a step is given a method without its object."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects.kinds import kinds
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.model.bindings import Bindings
from inngest_lint.model.body import Body, Call, StepCall, StepKind
from inngest_lint.model.function import Module
from inngest_lint.model.language import Language
from inngest_lint.model.value import CALLED, CALLS, Closure, Origin, Record, Ref, Result, Value
from inngest_lint.model.walk import everywhere, refs_in
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_TAKES_FUNCTION = (StepKind.RUN, StepKind.AI_WRAP)
_INSTANCE = ("this.", "super.")
# Classes that derive from each other in a circle end here.
_MOST_BASES = 8


@rule(
    on=Module,
    severity=Severity.ERROR,
    category=Category.STEPS,
    since="0.2.0",
    languages=frozenset({Language.TYPESCRIPT}),  # a method of Python knows its object
)
def unbound_method_step(module: Module, context: Context) -> Iterator[Finding]:
    """A step is given a method without its object, so `this` is undefined when the step calls it."""
    for place in context.project.written(module):
        step = place.operation
        if isinstance(step, StepCall) and step.kind in _TAKES_FUNCTION and step.callback is not None:
            given = _Method.of(step.callback.value, step.callback.span, place.names, module)
            if given is not None and given.needs_object(context.project):
                yield _finding(step.callback.span, given)


def _finding(span: Span, given: _Method) -> Finding:
    return Finding(
        span,
        "the step is given a method without its object",
        help="pass an arrow function that calls the method, or bind it: `.bind(…)`",
        label=f"in `{given.name}`, `this` is undefined when the step calls it",
    )
