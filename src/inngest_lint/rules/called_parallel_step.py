"""Rule: a parallel step is called where a function that takes it belongs."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.guideline import Guideline
from inngest_lint.model.bindings import Bound
from inngest_lint.model.body import Await, Call, Loop, Parallel, StepCall
from inngest_lint.model.function import Language, Module
from inngest_lint.model.value import Items, Origin, Ref, Result, Value
from inngest_lint.model.walk import waits
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_FUNCTION = {Language.PYTHON: "lambda: ", Language.TYPESCRIPT: "() => "}


@rule(
    on=Module,
    severity=Severity.ERROR,
    category=Category.STEPS,
    since="0.1.0",
    guideline=Guideline.PARALLEL,
)
def called_parallel_step(module: Module, context: Context) -> Iterator[Finding]:
    """A step is called in `group.parallel`, which takes functions that call steps."""
    places = context.project.written(module)
    loops = [place.operation for place in places if isinstance(place.operation, Loop)]
    for place in places:
        match place.operation:
            case Parallel(branches=branches, grouped=True):
                for branch in branches:
                    yield from _in_branch(branch, place, loops, context)


def _in_branch(branch: Value, place: Bound, loops: list[Loop], context: Context) -> Iterator[Finding]:
    held = place.names.value(branch) if isinstance(branch, Ref) and len(branch.path) == 1 else None
    called = _called(held or branch, context.project)
    if called is None:
        return
    span = branch.span if held and isinstance(branch, Ref) and branch.span else _whole(branch, called)
    function = _FUNCTION[context.language]
    yield Finding(
        span,
        f"`{called.spelling}` is called before `group.parallel` can call it",
        help=f"pass a function that takes the step: put `{function}` before the call",
        label="this is the result of the call, not a function",
        notes=(Note(called.span, "called here"),) if held else (),
        fix=None if held or isinstance(branch, Items) or waits(called) else _fix(span, called, loops, context.language),
    )


def _called(value: Value, project: Project) -> StepCall | Parallel | Call | None:
    """The step, the steps together or the asynchronous helper, whose result a value is, or a list of such results."""
    match value:
        case Result(of=(StepCall() | Parallel()) as step):
            return step
        case Items(values=[first, *_]):
            return _called(first, project)
        case Result(of=Await(value=waited), path=()):
            return _called(waited, project)
        case Result(of=Call() as call, path=()):
            callee = project.callee(call)
            asynchronous = callee is not None and callee.is_async and not callee.decorated
            return call if asynchronous else None
    return None


def _whole(branch: Value, called: StepCall | Parallel | Call) -> Span:
    return branch.of.span if isinstance(branch, Result) else called.span


def _fix(span: Span, called: StepCall | Parallel | Call, loops: list[Loop], language: Language) -> Fix:
    """Puts the call in a function, which in a comprehension has to keep the values of its round."""
    before = Span(span.file, span.start, called.span.start)
    if language is not Language.PYTHON:
        return Fix("Pass a function", (Edit(before, _FUNCTION[language]),), Applicability.UNSAFE)
    around = [loop for loop in loops if loop.yields is not None and loop.span.contains(span)]
    names = dict.fromkeys(ref.name for loop in around for ref in loop.binds if ref.origin is Origin.LOCAL)
    kept = ", ".join(f"{name}={name}" for name in names)
    head = f"lambda {kept}: " if kept else "lambda: "
    return Fix("Pass a lambda", (Edit(before, head),), Applicability.UNSAFE)
