"""Rule: asyncio or threads run steps side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects.kinds import Kind, kinds
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Argument, Assign, Await, Call, Loop, Scope, StepCall, StepKind
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.value import Closure, Constant, Origin, Ref, Result
from inngest_lint.model.walk import everywhere, members, waits
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inngest_lint.model.body import Block, Body
    from inngest_lint.model.value import Value
    from inngest_lint.project import Project

_TIMEOUTS = "timeouts"
_GROUPS = "groups"
_THREADS = "threads"
_GATHER = "asyncio.gather"
# Steps that wait for something outside, over many requests.
_WAITS = frozenset({StepKind.SLEEP, StepKind.SLEEP_UNTIL, StepKind.WAIT_FOR_EVENT, StepKind.WAIT_FOR_SIGNAL})


@rule(
    on=InngestFunction,
    severity=Severity.ERROR,
    category=Category.STEPS,
    since="0.1.0",
    languages=frozenset({Language.PYTHON}),
    guideline=Guideline.PARALLEL,
)
def asyncio_around_steps(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """Steps are started side by side by asyncio or in threads, which the SDK does not know of."""
    for entry in context.project.entries(function):
        for body in context.project.reachable(entry):
            started = _Started(context.project, (*entry.block, *body.block))
            yield from _in_block(body.block, started)


def _in_block(block: Block, started: _Started) -> Iterator[Finding]:
    project = started.project
    for operation in project.happening(block):
        match operation:
            case Call():
                kind = kinds("concurrency", Language.PYTHON).of_value(project.dotted(operation) or "")
                step = started.by(operation, kind) if kind is not None else None
                if kind is not None and step is not None:
                    is_awaited = operation in _awaited(block)
                    fix = _fix(operation) if is_awaited and project.dotted(operation) == _GATHER else None
                    yield _finding(operation, kind, step, fix)
            case Scope(body=inside):
                yield from _in_group(operation, inside, started)


def _in_group(scope: Scope, inside: Block, started: _Started) -> Iterator[Finding]:
    """A task group around steps that are awaited in it; those it starts itself are found where it does."""
    kind = kinds("concurrency", Language.PYTHON).of_value(
        _dotted(started.project.traced(scope.kind or scope.manager, scope.span.file))
    )
    if kind is None or kind.name != _GROUPS or any(True for _ in _in_block(inside, started)):
        return
    for reached in started.project.steps_in(inside):
        yield Finding(
            scope.manager_span,
            "a step is taken inside a task group",
            help="take the step outside the group",
            label="turns the step's interrupt into an error group, and the request fails",
            notes=(Note(reached.stands.span, "this step ends the request by an interrupt"),),
        )
        return


def _awaited(block: Block) -> Iterator[Call]:
    for operation in everywhere(block):
        match operation:
            case Await(value=Result(of=Call() as call, path=())):
                yield call


def _fix(call: Call) -> Fix | None:
    """The group of the context instead, for steps that are written in the call itself."""
    steps = [step for argument in call.arguments if (step := _step(argument)) is not None]
    contexts = {step.spelling.rpartition(".step.")[0] for step in steps}
    if len(steps) != len(call.arguments) or len(contexts) != 1 or "" in contexts or call.head is None:
        return None
    first, *others = (step.span.at_start() for step in steps)
    last = Span(call.span.file, steps[-1].span.end, steps[-1].span.end)
    edits = (
        Edit(call.head, f"{contexts.pop()}.group.parallel"),
        Edit(first, "(lambda: "),
        *(Edit(before, "lambda: ") for before in others),
        Edit(last, ")" if others else ",)"),
    )
    return Fix("Use `group.parallel`", edits, Applicability.UNSAFE)


def _step(argument: Argument) -> StepCall | None:
    """The step that an argument is, where nothing stands around it."""
    match argument:
        case Argument(name=None, value=Result(of=StepCall() as step, path=()), span=span, spread=False):
            return step if span == step.span and not waits(step) else None
    return None


def _finding(call: Call, kind: Kind, step: Span, fix: Fix | None) -> Finding:
    if kind.name == _TIMEOUTS:
        return Finding(
            call.span,
            f"`{call.spelling}` times a wait that goes on over many requests",
            help="give the wait its own `timeout`",
            label="this timeout begins again with every request",
            notes=(Note(step, "the wait"),),
        )
    return Finding(
        call.span,
        f"`{call.spelling}` runs steps side by side without the SDK",
        help="use `ctx.group.parallel((lambda: ctx.step.run(…), …))`",
        label=_label(call, kind),
        notes=(Note(step, "this step"),),
        fix=fix,
    )


def _label(call: Call, kind: Kind) -> str:
    swallowing = call.argument("return_exceptions")
    if swallowing is not None and swallowing.value == Constant(value=True):
        return "takes the interrupts of the steps for their results"
    if kind.name == _THREADS:
        return f"steps {kind.phrase}: each one's code runs again for those before it"
    return f"steps {kind.phrase}: only one of them is stored, the others run again"


def _dotted(ref: Ref | None) -> str:
    return ref.dotted if ref is not None else ""


def _bound(block: Block) -> dict[str, list[Value]]:
    bound: dict[str, list[Value]] = {}
    for operation in everywhere(block):
        match operation:
            case Assign(targets=(Ref(path=(name,)),), value=value):
                bound.setdefault(name, []).append(value)
            case Call(mutates=Ref(path=(name,)), arguments=arguments):
                bound.setdefault(name, []).extend(argument.value for argument in arguments)
    return bound


@dataclass(frozen=True)
class _Started:
    """The steps that calls start through their arguments; `block` is where names are bound."""

    project: Project
    block: Block

    @cached_property
    def bound(self) -> dict[str, list[Value]]:
        """What is bound to each name, and what is added to it."""
        return _bound(self.block)

    def by(self, call: Call, kind: Kind) -> Span | None:
        """A step that a call starts, if its kind should not."""
        if kind.name == _GROUPS:
            return None
        only = _WAITS if kind.name == _TIMEOUTS else frozenset(StepKind)
        found = (self._in_value(argument.value, call, only, frozenset()) for argument in call.arguments)
        return next((step for step in found if step is not None), None)

    def _in_value(self, value: Value, call: Call, only: frozenset[StepKind], seen: frozenset[str]) -> Span | None:
        for member in members(value):
            found = self._member(member, call, only, seen)
            if found is not None:
                return found
        return None

    def _member(self, value: Value, call: Call, only: frozenset[StepKind], seen: frozenset[str]) -> Span | None:
        match value:
            case Result(of=StepCall(immediate=False, kind=kind) as step, path=()):
                return step.span if kind in only else None
            case Result(of=Loop(yields=yields), path=()) if yields is not None:
                return self._in_value(yields, call, only, seen)
            case Result(of=Call() as made, path=()):
                return self._made(made, call, only, seen)
            case Closure(body=body):
                return self._in_body(body, only)
            case Ref(origin=Origin.CONTEXT, path=("step", _, *_), span=span):
                return span if only >= frozenset(StepKind) else None
            case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(name,)) if name not in seen:
                inside = (self._in_value(bound, call, only, seen | {name}) for bound in self.bound.get(name, ()))
                return next((step for step in inside if step is not None), None)
            case Ref(origin=Origin.MODULE | Origin.SELF):
                function = self.project.function(value, call.span.file)
                return self._in_body(function, only) if function is not None else None
        return None

    def _made(self, made: Call, call: Call, only: frozenset[StepKind], seen: frozenset[str]) -> Span | None:
        """A step in what a call gives: a coroutine that takes it, or a copy of a list that holds it."""
        if kinds("concurrency", Language.PYTHON).of_value(self.project.dotted(made) or "") is not None:
            return None  # has a finding of its own
        callee = self.project.callee(made)
        if callee is not None:
            return self._in_body(callee, only) if callee.is_async else None
        if isinstance(made.target, Ref) and made.target.origin is Origin.GLOBAL:
            found = (self._in_value(argument.value, call, only, seen) for argument in made.arguments)
            return next((step for step in found if step is not None), None)
        return None

    def _in_body(self, body: Body, only: frozenset[StepKind]) -> Span | None:
        reached: Iterable[StepCall] = (reached.step for reached in self.project.steps(body))
        return next((step.span for step in reached if step.kind in only), None)
