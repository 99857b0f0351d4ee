"""Rule: nothing asks whether a wait has timed out."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import (
    Assign,
    Await,
    Block,
    Body,
    Branch,
    Call,
    Loop,
    Operation,
    Return,
    StepCall,
    StepKind,
    Throw,
)
from inngest_lint.model.flow import leaves
from inngest_lint.model.function import Language, Module
from inngest_lint.model.promises import is_partly_read, outermost
from inngest_lint.model.testing import is_test
from inngest_lint.model.walk import closures_in, everywhere, parts, refs_in, results_in, walk
from inngest_lint.project import Project
from inngest_lint.project.waits.replies import Reply, replies
from inngest_lint.project.waits.unasked import Taken, is_looked_at, taken
from inngest_lint.rule import Category, Context, rule

_NOTHING = {Language.PYTHON: "None", Language.TYPESCRIPT: "null"}
_RAISED = {
    Language.PYTHON: "an `AttributeError` is raised here",
    Language.TYPESCRIPT: "a `TypeError` is thrown here",
}
_QUIET = (Effect.LOG, Effect.PRINT)
_ANSWERS = frozenset({StepKind.RUN, StepKind.INVOKE, StepKind.FETCH})


@rule(
    on=Module,
    severity=Severity.WARNING,
    category=Category.EVENTS,
    since="0.2.0",
    guideline=Guideline.ANSWERS,
)
def unhandled_wait_timeout(module: Module, context: Context) -> Iterator[Finding]:
    """Nothing asks whether a wait ended with what it waited for, or because its time was up."""
    for outer in outermost(module):
        if is_partly_read(outer, module):
            continue
        for body in _bodies(outer, context.project):
            for reply in replies(body, context.project):
                found = taken(reply, body, context.project)
                if found is not None:
                    yield _used(reply, found, context.language)
                elif not is_looked_at(reply, body) and _matters(reply, body, context.project):
                    yield _ignored(reply, context.language)


def _bodies(outer: Body, project: Project) -> Iterator[Body]:
    """A function and those written in it, each once; what runs inside a step waits for nothing."""
    operations = tuple(everywhere(outer.block))
    inside = [project.callback(operation) for operation in operations if isinstance(operation, StepCall)]
    spans = [body.span for body in inside if body is not None]
    found = {id(outer): outer}
    for operation in operations:
        found.update((id(body), body) for body in closures_in(operation))
    yield from (body for body in found.values() if not any(span.contains(body.span) for span in spans))


def _matters(reply: Reply, body: Body, project: Project) -> bool:
    """Whether the function goes on as if what it waited for had come.

    A wait may be a pause that an event can cut short: what decides is then asked of something else afterwards.
    """
    if is_test(body.span.file):
        return False
    later = tuple(_after(body.block, reply.since))
    if not any(_does(operation, project) for operation in later):
        return False
    return not _decides(later, project)


def _decides(later: tuple[Operation, ...], project: Project) -> bool:
    """Whether what is asked of something else later on decides what happens."""
    answers: set[int] = set()
    names: set[str] = set()
    for operation in later:
        held = any(id(of) in answers for of in results_in(operation))
        held = held or any(ref.is_variable and ref.name in names for ref in refs_in(operation))
        match operation:
            case Branch() | Loop() if held:
                return True
            case Assign(targets=targets) if held:
                names.update(target.name for target in targets)
            case Call() if held or project.classify(operation) not in _QUIET:
                answers.add(id(operation))
            case StepCall(kind=kind) if kind in _ANSWERS:
                answers.add(id(operation))
            case Await() if held:
                answers.add(id(operation))
    return False


def _after(block: Block, target: Operation) -> Iterator[Operation]:
    """What a block may do after one of its operations, which may stand in a block inside."""
    for place, operation in enumerate(block):
        if operation is not target and not operation.span.contains(target.span):
            continue
        around = next((inner for inner in parts(operation) if any(o is target for o in walk(inner))), None)
        if operation is not target and around is None:
            continue
        if around is not None:
            # What comes first in a loop comes again in its next round.
            yield from walk(around) if isinstance(operation, Loop) else _after(around, target)
        if around is None or not leaves(around):
            yield from walk(block[place + 1 :])
        return


def _does(operation: Operation, project: Project) -> bool:
    match operation:
        case Call() as call:
            return project.classify(call) not in _QUIET
        case StepCall() | Throw():
            return True
        case Return(value=value):
            return value is not None
    return False


def _used(reply: Reply, found: Taken, language: Language) -> Finding:
    nothing = _NOTHING[language]
    name = f"`{reply.name}`" if reply.name is not None else "the result of the wait"
    ends = f"take another way, or end, where it is `{nothing}`"
    if found.within is not None:
        return Finding(
            found.span,
            f"{name} is handed on without asking whether the wait timed out",
            help=ends,
            label=f"this is `{nothing}` when nothing came in time",
            notes=(Note(found.within, "it is read here"), Note(reply.wait.span, "the wait")),
        )
    return Finding(
        found.span,
        f"{name} is read without asking whether the wait timed out",
        help=ends,
        label=f"`{nothing}` when nothing came in time: {_RAISED[language]}",
        notes=(Note(reply.wait.span, "the wait"),) if found.span != reply.wait.span else (),
    )


def _ignored(reply: Reply, language: Language) -> Finding:
    nothing = _NOTHING[language]
    return Finding(
        reply.wait.span,
        "nothing asks whether this wait timed out",
        help=f"look at what it gives, and take another way, or end, where that is `{nothing}`",
        label=f"this gives `{nothing}` when nothing came in time, and the function goes on",
    )
