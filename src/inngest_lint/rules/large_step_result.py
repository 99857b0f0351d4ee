"""Rule: what a step stores is plainly big."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Confidence, Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.bindings import Bindings, bound
from inngest_lint.model.body import Return
from inngest_lint.model.function import InngestFunction
from inngest_lint.project import Results
from inngest_lint.project.sizes import Sizes
from inngest_lint.rule import Category, Context, Preset, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.effects.kinds import Kind
    from inngest_lint.model.body import Body
    from inngest_lint.project import Project
    from inngest_lint.text import Span


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.SERIALIZATION,
    since="0.2.0",
    preset=Preset.STRICT,
    confidence=Confidence.MEDIUM,
    guideline=Guideline.SIZE,
)
def large_step_result(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A step returns a file, a download or a whole table, all of which is stored with the run."""
    for entry in context.project.entries(function):
        names = {id(place.body): place.names for place in bound(entry)}
        for callback in context.project.callbacks(entry):
            around = names.get(id(callback.body)) or _names(callback.body)
            for span, kind in _returned(callback.body, entry, around, context.project):
                yield _finding(span, kind, callback.step.span)
        yield from _of_libraries(entry, context.project)


def _names(body: Body) -> Bindings:
    return next((place.names for place in bound(body)), Bindings())


def _returned(body: Body, entry: Body, names: Bindings, project: Project) -> Iterator[tuple[Span, Kind]]:
    """The big values that the function of a step returns, those left out that cannot be stored at all."""
    sizes = Sizes(project, body.span.file)
    lost = {span for span, kind in Results(project, body, entry).kinds() if not kind.lossless}
    for place in bound(body):
        if place.body is body and isinstance(place.operation, Return) and place.operation.value is not None:
            for big in sizes.within(place.operation.value, place.operation.span, names):
                if big.call not in lost:
                    yield big.call, big.kind


def _of_libraries(entry: Body, project: Project) -> Iterator[Finding]:
    """Steps that run a function of a library."""
    for reached in project.steps(entry):
        step = reached.step
        if step.callback is None or project.callback(step) is not None:
            continue
        sizes, results = Sizes(project, step.span.file), Results(project, entry, entry)
        kind = sizes.of_called(step.callback.value)
        if kind is not None and results.of_called(step.callback.value) is None:
            yield _finding(step.callback.span, kind, step.span)


def _finding(span: Span, kind: Kind, step: Span) -> Finding:
    return Finding(
        span,
        f"{kind.phrase} is stored as the result of a step",
        help=kind.help,
        label="a result of more than 4 MB fails the step, and all of a run must fit in 32 MB",
        notes=(Note(step, "this step stores it"),),
    )
