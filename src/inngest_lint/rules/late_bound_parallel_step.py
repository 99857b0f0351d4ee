"""Rule: parallel steps share a variable of the loop that made them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.model.bindings import Bound
from inngest_lint.model.body import Argument, Assign, Body, Loop, Operation, Parallel, Scope, StepCall
from inngest_lint.model.function import Language, Module
from inngest_lint.model.promises import Settled, settled
from inngest_lint.model.value import EACH, Closure, Origin, Ref, Result, Value
from inngest_lint.model.walk import closures, closures_in, members, own, refs, refs_in, results, results_in, values
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_LAMBDA = len("lambda")


@rule(
    on=Module,
    severity=Severity.ERROR,
    category=Category.STEPS,
    since="0.1.0",
)
def late_bound_parallel_step(module: Module, context: Context) -> Iterator[Finding]:
    """A parallel step reads a variable of the loop it was made in, which by then has its last value."""
    if context.language is not Language.PYTHON:
        yield from _outlived(context.project.written(module))
        return
    operations = [place.operation for place in context.project.written(module)]
    loops = tuple(_eager(operations))
    for parallel in operations:
        for body in _called(parallel) if isinstance(parallel, Parallel) else ():
            found = [read for loop in loops if _is_over_by(loop, body, parallel) for read in _reads(body, loop)]
            if found:
                yield _finding(found, body)


@dataclass(frozen=True, slots=True)
class _Read:
    """A variable of a loop that a function reads, with its name where that is known."""

    ref: Ref
    name: str | None
    loop: Loop


def _outlived(places: tuple[Bound, ...]) -> Iterator[Finding]:
    """The steps that outlive the round they are taken in, and read what the next rounds change.

    Where each round has variables of its own, as with `for (const item of items)`, there are none.
    """
    loops = [place for place in places if isinstance(place.operation, Loop)]
    for place in places:
        match place.operation:
            case StepCall(callback=Argument(value=Closure(body=body))) as step:
                for around in loops:
                    yield from _outliving(step, body, around, places)


def _outliving(step: StepCall, body: Body, around: Bound, places: tuple[Bound, ...]) -> Iterator[Finding]:
    loop = around.operation
    if not isinstance(loop, Loop) or not loop.span.contains(step.span):
        return
    shared = _shared(loop, around, places)
    read = next(
        (ref for ref in _free(body, frozenset()) if ref.origin is Origin.ENCLOSING and ref.name in shared), None
    )
    if read is None or settled(step, _round(loop)) is not Settled.DROPPED:
        return
    yield Finding(
        read.span or body.span,
        f"`{read.name}` has its last value when this parallel step runs",
        help=f"copy it in the loop: `const current = {read.name}`",
        label="read after the loop has ended",
        notes=(Note(loop.span, "changes in this loop"),),
    )


def _shared(loop: Loop, around: Bound, places: tuple[Bound, ...]) -> frozenset[str]:
    """The variables that a loop counts up, and that are declared outside of it."""
    inside = [p.operation for p in places if p.body is around.body and loop.span.contains(p.operation.span)]
    outside = [p.operation for p in places if p.body is around.body and not loop.span.contains(p.operation.span)]
    counted = {name for operation in inside for name in _counted(operation)}
    # What is given a value there that is not made of the old one may be declared there, once for each round.
    declared = {name for operation in inside for name in _named(operation) if name not in set(_counted(operation))}
    return frozenset(counted & {name for operation in outside for name in _named(operation)} - declared)


def _named(operation: Operation) -> Iterator[str]:
    if isinstance(operation, Assign):
        yield from (target.name for target in operation.targets if len(target.path) == 1)


def _counted(operation: Operation) -> Iterator[str]:
    """The names that are given another value made of the old one, as no declaration of a new name can be."""
    if isinstance(operation, Assign):
        behind = {ref.name for ref in _behind(operation.value)}
        yield from (name for name in _named(operation) if operation.updates or name in behind)


def _round(loop: Loop) -> Body:
    """A round of a loop, as a function of its own."""
    return Body(loop.span, None, loop.span, (), is_async=True, block=loop.body)


def _called(parallel: Parallel) -> Iterator[Body]:
    """The functions that a group calls, as far as they are written here."""
    for branch in parallel.branches:
        for member in members(branch):
            match member:
                case Closure(body=body):
                    yield body
                case Result(of=Loop(yields=yields)) if yields is not None:
                    yield from closures(yields)


def _eager(operations: list[Operation]) -> Iterator[Loop]:
    """The loops that run to their end where they stand.

    A generator handed to the group itself does not: the group calls each function before it asks for the next.
    """
    taken = {id(of) for operation in operations for of in results_in(operation)}
    for operation in operations:
        if isinstance(operation, Loop) and not (operation.deferred and id(operation) not in taken):
            yield operation


def _is_over_by(loop: Loop, body: Body, parallel: Operation) -> bool:
    """Whether a function is made in a loop that has ended when the function is called."""
    return loop.span.contains(body.span) and not loop.span.contains(parallel.span)


def _finding(found: list[_Read], body: Body) -> Finding:
    read, *_ = found
    what = f"`{read.name}`" if read.name else "the loop's variable"
    return Finding(
        read.ref.span or body.span,
        f"{what} has its last value when this parallel step runs",
        help="bind it as a default (`lambda item=item: …`), or use `functools.partial`",
        label="read after the loop has ended",
        notes=(Note(read.loop.span, "changes in this loop"),),
        fix=_fix(body, dict.fromkeys(read.name for read in found)),
    )


def _fix(body: Body, names: Iterable[str | None]) -> Fix | None:
    if body.name is not None or body.parameters or _is_partial(body) or None in names:
        return None
    kept = ", ".join(f"{name}={name}" for name in names)
    end = body.span.start + _LAMBDA
    edit = Edit(Span(body.span.file, end, end), f" {kept}")
    return Fix("Bind the value as a default", (edit,), Applicability.UNSAFE)


def _reads(body: Body, loop: Loop) -> Iterator[_Read]:
    """Where a function reads what each round of a loop sets."""
    changing = _changing(loop)
    for ref in _free(body, frozenset()):
        if ref.origin is Origin.ENCLOSING and ref.name in changing:
            yield _Read(ref, ref.name, loop)
        elif _is_item(ref, loop):
            yield _Read(ref, _name_of_item(ref, loop), loop)


def _changing(loop: Loop) -> frozenset[str]:
    """The names that have another value in each round."""
    changing = {ref.name for ref in loop.binds}
    assigned = [o for o in own(loop.body) if isinstance(o, Assign)]
    changing.update(target.name for a in assigned if a.updates for target in a.targets if len(target.path) == 1)
    known = -1
    while known != len(changing):
        known = len(changing)
        for assign in assigned:
            if any(ref.name in changing or _is_item(ref, loop) for ref in _behind(assign.value)):
                changing.update(target.name for target in assign.targets if len(target.path) == 1)
    return frozenset(changing)


def _behind(value: Value) -> Iterator[Ref]:
    """The references a value depends on, through the calls it is the result of."""
    yield from refs(value)
    for operation in results(value):
        for held in values(operation):
            yield from _behind(held)


def _is_item(ref: Ref, loop: Loop) -> bool:
    """Whether a reference leads through the items of what a loop goes through, as the data of the event does."""
    over = loop.over
    return isinstance(over, Ref) and ref.origin is over.origin and ref.starts_with(*over.path, EACH)


def _name_of_item(ref: Ref, loop: Loop) -> str | None:
    base = Ref(ref.origin, ref.path[: len(ref.path) - ref.written])
    if isinstance(loop.over, Ref) and base.path == (*loop.over.path, EACH) and len(loop.binds) == 1:
        return loop.binds[0].name
    named = (o.targets for o in own(loop.body) if isinstance(o, Assign) and o.value == base)
    return next((targets[0].name for targets in named if len(targets) == 1), None)


def _free(body: Body, seen: frozenset[int]) -> Iterator[Ref]:
    """The references a function reads when it is called to names that are not its own."""
    mine = {parameter.name for parameter in body.parameters} | set(_bound_in(body))
    for operation in own(body.block):
        late = not (_is_partial(body) and isinstance(operation, StepCall))
        yield from refs_in(operation) if late else ()
        inner = (closure for closure in closures_in(operation) if id(closure) not in seen)
        free = (ref for closure in inner for ref in _free(closure, seen | {id(body)}))
        yield from (ref for ref in free if ref.origin is not Origin.ENCLOSING or ref.name not in mine)


def _bound_in(body: Body) -> Iterator[str]:
    for operation in own(body.block):
        match operation:
            case Assign(targets=targets):
                yield from (target.name for target in targets if target.origin is Origin.LOCAL)
            case Loop(binds=binds) | Scope(binds=binds):
                yield from (ref.name for ref in binds)


def _is_partial(body: Body) -> bool:
    """`functools.partial(ctx.step.run, …)`: its arguments are read when it is made."""
    return any(isinstance(operation, StepCall) and operation.span == body.span for operation in body.block)
