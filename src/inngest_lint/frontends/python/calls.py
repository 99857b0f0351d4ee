"""Calls: what a call in Python is to Inngest: a step, parallel steps, a function's creation, or just a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypedDict

import libcst as cst

from inngest_lint.frontends.python.expressions import Expressions
from inngest_lint.frontends.python.functions import Handled, inngest_function
from inngest_lint.frontends.vocabulary import StepMethod
from inngest_lint.model.body import Argument, Body, Call, Hole, Loop, Operation, Parallel, Return, StepCall
from inngest_lint.model.function import Options
from inngest_lint.model.value import (
    Closure,
    Constant,
    Duration,
    Items,
    Opaque,
    Origin,
    Record,
    Ref,
    Result,
    Value,
)
from inngest_lint.model.walk import everywhere, members
from inngest_lint.text import Span

Contexts = Mapping[str, tuple[str, ...]]

_PARALLEL = (("group", "parallel"), ("step", "parallel"))
_STEP_RUN = ("step", "run")
_TIMEDELTA = ("datetime", "timedelta")
_MILLISECONDS = {
    "weeks": 604_800_000.0,
    "days": 86_400_000.0,
    "hours": 3_600_000.0,
    "minutes": 60_000.0,
    "seconds": 1000.0,
    "milliseconds": 1.0,
    "microseconds": 0.001,
}


class HandlerContexts(TypedDict):
    """The parameters of a handler that hold a part of the context, and whether its steps give results at once."""

    contexts: Contexts
    immediate: bool


def handler_contexts(node: cst.FunctionDef, *, is_method: bool) -> HandlerContexts:
    """What Inngest hands to a handler: the context, and before version 0.5 the step tools."""
    listed = [*node.params.posonly_params, *node.params.params][is_method:]
    parts: tuple[tuple[str, ...], ...] = ((), ("step",))
    contexts = {parameter.name.value: part for parameter, part in zip(listed, parts, strict=False)}
    return {"contexts": contexts, "immediate": node.asynchronous is None}


class Calls(Expressions):
    """The part of the lowering that reads calls."""

    def call(self, node: cst.Call) -> Value:
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
        callee, arguments = self._unwrapped(callee, arguments)
        spelling = self.module.source.slice(self.span(node.func))
        if isinstance(callee, Ref) and callee.origin is Origin.CONTEXT:
            method = self.module.words.steps.get(callee.path)
            if method is not None:
                return self._happened(self._step(self.span(node), method, arguments, spelling))
            if callee.path in _PARALLEL:
                return self._happened(self._parallel(self.span(node), arguments))
        target = self.canonical(callee) or callee
        if isinstance(target, Ref):
            self.module.attribute(target)
        step = self._step_of(target)
        if step is not None:
            return self._happened(self._decorated_step(node, step, target, arguments, spelling))
        mutates = _changed(receiver) if spelling.rpartition(".")[2] in self.module.words.mutators else None
        value = self._plain(node, Call(self.span(node), target, arguments, spelling, receiver, mutates=mutates))
        made = self.called(callee)
        if made is not None and arguments and self._is_creation(made):
            self._declare_applied(made, arguments[0])
        return value

    def _happened(self, operation: Operation) -> Value:
        self.emit(operation)
        return Result(operation)

    def _plain(self, node: cst.Call, call: Call) -> Value:
        call = self._with_context(call)
        self.emit(call)
        self._note_growth(call)
        self._note_options(node, call)
        if self._is_creation(call):
            self.module.note_client(call)
        return _duration(call) or self._partial_step(call) or Result(call)

    # Functions as values

    def called(self, value: Value | None) -> Call | None:
        """The call a value is the result of, through names."""
        seen: set[Value] = set()
        while isinstance(value, Ref) and value not in seen:
            seen.add(value)
            value = self._bound_to(value)
        match value:
            case Result(of=Call() as call, path=()):
                return call
        return None

    def _bound_to(self, name: Ref) -> Value | None:
        """The value of a name that is bound once."""
        match name:
            case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(first,)):
                binding = self.lookup(first)
                return binding.value if binding is not None else None
            case Ref(origin=Origin.MODULE, path=(first,)):
                return self.module.value_of(first)
        return None

    def _unwrapped(self, callee: Value, arguments: tuple[Argument, ...]) -> tuple[Value, tuple[Argument, ...]]:
        made = self.called(callee)
        if made is None or not self._wraps(made) or not made.arguments:
            return callee, arguments
        first, *bound = made.arguments
        return self._unwrapped(first.value, (*bound, *arguments))

    def _wraps(self, call: Call) -> bool:
        return isinstance(call.target, Ref) and call.target in self.module.wrappers

    def function_value(self, value: Value) -> Value:
        """The function that calling a value runs, where a wrapper such as `functools.partial` made it."""
        made = self.called(value)
        if made is not None and self._wraps(made) and made.arguments:
            return self.function_value(made.arguments[0].value)
        return value

    def _partial_step(self, call: Call) -> Value | None:
        """`functools.partial(ctx.step.run, …)`: a closure that runs the step when it is called."""
        if not self._wraps(call) or not call.arguments:
            return None
        first, *bound = call.arguments
        method = self._step_method(first.value)
        if method is None:
            return None
        step = self._step(call.span, method, tuple(bound), self.module.source.slice(first.span))
        block = (step, Return(call.span, Result(step)))
        return Closure(Body(call.span, None, call.span, (), is_async=False, block=block, owner=self.frame.owner))

    def _step_method(self, value: Value) -> StepMethod | None:
        if isinstance(value, Ref) and value.origin is Origin.CONTEXT:
            return self.module.words.steps.get(value.path)
        return None

    # Steps

    def _step(self, span: Span, method: StepMethod, arguments: Sequence[Argument], spelling: str) -> StepCall:
        named = _named(method, arguments)
        identity = next((a for a in named if a.name == "id"), None)
        callback = next((a for a in named if a.name == "callback"), None)
        rest = tuple(a for a in named if a.name not in ("id", "callback"))
        if callback is not None:
            callback = self._callback(callback, rest)
        return StepCall(span, method.kind, identity, callback, rest, spelling, self._immediate())

    def _immediate(self) -> bool:
        return self.frame.steps_are_immediate or self.module.class_is_immediate(self.frame.owner)

    def _callback(self, callback: Argument, rest: Sequence[Argument]) -> Argument:
        value = self._passing_context(self._method(self.function_value(callback.value)), rest)
        return Argument(callback.name, value, callback.span, callback.spread)

    def _method(self, value: Value) -> Value:
        """The method that `Jobs().load`, or `jobs.load` with `jobs = Jobs()`, stands for."""
        match value:
            case Ref(origin=Origin.MODULE | Origin.LOCAL | Origin.ENCLOSING, path=(_, _)) | Result(path=(_,)):
                found = self.canonical(value)
                if found is not None and found.origin is Origin.MODULE:
                    self.module.attribute(found)
                    return found
        return value

    def _step_of(self, target: Value) -> Argument | None:
        """The id that a decorator gives to a function whose calls are steps."""
        match target:
            case Ref(origin=Origin.MODULE, path=(name,)):
                return self.module.step_id(name)
            case Closure(body=body):
                return self.module.step_ids.get(id(body))
        return None

    def _decorated_step(
        self, node: cst.Call, step: Argument, target: Value, arguments: tuple[Argument, ...], spelling: str
    ) -> StepCall:
        method = self.module.words.steps[_STEP_RUN]
        callback = Argument("callback", target, self.span(node.func))
        return StepCall(self.span(node), method.kind, step, callback, arguments, spelling, self._immediate())

    def _parallel(self, span: Span, arguments: Sequence[Argument]) -> Parallel:
        given = next((a.value for a in arguments if a.name in (None, "callables")), Opaque())
        branches, over = self._branches(given)
        return Parallel(span, tuple(self.function_value(branch) for branch in branches), over)

    def _branches(self, value: Value) -> tuple[tuple[Value, ...], Value | None]:
        match value:
            case Items(values=values):
                return values, None
            case Result(of=Loop(yields=yields, over=over)) if yields is not None:
                return (yields,), over
            case Result(of=Call(target=Ref(origin=Origin.GLOBAL, path=(name,)), arguments=(first,))) if (
                name in self.module.words.copies
            ):
                return self._branches(first.value)
            case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(name,)):
                return self._collected(value, name)
        return (value,), None

    def _collected(self, value: Value, name: str) -> tuple[tuple[Value, ...], Value | None]:
        binding = self.lookup(name)
        if binding is None or binding.value is None or binding.is_traced:
            return (value,), None
        binding.is_traced = True
        branches, over = self._branches(binding.value)
        binding.is_traced = False
        return (*branches, *(argument.value for argument in binding.added)), over

    def _note_growth(self, call: Call) -> None:
        match call:
            case Call(receiver=Ref(origin=Origin.LOCAL, path=(name,)), arguments=(argument,)) if call.spelling.endswith(
                ".append"
            ):
                binding = self.lookup(name)
                if binding is not None:
                    binding.added.append(argument)

    # Context

    def _with_context(self, call: Call) -> Call:
        target = self._passing_context(call.target, call.arguments)
        if target is call.target:
            return call
        return replace(call, target=target)

    def _passing_context(self, target: Value, arguments: Sequence[Argument]) -> Value:
        """The function called, told which of its parameters hold a part of the context."""
        given = [(a.name, _context_part(a.value)) for a in arguments]
        if not any(part is not None for _, part in given):
            return target
        if isinstance(target, Ref):
            self.module.pass_context(target, given, immediate=self._immediate())
        if isinstance(target, Closure) and target.body.name is not None:
            contexts = matched([p.name for p in target.body.parameters], given)
            return Closure(self.specialised(target.body, contexts, immediate=self._immediate()))
        return target

    def specialised(self, body: Body, contexts: Contexts, *, immediate: bool) -> Body:
        """A local function again, with parts of the context for some of its parameters."""
        raise NotImplementedError

    # Creation

    def _is_creation(self, call: Call) -> bool:
        if call.spelling.rpartition(".")[2] != self.module.words.create and not (
            isinstance(call.target, Ref) and call.target.path[-1:] == (self.module.words.create,)
        ):
            return False
        named = {argument.name for argument in call.arguments}
        spread = any(argument.spread for argument in call.arguments)
        return self.module.words.id in named or self.module.words.triggers in named or spread

    def creation(self, decorators: Sequence[Value]) -> Call | None:
        """The creation of an Inngest function among the values that decorate a definition."""
        for value in decorators:
            for member in members(value):
                made = self.called(member)
                found = made and self._creation_in(made)
                if found:
                    return found
        return None

    def _creation_in(self, call: Call) -> Call | None:
        if self._is_creation(call):
            return call
        # A decorator of the user's own, which creates the function inside.
        factory = self.module.function_body(call.target)
        if factory is None:
            return None
        inside = everywhere(factory.block)
        return next((o for o in inside if isinstance(o, Call) and self._is_creation(o)), None)

    def _declare_applied(self, creation: Call, handler: Argument) -> None:
        value = self.function_value(handler.value)
        if isinstance(value, Ref) and value.origin in (Origin.LOCAL, Origin.ENCLOSING):
            return  # a factory's parameter: what the factory decorates is declared where it is used
        body = self.handler(value)
        name = (body.name if body else None) or self.module.source.slice(handler.span)
        self.declare(creation, Handled(body or _unknown(handler.span), name, handler.span))

    def handler(self, value: Value) -> Body | None:
        """A function as the handler Inngest calls."""
        match self.function_value(value):
            case Closure(body=body):
                parts: tuple[tuple[str, ...], ...] = ((), ("step",))
                contexts = {p.name: part for p, part in zip(body.parameters, parts, strict=False)}
                return self.specialised(body, contexts, immediate=not body.is_async) if contexts else body
            case Ref() as ref:
                return self.module.handler(ref)
        return None

    def declare(self, creation: Call, handler: Handled) -> None:
        """An Inngest function was found."""
        creation = self._resolved(creation)
        failure = creation.argument(self.module.words.on_failure)
        body = self.handler(failure.value) if failure is not None else None
        on_failure = Handled(body, body.name or "", failure.span) if failure is not None and body is not None else None
        self.module.declare(inngest_function(self.module.words, creation, handler, on_failure))

    def _resolved(self, call: Call) -> Call:
        """A call with its arguments followed through names, and those it unpacks listed."""
        arguments: list[Argument] = []
        for argument in call.arguments:
            value = self._known(argument.value)
            if argument.spread and isinstance(value, Record) and value.complete:
                arguments.extend(Argument(e.key, self._known(e.value), argument.span) for e in value.entries)
            else:
                arguments.append(replace(argument, value=value))
        return replace(call, arguments=tuple(arguments))

    def _known(self, value: Value, *through: Ref) -> Value:
        """A value, or what the name it is was bound to once."""
        match value:
            case Items(values=values):
                return Items(tuple(self._known(item, *through) for item in values), value.ordered)
            case Ref() if value not in through:
                bound = self._bound_to(value)
                return value if bound is None else self._known(bound, value, *through)
        return value

    def _note_options(self, node: cst.Call, call: Call) -> None:
        if not isinstance(call.target, Ref) or call.target.origin is not Origin.IMPORT:
            return
        option = self.module.words.options.get(call.target.path)
        if option is None:
            return
        named = {argument.name: argument for argument in call.arguments if argument.name is not None}
        unknown = tuple(argument for name, argument in named.items() if name not in option.accepts)
        name = self.span(node.func)
        self.module.note_options(
            Options(call.span, call.target.path[-1], name, option.accepts, tuple(named), unknown, option.mistaken)
        )


def _named(method: StepMethod, arguments: Sequence[Argument]) -> list[Argument]:
    named = []
    for index, argument in enumerate(arguments):
        name = argument.name
        if name is None and index < len(method.parameters) and not argument.spread:
            name = method.parameters[index]
        named.append(
            Argument(method.names.get(name, name) if name else None, argument.value, argument.span, argument.spread)
        )
    return named


def _context_part(value: Value) -> tuple[str, ...] | None:
    if isinstance(value, Ref) and value.origin is Origin.CONTEXT and len(value.path) <= 1:
        return value.path
    return None


def matched(
    parameters: Sequence[str], given: Sequence[tuple[str | None, tuple[str, ...] | None]]
) -> dict[str, tuple[str, ...]]:
    """The parameters that are given a part of the context."""
    contexts: dict[str, tuple[str, ...]] = {}
    for index, (name, part) in enumerate(given):
        known = name or (parameters[index] if index < len(parameters) else None)
        if part is not None and known is not None and known in parameters:
            contexts[known] = part
    return contexts


def _changed(receiver: Value | None) -> Ref | None:
    """What a method that changes its receiver changes; of `groups[key]` it is an item of `groups`."""
    match receiver:
        case Ref() as changed:
            return changed
        case Opaque(reads=(Ref() as changed, *_)):
            return changed
    return None


def _unknown(span: Span) -> Body:
    return Body(span, None, span, (), is_async=False, block=(Hole(span, "handler"),))


def _duration(call: Call) -> Duration | None:
    """`datetime.timedelta(…)` of constants."""
    if not isinstance(call.target, Ref) or call.target.path != _TIMEDELTA:
        return None
    positional = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
    total = 0.0
    for index, argument in enumerate(call.arguments):
        unit = argument.name or positional[min(index, 6)]
        if not isinstance(argument.value, Constant) or not isinstance(argument.value.value, (int, float)):
            return None
        total += argument.value.value * _MILLISECONDS.get(unit, 0.0)
    return Duration(total)
