"""Rule: code inside a step changes a variable that lives outside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects.kinds import Kinds, kinds
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Assign, Await, Branch, Call, Loop, Operation, Return, Scope, StepCall, Try
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.value import EACH, Items, Origin, Record, Ref, Result
from inngest_lint.model.walk import closures_in, everywhere, own, refs, refs_in, results_in, walk
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from inngest_lint.model.body import Argument, Block, Body
    from inngest_lint.model.function import Module
    from inngest_lint.model.value import Value
    from inngest_lint.project import Callback, Project
    from inngest_lint.text import Span

_OUTSIDE = (Origin.ENCLOSING, Origin.MODULE)


@rule(
    on=InngestFunction,
    severity=Severity.ERROR,
    category=Category.STEPS,
    since="0.1.0",
    guideline=Guideline.SELF_CONTAINED,
)
def captured_mutation(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """Code inside a step changes a variable outside it, and the change is lost when the step is replayed."""
    told: list[_Write] = []
    for entry in context.project.entries(function):
        surroundings = _Surroundings(context.project, entry)
        for callback in surroundings.callbacks:
            for write in _writes(callback, context.project):
                read = surroundings.reading(write, callback)
                if read is not None and not any(write.repeats(other) for other in told):
                    told.append(write)
                    yield _finding(write, read)


@dataclass(frozen=True, slots=True)
class _Write:
    """A change of something outside a step: where it is made, of what, and in which operation."""

    span: Span
    ref: Ref
    operation: Operation
    source: Span | None = None

    @property
    def rebinds(self) -> bool:
        """Whether the name itself gets another value."""
        return isinstance(self.operation, Assign) and len(self.ref.path) == 1

    def repeats(self, other: _Write) -> bool:
        """Whether it is a second change by one expression: `(groups[key] ??= []).push(row)`."""
        is_around = self.ref.name == other.ref.name and self.span.contains(other.span)
        return is_around or self.span == other.span


def _finding(write: _Write, read: Span) -> Finding:
    notes = [Note(write.source, "changed here")] if write.source is not None else []
    if read != write.span:
        notes.append(Note(read, "read here, where the change is missing"))
    return Finding(
        write.span,
        f"`{write.ref.name}` is changed inside a step",
        help="return the value from the step and use what the step gives",
        label="lost when the step is not run again but remembered",
        notes=tuple(notes),
    )


# What a callback changes


def _writes(callback: Callback, project: Project) -> Iterator[_Write]:
    """What a callback changes outside itself, through functions it hands it to as well."""
    body = callback.body
    closures = (inner for operation in everywhere(body.block) for inner in closures_in(operation))
    bound = [(inner.span, _bound_in(inner)) for inner in (body, *closures)]
    for operation in everywhere(body.block):
        found = [*_of_operation(operation)]
        if isinstance(operation, Call) and (callee := project.callee(operation)) is not None:
            found += (w for w in _through(operation.arguments, callee, operation) if w.ref.origin in _OUTSIDE)
        yield from (w for w in found if w.ref.origin is Origin.MODULE or not _is_own(w, bound))
    if isinstance(callback.step, StepCall):
        # The arguments stand in the function around the step, where its names are local.
        through = _through(callback.step.arguments, body, callback.step)
        yield from (write for write in through if write.ref.origin is not Origin.SELF)


def _is_own(write: _Write, bound: Iterable[tuple[Span, frozenset[str]]]) -> bool:
    """Whether a name is bound by the callback, or by a function in it that the change is made in."""
    around = sorted((b for b in bound if b[0].contains(write.span)), key=lambda b: b[0].end - b[0].start)
    return any(write.ref.name in names for _, names in around[1:])


def _of_operation(operation: Operation) -> Iterator[_Write]:
    match operation:
        case Assign(targets=targets):
            for target in targets:
                if target.origin in _OUTSIDE:
                    yield _Write(operation.span, target, operation)
        case Call(mutates=Ref() as changed) if changed.origin in _OUTSIDE:
            yield _Write(operation.span, changed, operation)


def _through(arguments: Iterable[Argument], callee: Body, operation: Operation) -> Iterator[_Write]:
    """What a function changes of the arguments it is given."""
    parameters = [p.name for p in callee.parameters if not p.spread][callee.owner is not None :]
    placed = iter(parameters)
    for argument in arguments:
        name = argument.name or next(placed, None)
        if argument.spread or name is None:
            return
        source = _parameter_write(name, callee.block)
        if source is not None and isinstance(argument.value, Ref) and len(argument.value.path) == 1:
            yield _Write(argument.span, argument.value, operation, source)


def _parameter_write(name: str, block: Block) -> Span | None:
    for operation in walk(block):
        match operation:
            case Assign(targets=targets) if (name,) in [target.path for target in targets]:
                return None  # the name stands for something else from here on
            case Assign(targets=targets) if any(t.origin is Origin.LOCAL and t.name == name for t in targets):
                return operation.span
            case Call(mutates=Ref(origin=Origin.LOCAL) as changed) if changed.name == name:
                return operation.span
    return None


def _bound_in(body: Body) -> frozenset[str]:
    """The names a function binds itself."""
    bound = {parameter.name for parameter in body.parameters}
    for operation in walk(body.block):
        # A variable that is declared without a value is known by its uses.
        bound.update(ref.name for ref in refs_in(operation) if ref.origin is Origin.LOCAL)
        match operation:
            case Assign(targets=targets) | Loop(binds=targets) | Scope(binds=targets):
                bound.update(t.name for t in targets if t.origin is Origin.LOCAL and len(t.path) == 1)
            case Try(catches=catches):
                bound.update(catch.binds for catch in catches if catch.binds is not None)
    return frozenset(bound)


# Whether the change matters


@dataclass(frozen=True)
class _Surroundings:
    """The functions around the steps of a handler, and what they do with their variables."""

    project: Project
    entry: Body

    @cached_property
    def callbacks(self) -> tuple[Callback, ...]:
        """What runs inside the steps."""
        return tuple(self.project.callbacks(self.entry))

    @cached_property
    def bodies(self) -> tuple[Body, ...]:
        """The functions that run outside of them."""
        return tuple(self.project.reachable(self.entry))

    def reading(self, write: _Write, callback: Callback) -> Span | None:
        """Where a change is missed: where it is read later; the change itself where it is of the module's state."""
        if write.ref.origin is Origin.MODULE:
            return self._of_module(write, callback.body)
        owner = self._owner(write, callback)
        if owner is None or not (write.rebinds or self._is_changeable(write, owner.block, owner)):
            return None
        return self._read_later(write, callback, owner)

    def _owner(self, write: _Write, callback: Callback) -> Body | None:
        """The innermost function around a step that binds the name."""
        inside = callback.step.span if write.ref.origin is Origin.LOCAL else callback.body.span
        around = [body for body in self._functions() if body is not callback.body and body.span.contains(inside)]
        around.sort(key=lambda body: body.span.end - body.span.start)
        return next((body for body in around if write.ref.name in _bound_in(body)), None)

    def _functions(self) -> Iterator[Body]:
        for body in self.bodies:
            yield body
            for operation in everywhere(body.block):
                yield from closures_in(operation)

    def _is_changeable(self, write: _Write, block: Block, owner: Body | None) -> bool:
        """Whether a name is known to hold a collection that this code made, or an object of its own class."""
        name = write.ref.name
        known = self._collections(write.span.file)
        for operation in walk(block):
            match operation:
                case Assign(targets=targets, value=value, declares=declares) if (name,) in [t.path for t in targets]:
                    if declares is not None and known.of_type(declares):
                        return True
                    return self._is_collection(value, write.span.file) or (
                        _sets_attribute(write) and self._is_own_object(value, write.span.file)
                    )
        types = [p.type for p in owner.parameters if p.name == name and p.type is not None] if owner else []
        return any(known.of_type(type_) for type_ in types)

    def _collections(self, file: str) -> Kinds:
        return kinds("collections", self.project.module(file).language)

    def _is_collection(self, value: Value, file: str) -> bool:
        match value:
            case Record() | Items():
                return True
            case Result(of=Loop(deferred=deferred)):
                return not deferred
            case Result(of=StepCall(immediate=True)) | Result(of=Await(value=Result(of=StepCall()))):
                return True
        traced = self.project.traced(value, file)
        return traced is not None and self._collections(file).of_value(traced.dotted) is not None

    def _is_own_object(self, value: Value, file: str) -> bool:
        classes = self.project.module(file).classes
        return isinstance(value, Result) and isinstance(value.of, Call) and _name_of(value.of.target) in classes

    # Reading

    def _of_module(self, write: _Write, callback: Body) -> Span | None:
        module = self.project.module(write.span.file)
        if not write.rebinds and not self._is_changeable(write, module.block, None):
            return None
        around = (*self.bodies, *(other.body for other in self.callbacks if other.body is not callback))
        for body in around:
            for ref, span in _reads(body.block, write, callback):
                if ref.origin is Origin.MODULE:
                    return span
        inside = (operation for operation in everywhere(callback.block) if operation is not write.operation)
        # `if key not in CACHE: CACHE[key] = …` remembers what can be had again.
        is_memory = any(_is_read(ref, write) for operation in inside for ref in _read_by(operation))
        return None if is_memory else self._read_elsewhere(write, module, callback)

    def _read_elsewhere(self, write: _Write, module: Module, callback: Body) -> Span | None:
        """Where the rest of the file reads a name of its top level; in Python, any other file may read it as well."""
        if module.language is Language.PYTHON:
            return write.span
        handlers = (function.handler.block for function in module.functions)
        blocks = (*handlers, *(body.block for body in module.bodies), module.block)
        found = (read for block in blocks for read in _reads(block, write, callback))
        return next((span for ref, span in found if ref.origin is Origin.MODULE), None)

    def _read_later(self, write: _Write, callback: Callback, owner: Body) -> Span | None:
        step = callback.step.span
        for ref, span in _reads(owner.block, write, callback.body):
            if not ref.is_variable:
                continue
            at = self._runs_at(span)
            later = at.start >= step.end and not _are_exclusive(owner.block, step, at)
            if (later and not _rebound(owner.block, write, step, at)) or _comes_round(owner.block, write, step, at):
                return span
        return None

    def _runs_at(self, span: Span) -> Span:
        """Where a read happens: inside a callback, where its step is taken."""
        return next((other.step.span for other in self.callbacks if other.body.span.contains(span)), span)


