"""Rule: steps are taken in an array callback whose promise nobody waits for."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects.kinds import Kind, kinds
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Body, Call, Return, StepCall
from inngest_lint.model.function import Language, Module
from inngest_lint.model.promises import Settled, all_settled, is_partly_read, outermost, settled
from inngest_lint.model.value import Origin, Ref
from inngest_lint.model.walk import everywhere, own, results
from inngest_lint.project import Project, Reached
from inngest_lint.rule import Category, Context, rule

_LISTING = "listing"


@rule(on=Module, severity=Severity.ERROR, category=Category.STEPS, since="0.2.0", guideline=Guideline.PARALLEL)
def unawaited_step_loop(module: Module, context: Context) -> Iterator[Finding]:
    """Steps are taken in the callback of `forEach`, `map` or the like, and nothing waits for them."""
    # What Python cannot send is told as an output that cannot be serialised.
    functions = module.functions if context.language is not Language.PYTHON else ()
    handlers = {id(entry) for function in functions for entry in context.project.entries(function)}
    for outer in outermost(module):
        if is_partly_read(outer, module) or (context.language is Language.PYTHON and not outer.is_async):
            continue
        returned = frozenset(_returned(outer)) if id(outer) in handlers else frozenset[int]()
        for call in _outside_steps(outer):
            kind = _kind(call, context.language)
            reached = next(_waited_for(call, context.project), None) if kind is not None else None
            if kind is not None and reached is not None and _is_forgotten(call, kind, outer, returned):
                yield _finding(call, kind, reached)


def _outside_steps(outer: Body) -> Iterator[Call]:
    """The calls in a function, but for what runs inside its steps, where no step belongs at all."""
    operations = tuple(everywhere(outer.block))
    inside = [step.callback.span for step in operations if isinstance(step, StepCall) and step.callback is not None]
    for operation in operations:
        if isinstance(operation, Call) and not any(span.contains(operation.span) for span in inside):
            yield operation


def _kind(call: Call, language: Language) -> Kind | None:
    """What a call does with the function it is given first; None where it is not known to be of the language itself."""
    match call:
        case Call(arguments=()):
            return None
        case Call(receiver=None, target=Ref(origin=Origin.GLOBAL, path=(name,))) if language is Language.PYTHON:
            return kinds("loops", language).of_value(name)
        case Call(receiver=Ref(origin=Origin.IMPORT)):
            return None  # a library's own `map`, which may well wait
        case Call(receiver=receiver) if receiver is not None and language is not Language.PYTHON:
            return kinds("loops", language).of_value(call.spelling.rpartition(".")[2])
    return None


def _returned(entry: Body) -> Iterator[int]:
    """The calls whose results the entry of a function gives back to the SDK, which waits for none of them."""
    for operation in own(entry.block):
        if isinstance(operation, Return) and operation.value is not None:
            yield from map(id, results(operation.value))


def _is_forgotten(call: Call, kind: Kind, outer: Body, returned: frozenset[int]) -> bool:
    if kind.name != _LISTING or id(call) in returned:
        return True
    return all_settled(call, outer).is_lost


def _waited_for(call: Call, project: Project) -> Iterator[Reached]:
    """The steps that the callback itself waits for, or gives back."""
    body = project.function(call.arguments[0].value, call.span.file)
    if body is None:
        return
    for reached in project.steps(body):
        fate = settled(reached.stands, body)
        if fate is Settled.RETURNED or (fate is Settled.AWAITED and body.is_async):
            yield reached


def _finding(call: Call, kind: Kind, reached: Reached) -> Finding:
    return Finding(
        call.head or call.span,
        f"`{call.spelling.rpartition('.')[2]}` does not wait for the steps in its callback",
        help=kind.help,
        label=f"{kind.phrase}, so its steps may never run",
        notes=(Note(reached.stands.span, "the step is taken here"),),
    )
