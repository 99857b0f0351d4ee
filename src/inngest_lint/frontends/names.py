"""Names: what each name of a function stands for, and what it can be traced to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, Protocol

from inngest_lint.frontends.scope import Binding, Definition, Frame
from inngest_lint.frontends.vocabulary import LOGGER, Vocabulary
from inngest_lint.model.body import Await, Call, Operation
from inngest_lint.model.value import (
    CALLED,
    CALLED_WITH_ARGUMENTS,
    Closure,
    Opaque,
    Origin,
    Ref,
    Result,
    Value,
    only_import,
)
from inngest_lint.text import Span


class FileNames(Protocol):
    """What a function asks of the file it is in."""

    words: Vocabulary

    def resolve(self, name: str, span: Span) -> Value:
        """What a name of the top level stands for, or of the language itself."""

    def value_of(self, name: str) -> Value | None:
        """What a name of the top level was bound to, if only once."""

    def note(self, name: str, value: Value | None) -> None:
        """Note a value of a name of the top level."""

    def canonical(self, ref: Ref) -> Ref | None:
        """A reference traced through the values of this file's top level."""


class Names(Generic[Definition]):
    """The ground of a lowering: the function that is read, and the names in scope there.

    Operations go to `block`, in the order they happen.
    """

    module: FileNames

    def __init__(self, frame: Frame[Definition]) -> None:
        super().__init__()
        self.frame = frame
        self.block: list[Operation] = []

    def emit(self, operation: Operation) -> None:
        """Let an operation happen next."""
        self.block.append(operation)

    @contextmanager
    def nested(self) -> Iterator[list[Operation]]:
        """A block inside the current one: what happens meanwhile goes there."""
        outer, self.block = self.block, []
        try:
            yield self.block
        finally:
            self.block = outer

    @contextmanager
    def inside(self, frame: Frame[Definition]) -> Iterator[list[Operation]]:
        """The block of another function, with its names in scope."""
        outer, self.frame = self.frame, frame
        try:
            with self.nested() as block:
                yield block
        finally:
            self.frame = outer

    # Names

    def lookup(self, name: str) -> Binding | None:
        """What a function in scope knows of a name."""
        frame: Frame[Definition] | None = self.frame
        while frame is not None and name not in frame.globals:
            if name in frame.names and name not in frame.nonlocals:
                return frame.names[name]
            frame = frame.parent
        return None

    def named(self, name: str, span: Span) -> Value:
        """What a name stands for where it is read."""
        origin = Origin.LOCAL
        frame: Frame[Definition] | None = self.frame
        while frame is not None and name not in frame.globals:
            if name in frame.names and name not in frame.nonlocals:
                return self._bound(name, frame, origin, span)
            if not frame.within:
                origin = Origin.ENCLOSING
            frame = frame.parent
        return self.module.resolve(name, span)

    def _bound(self, name: str, frame: Frame[Definition], origin: Origin, span: Span) -> Value:
        if name == frame.this and frame.owner is not None:
            return Ref(Origin.SELF, (frame.owner,), 1, span)
        if name in frame.functions:
            return self.local_function(name, frame, origin, span)
        value = frame.names[name].value
        if isinstance(value, Ref) and value.origin in (Origin.CONTEXT, Origin.IMPORT, Origin.SELF):
            return Ref(value.origin, value.path, value.attributes, span)
        if isinstance(value, Closure):
            return value
        return Ref(origin, (name,), 1, span)

    def local_function(self, name: str, frame: Frame[Definition], origin: Origin, span: Span) -> Value:
        """A function defined in a function, as a value."""
        raise NotImplementedError

    def bind_name(self, name: str, value: Value | None) -> None:
        """Note a value of a name in the function it belongs to."""
        if name in self.frame.globals or name in self.frame.nonlocals:
            return
        frame: Frame[Definition] = self.frame
        while frame.within and frame.parent is not None:
            frame = frame.parent
        if frame.parent is None:
            self.module.note(name, value)
        else:
            frame.bind(name, value)

    def own(self, name: str, span: Span) -> Ref:
        """A name of this function as what an assignment to it writes to."""
        if name in self.frame.globals:
            return Ref(Origin.MODULE, (name,), 1, span)
        if name in self.frame.nonlocals:
            return Ref(Origin.ENCLOSING, (name,), 1, span)
        return Ref(Origin.MODULE if self.frame.parent is None else Origin.LOCAL, (name,), 1, span)

    # Where a value comes from

    def canonical(self, value: Value) -> Ref | None:
        """The reference a value can be traced to through names, calls and awaits."""
        match value:
            case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=path):
                return self._traced(value, path)
            case Ref():
                return self.module.canonical(value)
            case Result(of=Call() as call, path=path):
                target = self.canonical(call.target)
                if target is not None and self._wraps_logger(target, call):
                    return Ref(Origin.CONTEXT, (*LOGGER, *path))
                called = CALLED_WITH_ARGUMENTS if call.arguments else CALLED
                return target and Ref(target.origin, (*target.path, called, *path))
            case Result(of=Await(value=waited), path=path):
                base = self.canonical(waited)
                return base and Ref(base.origin, (*base.path, *path))
            case Opaque(reads=reads, either=True):
                return only_import(map(self.canonical, reads))
        return None

    def _wraps_logger(self, target: Ref, call: Call) -> bool:
        """Whether a call gives a logger that writes to the context's."""
        if target.origin is not Origin.IMPORT or target.dotted not in self.module.words.loggers:
            return False
        return Ref(Origin.CONTEXT, LOGGER) in (self.canonical(argument.value) for argument in call.arguments)

    def _traced(self, value: Ref, path: tuple[str, ...]) -> Ref | None:
        binding = self.lookup(value.name)
        if binding is None or binding.is_traced:
            return None  # `with session as session` leads back to where it came from
        binding.is_traced = True
        found = {ref for ref in map(self.canonical, binding.candidates()) if ref is not None}
        binding.is_traced = False
        if len(found) == 1:
            base = found.pop()
            return Ref(base.origin, (*base.path, *path[1:]))
        if binding.type is not None and not found:
            return Ref(binding.type.origin, (*binding.type.path, CALLED_WITH_ARGUMENTS, *path[1:]))
        return None

    def called(self, value: Value | None) -> Call | None:
        """The call a value is the result of, through names."""
        seen: set[Value] = set()
        while isinstance(value, Ref) and value not in seen:
            seen.add(value)
            value = self.bound_to(value)
        match value:
            case Result(of=Call() as call, path=()):
                return call
        return None

    def bound_to(self, name: Ref) -> Value | None:
        """The value of a name that is bound once."""
        match name:
            case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(first,)):
                binding = self.lookup(first)
                return binding.value if binding is not None else None
            case Ref(origin=Origin.MODULE, path=(first,)):
                return self.module.value_of(first)
        return None
