"""Callables: functions as values, wrapped, passed on, and handed the context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from inngest_lint.frontends.contexts import Contexts, matched
from inngest_lint.frontends.names import FileNames, Names
from inngest_lint.frontends.scope import Definition, Frame
from inngest_lint.model.body import Argument, Body, Call
from inngest_lint.model.value import Closure, Opaque, Origin, Ref, Value
from inngest_lint.text import Span


class FileFunctions(FileNames, Protocol):
    """What the calls of a function ask of the file they are in."""

    wrappers: frozenset[Ref]

    def pass_context(
        self, target: Ref, given: Sequence[tuple[str | None, tuple[str, ...] | None]], *, immediate: bool
    ) -> None:
        """A call hands parts of the context to a function of this file."""

    def holds_immediate(self, owner: str | None) -> bool:
        """Whether the steps of the context that an instance of a class holds give their results at once."""


class Callables(Names[Definition]):
    """The part of a lowering that knows which function a value runs."""

    module: FileFunctions

    def unwrapped(self, callee: Value, arguments: tuple[Argument, ...]) -> tuple[Value, tuple[Argument, ...]]:
        """What calling a value calls, with the arguments that wrappers such as `functools.partial` put first."""
        seen: set[Call] = set()
        made = self._wrapping(callee)
        while made is not None and made not in seen:
            seen.add(made)
            first, *bound = made.arguments
            callee, arguments = first.value, (*bound, *arguments)
            made = self._wrapping(callee)
        return callee, arguments

    def function_value(self, value: Value) -> Value:
        """The function that calling a value runs."""
        return self.unwrapped(value, ())[0]

    def _wrapping(self, value: Value) -> Call | None:
        """The call of a wrapper that a value is the result of."""
        made = self.called(value)
        return made if made is not None and self.wraps(made) else None

    def wraps(self, call: Call) -> bool:
        """Whether a call gives back a function that calls its first argument."""
        return bool(call.arguments) and isinstance(call.target, Ref) and call.target in self.module.wrappers

    # Context

    def with_context(self, call: Call) -> Call:
        """A call, of a function that was told what it is given of the context."""
        target = self.passing_context(call.target, call.arguments)
        if target is call.target:
            return call
        return replace(call, target=target)

    def passing_context(self, target: Value, arguments: Sequence[Argument]) -> Value:
        """The function called, told which of its parameters hold a part of the context."""
        given = [(a.name, _context_part(a.value)) for a in arguments]
        if not any(part is not None for _, part in given):
            return target
        if isinstance(target, Ref):
            self.module.pass_context(target, given, immediate=self.immediate())
        if isinstance(target, Closure) and target.body.name is not None:
            contexts = matched([p.name for p in target.body.parameters], given)
            return Closure(self.specialised(target.body, contexts, immediate=self.immediate()))
        return target

    def immediate(self) -> bool:
        """Whether a step called here gives its result at once."""
        return self.frame.steps_are_immediate or self.module.holds_immediate(self.frame.owner)

    # Functions in functions

    def defined(self, node: Definition, name: str, contexts: Contexts, *, immediate: bool | None) -> Body:
        """A function defined in a function, lowered; `contexts` are the parameters given a part of the context."""
        raise NotImplementedError

    def local_function(self, name: str, frame: Frame[Definition], origin: Origin, span: Span) -> Value:
        """A function defined in a frame, lowered now if it was not yet."""
        body = frame.lowered.get(name)
        if body is None and name not in frame.pending:
            body = self.lowered_here(name, frame, {}, immediate=None)
        # A function that calls itself, or is not lowered yet, is known by its name.
        return Ref(origin, (name,), 1, span) if body is None else Closure(body)

    def lowered_here(self, name: str, frame: Frame[Definition], contexts: Contexts, *, immediate: bool | None) -> Body:
        """A function defined in a frame, lowered in the scope it is defined in."""
        frame.pending.add(name)
        outer, self.frame = self.frame, frame
        try:
            with self.nested():
                body = self.defined(frame.functions[name], name, contexts, immediate=immediate)
        finally:
            self.frame = outer
            frame.pending.discard(name)
        frame.lowered[name] = body
        return body

    def specialised(self, body: Body, contexts: Contexts, *, immediate: bool) -> Body:
        """A local function again, with parts of the context for some of its parameters."""
        frame: Frame[Definition] | None = self.frame
        while frame is not None:
            name = next((name for name, lowered in frame.lowered.items() if lowered is body), None)
            if name is not None:
                return self._told(name, frame, contexts, immediate=immediate)
            frame = frame.parent
        return body

    def _told(self, name: str, frame: Frame[Definition], contexts: Contexts, *, immediate: bool) -> Body:
        if frame.told.get(name) == contexts:
            return frame.lowered[name]
        frame.told[name] = contexts
        return self.lowered_here(name, frame, contexts, immediate=immediate)


def _context_part(value: Value) -> tuple[str, ...] | None:
    if isinstance(value, Ref) and value.origin is Origin.CONTEXT and len(value.path) <= 1:
        return value.path
    return None


def changed_in_place(receiver: Value | None) -> Ref | None:
    """What a method that changes its receiver changes; of `groups[key]` it is an item of `groups`."""
    match receiver:
        case Ref() as changed:
            return changed
        case Opaque(reads=(Ref() as changed, *_)):
            return changed
    return None