def _name_of(target: Value) -> str:
    return target.name if isinstance(target, Ref) and target.origin is Origin.MODULE and len(target.path) == 1 else ""


def _sets_attribute(write: _Write) -> bool:
    return isinstance(write.operation, Assign) and write.ref.attributes == len(write.ref.path)


def _reads(block: Block, write: _Write, callback: Body) -> Iterator[tuple[Ref, Span]]:
    """The reads of a name in a block, those of a callback left out."""
    used = frozenset(_used(block))
    for operation in everywhere(block):
        if callback.span.contains(operation.span):
            continue
        for ref in _read_by(operation, used):
            span = ref.span or operation.span
            if _is_read(ref, write) and not callback.span.contains(span) and not write.operation.span.contains(span):
                yield ref, span


def _is_read(ref: Ref, write: _Write) -> bool:
    if ref.name != write.ref.name:
        return False
    # Of an object, only the attribute that was set counts, and the object as a whole.
    hops = zip(ref.path, write.ref.path, strict=False)
    return not _sets_attribute(write) or all(hop == other or EACH in (hop, other) for hop, other in hops)


def _used(block: Block) -> Iterator[int]:
    """The operations whose results something is done with, by identity."""
    for operation in everywhere(block):
        # What the function of an arrow gives is as a rule not looked at: `rows.forEach((row) => seen.add(row))`.
        if not isinstance(operation, Return):
            yield from map(id, results_in(operation))
    for operation in own(block):
        if isinstance(operation, Return):
            yield from map(id, results_in(operation))


