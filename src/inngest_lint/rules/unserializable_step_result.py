"""Rule: the result of a step or a function is not JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Call, StepCall
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.project import Results
from inngest_lint.rule import Category, Context, rule

Of = tuple[StepCall | Call, Finding]
"""A step, and what is wrong with what it stores."""

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.effects.kinds import Kind
    from inngest_lint.model.body import Body
    from inngest_lint.project import Project
    from inngest_lint.text import Span

_OUTPUT_TYPE = "output_type"
_OUTPUT_SETTING = "output-type"
_MODEL = "model"


@rule(
    on=InngestFunction,
    severity=Severity.ERROR,
    category=Category.SERIALIZATION,
    since="0.1.0",
    guideline=Guideline.SERIALIZATION,
)
def unserializable_step_result(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A step or a function returns something that JSON cannot hold."""
    for entry in context.project.entries(function):
        found = (*_of_callbacks(entry, context.project), *_of_libraries(entry, context.project))
        # Python fails to store such a result; TypeScript stores what is left of it, which only its readers notice.
        fails = context.language is Language.PYTHON
        for step, finding in found:
            read = fails or context.project.is_used(step, entry)
            yield finding if read else replace(finding, severity=Severity.INFO, advice=True)
        # What a function gives to its caller in another file may go no further.
        if function.created and function.setting(_OUTPUT_SETTING) is None:
            yield from _of_entry(entry, function, context.project)


def _of_callbacks(entry: Body, project: Project) -> Iterator[Of]:
    """Steps that run a function of the project."""
    for callback in project.callbacks(entry):
        step = callback.step
        if isinstance(step, StepCall) and step.argument(_OUTPUT_TYPE):
            continue
        for span, kind in _faults(Results(project, callback.body, entry)):
            yield step, _finding(span, kind, "step", Note(step.span, "this step stores it"))


def _of_libraries(entry: Body, project: Project) -> Iterator[Of]:
    """Steps that run a function of a library, or make an instance of a class."""
    for reached in project.steps(entry):
        step = reached.step
        if step.callback is None or step.argument(_OUTPUT_TYPE):
            continue
        kind = Results(project, entry, entry).of_called(step.callback.value)
        if kind is not None and not kind.lossless:
            yield step, _finding(step.callback.span, kind, "step")


def _of_entry(entry: Body, function: InngestFunction, project: Project) -> Iterator[Finding]:
    for span, kind in _faults(Results(project, entry, entry)):
        # A failure handler has no output type of its own: a client with a serializer stores its models.
        if entry is not function.on_failure or kind.name != _MODEL:
            yield _finding(span, kind, "function")


def _faults(results: Results) -> Iterator[tuple[Span, Kind]]:
    return ((span, kind) for span, kind in results.kinds() if not kind.lossless)


def _finding(span: Span, kind: Kind, what: str, *notes: Note) -> Finding:
    return Finding(
        span,
        f"{kind.phrase} cannot be stored as the result of a {what}",
        help=kind.help,
        label=kind.harm or f"`json.dumps` rejects this, and the {what} is retried",
        notes=notes,
    )
