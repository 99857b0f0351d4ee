"""Rule: a catch around steps is for a class of errors that steps never fail with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Assign, Await, Branch, Call, Jump, Loop, Parallel, Return, StepCall
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.value import Opaque, Origin, Ref
from inngest_lint.model.walk import members, refs, step_arguments, values
from inngest_lint.project.failures import Standing
from inngest_lint.project.failures.attempts import speaks_of
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.model.body import Block, Catch, Operation
    from inngest_lint.model.value import Value
    from inngest_lint.project import Project
    from inngest_lint.project.failures import Attempt

_NEVER = {
    Language.PYTHON: frozenset({Standing.PLAIN}),
    # `NonRetriableError` and `RetryAfterError` become a `StepError` too.
    Language.TYPESCRIPT: frozenset({Standing.PLAIN, Standing.FINAL, Standing.DELAYED}),
}
_HELP = {
    Language.PYTHON: "catch `inngest.StepError`, and tell failures apart by its `name`",
    Language.TYPESCRIPT: "look at the `name` or the message, or return what went wrong from the step",
}
_HARMLESS = frozenset({Effect.PURE, Effect.LOG, Effect.PRINT, Effect.CLOCK})
_PARTIAL = "functools.partial"
_OUTPUT_TYPE = "output-type"
# Reading the arguments of a step may raise these.
_BY_READING = frozenset(
    {"KeyError", "IndexError", "LookupError", "AttributeError", "TypeError", "ValueError", "NameError"}
) | frozenset({"ReferenceError", "ArithmeticError", "ZeroDivisionError"})


@rule(
    on=InngestFunction, severity=Severity.WARNING, category=Category.ERRORS, since="0.2.0", guideline=Guideline.RETRIES
)
def stale_exception_type(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A catch around steps is for a class of errors that no step ever fails with."""
    project = context.project
    seen: set[tuple[str, int]] = set()
    for entry in project.entries(function):
        for attempt in project.failures.attempts(entry):
            if not _is_only_steps(attempt.guarded, project):
                continue
            for ref in _stale(attempt, context):
                span = ref.span or attempt.catches[0].head
                if (span.file, span.start) not in seen:
                    seen.add((span.file, span.start))
                    yield _finding(ref, attempt, context.language)


def _stale(attempt: Attempt, context: Context) -> Iterator[Ref]:
    """The classes that a catch is for and that never come."""
    never = _NEVER[context.language]
    for catch in attempt.catches:
        kinds = [context.project.failures.standing(type_, catch.span.file) for type_ in catch.types]
        named = catch.types if all(kind in never for kind in kinds) else ()
        tested = _tested(catch, context.project) if context.language is not Language.PYTHON else ()
        for ref in (*named[:1], *tested):
            is_stale = context.project.failures.standing(ref, catch.span.file) in never
            if is_stale and not (ref.path[-1] in _BY_READING and _reads(attempt.guarded)):
                yield ref


def _tested(catch: Catch, project: Project) -> Iterator[Ref]:
    """The classes that what was caught is held against: `error instanceof ApiError`."""
    for operation in project.happening(catch.body):
        for value in (member for held in values(operation) for member in members(held)):
            match value:
                case Opaque(reads=(Ref(path=(_,)) as caught, Ref() as class_)) if speaks_of(caught, catch):
                    yield class_


def _is_only_steps(block: Block, project: Project) -> bool:
    """Whether nothing in a block but its steps can throw."""
    return all(_is_step(operation, project) for operation in project.happening(block))


def _is_step(operation: Operation, project: Project) -> bool:
    match operation:
        case StepCall():
            return operation.argument(_OUTPUT_TYPE) is None
        case Await() | Assign() | Return() | Jump() | Parallel() | Branch() | Loop():
            return True
        case Call():
            return _is_harmless(operation, project)
    return False


def _is_harmless(call: Call, project: Project) -> bool:
    if project.classify(call) in _HARMLESS or project.dotted(call) == _PARTIAL:
        return True
    callee = project.callee(call)
    if callee is not None:
        return bool(project.steps(callee)) and _is_only_steps(callee.block, project)
    is_logger = isinstance(call.target, Ref) and call.target.origin is Origin.CONTEXT
    return is_logger or (call.mutates is not None and call.mutates.is_variable)


def _reads(block: Block) -> bool:
    """Whether anything within something else is read for a step."""
    given = (a.value for o in block for a in (step_arguments(o) if isinstance(o, StepCall) else ()))
    return any(_is_deep(value) for value in given) or any(isinstance(o, Call) for o in block)


def _is_deep(value: Value) -> bool:
    return any(len(ref.path) > 1 and not ref.is_foreign for ref in refs(value))


def _finding(ref: Ref, attempt: Attempt, language: Language) -> Finding:
    return Finding(
        ref.span or attempt.catches[0].head,
        f"`{ref.path[-1]}` never comes out of a step",
        help=_HELP[language],
        label="what a step fails with is a `StepError`",
        notes=(Note(attempt.step.stands.span, "the step is taken here"),),
    )
