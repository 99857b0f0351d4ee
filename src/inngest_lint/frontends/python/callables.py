"""Callables: functions as values, wrapped, passed on, and handed the context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inngest_lint.frontends.python.contexts import Contexts, matched
from inngest_lint.frontends.python.expressions import Expressions
from inngest_lint.model.body import Argument, Body, Call
from inngest_lint.model.value import Closure, Origin, Ref, Value


class Callables(Expressions):
    """The part of the lowering that knows which function a value runs."""

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

    def specialised(self, body: Body, contexts: Contexts, *, immediate: bool) -> Body:
        """A local function again, with parts of the context for some of its parameters."""
        raise NotImplementedError

    def immediate(self) -> bool:
        """Whether a step called here gives its result at once."""
        return self.frame.steps_are_immediate or self.module.classes.is_immediate(self.frame.owner)


def _context_part(value: Value) -> tuple[str, ...] | None:
    if isinstance(value, Ref) and value.origin is Origin.CONTEXT and len(value.path) <= 1:
        return value.path
    return None
