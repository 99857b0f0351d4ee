"""Calls: what a call in Python is to Inngest: a step, parallel steps, a function's creation, or just a call."""

from __future__ import annotations

import libcst as cst

from inngest_lint.frontends.callables import changed_in_place
from inngest_lint.frontends.options import options_of
from inngest_lint.frontends.python.creation import Creations
from inngest_lint.model.body import Argument, Call, Operation
from inngest_lint.model.value import Constant, Duration, Origin, Ref, Result, Value
from inngest_lint.text import Span

_TIMEDELTA = ("datetime", "timedelta")
_MILLISECONDS = {
    "days": 86_400_000.0,
    "seconds": 1000.0,
    "microseconds": 0.001,
    "milliseconds": 1.0,
    "minutes": 60_000.0,
    "hours": 3_600_000.0,
    "weeks": 604_800_000.0,
}
# In the order in which `timedelta` takes them.
_PLACES = tuple(_MILLISECONDS)


class Calls(Creations):
    """The part of the lowering that reads calls."""

    def call(self, node: cst.Call) -> Value:
        """What a call gives, with all that it is to Inngest taken note of."""
        receiver: Value | None = None
        if isinstance(node.func, cst.Attribute):
            receiver = self.value(node.func.value)
            callee = self._hop(receiver, node.func.attr.value, node.func, dot=True)
        else:
            callee = self.value(node.func)
        arguments = tuple(self._argument(argument) for argument in node.args)
        return self._apply(node, callee, receiver, arguments)

    def _argument(self, node: cst.Arg) -> Argument:
        name = node.keyword.value if node.keyword else None
        span = self.span(node.value)
        if node.keyword is not None:
            span = Span(span.file, self.span(node.keyword).start, span.end)
        return Argument(name, self.value(node.value), span, spread=bool(node.star))

    def _apply(self, node: cst.Call, callee: Value, receiver: Value | None, arguments: tuple[Argument, ...]) -> Value:
        callee, arguments = self.unwrapped(callee, arguments)
        step = self.step_called(node, callee, arguments)
        if step is not None:
            return self._happened(step)
        target = self.canonical(callee) or callee
        if isinstance(target, Ref):
            self.module.attribute(target)
        step = self.decorated_step(node, target, arguments)
        if step is not None:
            return self._happened(step)
        spelling = self.spelled(node)
        mutates = changed_in_place(receiver) if spelling.rpartition(".")[2] in self.module.words.mutators else None
        head = self.span(node.func)
        call = Call(self.span(node), target, arguments, spelling, receiver, mutates=mutates, head=head)
        value = self._plain(node, call)
        made = self.called(callee)
        if made is not None and arguments and self.is_creation(made):
            self.declare_applied(made, arguments[0])
        return value

    def _happened(self, operation: Operation) -> Value:
        self.emit(operation)
        return Result(operation)

    def _plain(self, node: cst.Call, call: Call) -> Value:
        call = self.with_context(call)
        self.emit(call)
        self._note_growth(call)
        self._note_options(call)
        if self.is_creation(call):
            self.module.note_client(call)
        return _duration(call) or self.partial_step(call) or Result(call)

    def _note_growth(self, call: Call) -> None:
        match call:
            case Call(receiver=Ref(origin=Origin.LOCAL, path=(name,)), arguments=(argument,)) if call.spelling.endswith(
                ".append"
            ):
                binding = self.lookup(name)
                if binding is not None:
                    binding.added.append(argument)

    def _note_options(self, call: Call) -> None:
        if not isinstance(call.target, Ref) or call.target.origin is not Origin.IMPORT:
            return
        options = options_of(self.module.words, call.target.path, call.span, call.arguments)
        if options is not None:
            self.module.note_options(options)


def _duration(call: Call) -> Duration | None:
    """`datetime.timedelta(…)` of constants."""
    if not isinstance(call.target, Ref) or call.target.path != _TIMEDELTA or len(call.arguments) > len(_PLACES):
        return None
    total = 0.0
    for place, argument in zip(_PLACES, call.arguments, strict=False):
        factor = _MILLISECONDS.get(argument.name or place)
        if factor is None or argument.spread or not isinstance(argument.value, Constant):
            return None
        if not isinstance(argument.value.value, (int, float)):
            return None
        total += argument.value.value * factor
    return Duration(total)