def _read_by(operation: Operation, used: Container[int] = ()) -> Iterator[Ref]:
    match operation:
        case Assign(value=value):
            yield from refs(value)
        case Call(mutates=Ref(), arguments=arguments) if id(operation) not in used:
            for argument in arguments:
                yield from refs(argument.value)
        case _:
            yield from refs_in(operation)


def _rebound(block: Block, write: _Write, step: Span, read: Span) -> bool:
    """Whether the name gets another value between a step and a read, such as what the step gave."""
    return any(
        assign.span.contains(step) or (assign.span.start >= step.end and assign.span.end <= read.start)
        for assign in _bindings(block, write.ref.name)
    )


def _bindings(block: Block, name: str) -> Iterator[Assign]:
    for operation in walk(block):
        if isinstance(operation, Assign) and not operation.updates and (name,) in [t.path for t in operation.targets]:
            yield operation


def _comes_round(block: Block, write: _Write, step: Span, read: Span) -> bool:
    """Whether a read before a step follows it in the next round of a loop, with the same value."""
    for loop in walk(block):
        if isinstance(loop, Loop) and loop.span.contains(step) and loop.span.contains(read):
            return not any(loop.span.contains(assign.span) for assign in _bindings(block, write.ref.name))
    return False


def _are_exclusive(block: Block, one: Span, other: Span) -> bool:
    """Whether two places lie in different arms of a branch."""
    for branch in walk(block):
        if isinstance(branch, Branch):
            arms = [{place for place in (one, other) if _holds(arm.block, place)} for arm in branch.arms]
            if {one} in arms and {other} in arms:
                return True
    return False


def _holds(block: Block, place: Span) -> bool:
    return any(operation.span.contains(place) for operation in everywhere(block))
