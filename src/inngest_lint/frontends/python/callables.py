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
        made = self.called(callee)
        if made is None or not self.wraps(made) or not made.arguments:
            return callee, arguments
        first, *bound = made.arguments
        return self.unwrapped(first.value, (*bound, *arguments))

    def wraps(self, call: Call) -> bool:
        return isinstance(call.target, Ref) and call.target in self.module.wrappers

    def function_value(self, value: Value) -> Value:
        """The function that calling a value runs, where a wrapper such as `functools.partial` made it."""
        made = self.called(value)
        if made is not None and self.wraps(made) and made.arguments:
            return self.function_value(made.arguments[0].value)
        return value

    # Context

    def with_context(self, call: Call) -> Call:
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
        return self.frame.steps_are_immediate or self.module.class_is_immediate(self.frame.owner)


def _context_part(value: Value) -> tuple[str, ...] | None:
    if isinstance(value, Ref) and value.origin is Origin.CONTEXT and len(value.path) <= 1:
        return value.path
    return None
