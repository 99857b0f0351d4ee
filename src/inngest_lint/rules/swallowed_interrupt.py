"""Rule: an `except` takes the interrupt that ends a request after a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Try
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.value import Origin, Ref
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inngest_lint.model.body import Catch
    from inngest_lint.project import Project, Reached

_EVERYTHING = Ref(Origin.GLOBAL, ("BaseException",))
_ERRORS = Ref(Origin.GLOBAL, ("Exception",))


@rule(
    on=InngestFunction,
    severity=Severity.ERROR,
    category=Category.ERRORS,
    since="0.1.0",
    languages=frozenset({Language.PYTHON}),
    guideline=Guideline.RETRIES,
)
def swallowed_interrupt(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """An `except` around a step takes the interrupt with which the SDK ends the request after that step."""
    for entry in context.project.entries(function):
        for operation in context.project.running(entry):
            if isinstance(operation, Try):
                yield from _swallowed(operation, context.project)


def _swallowed(guarded: Try, project: Project) -> Iterator[Finding]:
    catch = _swallowing(guarded.catches)
    steps = project.steps_in(guarded.body) if catch is not None else ()
    if catch is not None and steps:
        yield _finding(guarded, catch, steps[0])


def _swallowing(catches: Sequence[Catch]) -> Catch | None:
    """The catch that keeps an interrupt, unless one before it takes it and lets it go on."""
    for catch in catches:
        if catch.swallows_interrupts:
            return catch
        if _EVERYTHING in catch.types:
            return None
    return None


def _finding(guarded: Try, catch: Catch, reached: Reached) -> Finding:
    return Finding(
        catch.head,
        "the interrupt of a step is swallowed here",
        help="limit this to `Exception`: the interrupt is a `BaseException`, and goes on",
        label="also takes the interrupt, so the step's result is never stored",
        notes=(Note(reached.stands.span, "the step is taken here"),),
        fix=_fix(guarded, catch),
    )


def _fix(guarded: Try, catch: Catch) -> Fix | None:
    if any(_ERRORS in other.types for other in guarded.catches):
        return None  # what is left for this catch to do is not ours to say
    if not catch.types:
        edit = Edit(Span(catch.head.file, catch.head.end, catch.head.end), " Exception")
        return Fix("Catch `Exception` instead", (edit,), Applicability.SAFE)
    spans = [ref.span for ref in catch.types if ref == _EVERYTHING and ref.span is not None]
    if len(spans) != 1:
        return None
    return Fix("Catch `Exception` instead", (Edit(spans[0], "Exception"),), Applicability.SAFE)
