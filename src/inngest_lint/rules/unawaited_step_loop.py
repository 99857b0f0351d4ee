"""Rule: steps are taken in an array callback whose promise nobody waits for."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects.kinds import Kind, kinds
from inngest_lint.model.body import Body, Call, Return, StepCall
from inngest_lint.model.function import Language, Module
from inngest_lint.model.promises import Settled, all_settled, is_partly_read, outermost, settled
from inngest_lint.model.value import Closure, Origin, Ref
from inngest_lint.model.walk import everywhere, own, results
from inngest_lint.project import Project, Reached
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_LISTING = "listing"


@rule(
    on=Module,
    severity=Severity.ERROR,
    category=Category.STEPS,
    since="0.2.0",
    languages=frozenset({Language.TYPESCRIPT}),
)
def unawaited_step_loop(module: Module, context: Context) -> Iterator[Finding]:
    """Steps are taken in `forEach` or `map`, and nothing waits for the promises of the callback."""
    handlers = {id(entry) for function in module.functions for entry in context.project.entries(function)}
    for outer in outermost(module):
        if is_partly_read(outer, module):
            continue
        returned = frozenset(_returned(outer)) if id(outer) in handlers else frozenset[int]()
        for call in _outside_steps(outer):
            kind = kinds("loops", context.language).of_value(call.spelling.rpartition(".")[2])
            if kind is None or not _is_forgotten(call, kind, outer, returned):
                continue
            for reached in _waited_for(call, context.project):
                yield _finding(call, kind, reached)
                break


def _outside_steps(outer: Body) -> Iterator[Call]:
    """The calls of methods in a function, but for what runs inside its steps, where no step belongs at all."""
    operations = tuple(everywhere(outer.block))
    inside = [step.callback.span for step in operations if isinstance(step, StepCall) and step.callback is not None]
    for operation in operations:
        match operation:
            case Call(receiver=receiver, arguments=[_, *_]) if receiver is not None:
                if not any(span.contains(operation.span) for span in inside):
                    yield operation


def _returned(entry: Body) -> Iterator[int]:
    """The calls whose results the entry of a function gives back to the SDK, which waits for none of them."""
    for operation in own(entry.block):
        if isinstance(operation, Return) and operation.value is not None:
            yield from map(id, results(operation.value))


def _is_forgotten(call: Call, kind: Kind, outer: Body, returned: frozenset[int]) -> bool:
    if isinstance(call.receiver, Ref) and call.receiver.origin is Origin.IMPORT:
        return False  # a library's own `map`, which may well wait
    if kind.name != _LISTING or id(call) in returned:
        return True
    return all_settled(call, outer) is Settled.DROPPED


def _waited_for(call: Call, project: Project) -> Iterator[Reached]:
    """The steps that the callback itself waits for, or gives back."""
    match call.arguments[0].value:
        case Closure(body=body):
            for reached in project.steps(body):
                fate = settled(reached.stands, body)
                if fate is Settled.RETURNED or (fate is Settled.AWAITED and body.is_async):
                    yield reached


def _finding(call: Call, kind: Kind, reached: Reached) -> Finding:
    head = Span(call.span.file, call.span.start, call.span.start + len(call.spelling.encode()))
    is_list = kind.name == _LISTING
    return Finding(
        head,
        f"`{call.spelling.rpartition('.')[2]}` does not wait for the steps in its callback",
        help="wait for them: `await Promise.all(….map(…))`" if is_list else "use `for (const … of …)` and `await`",
        label=f"{kind.phrase}, so its steps may never run",
        notes=(Note(reached.stands.span, "the step is taken here"),),
    )
