"""Steps: the calls that Inngest remembers the results of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from inngest_lint.frontends.callables import Callables
from inngest_lint.frontends.python.expressions import Expressions
from inngest_lint.frontends.spelling import condensed
from inngest_lint.frontends.vocabulary import StepMethod
from inngest_lint.model.body import Argument, Body, Call, Loop, Operation, Parallel, Return, StepCall
from inngest_lint.model.value import Closure, Items, Opaque, Origin, Ref, Result, Value
from inngest_lint.text import Span

if TYPE_CHECKING:
    from inngest_lint.frontends.python.module import ModuleScope

_PARALLEL = (("group", "parallel"), ("step", "parallel"))
_RACE = ("ParallelMode", "RACE")
_STEP_RUN = ("step", "run")


class Steps(Expressions, Callables[cst.FunctionDef]):
    """The part of the lowering that reads step calls."""

    module: ModuleScope

    def step_called(self, node: cst.Call, callee: Value, arguments: tuple[Argument, ...]) -> Operation | None:
        """The step, or the parallel steps, that calling a part of the context is."""
        if not isinstance(callee, Ref) or callee.origin is not Origin.CONTEXT:
            return None
        method = self.module.words.steps.get(callee.path)
        if method is not None:
            return self._step(self.span(node), method, arguments, self.spelled(node))
        if callee.path not in _PARALLEL:
            return None
        return self._parallel(self.span(node), arguments, callee.dotted)

    def decorated_step(self, node: cst.Call, target: Value, arguments: tuple[Argument, ...]) -> StepCall | None:
        """The step that calling a function is, where a decorator makes each call of it one."""
        step = self._step_of(target)
        return self._decorated(node, step, target, arguments) if step is not None else None

    def step_decoration(self, decorator: Value) -> Argument | None:
        """The id that a decorator gives to the calls of what it decorates, where it makes them steps."""
        call = self.called(decorator)
        if (
            call is None
            or not isinstance(call.target, Ref)
            or call.target.dotted not in self.module.words.step_decorators
        ):
            return None
        given = call.argument("step_id", 0)
        return given and replace(given, name="id")

    def spelled(self, node: cst.Call) -> str:
        """What is called, as the user wrote it."""
        return condensed(self.module.source.slice(self.span(node.func)))

    def partial_step(self, call: Call) -> Value | None:
        """`functools.partial(ctx.step.run, …)`: a closure that runs the step when it is called."""
        if not self.wraps(call):
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

    def _step(self, span: Span, method: StepMethod, arguments: Sequence[Argument], spelling: str) -> StepCall:
        named = _named(method, arguments)
        identity = next((a for a in named if a.name == "id"), None)
        callback = next((a for a in named if a.name == "callback"), None)
        rest = tuple(a for a in named if a.name not in ("id", "callback"))
        if callback is not None:
            callback = self._callback(callback, rest)
        return StepCall(span, method.kind, identity, callback, rest, spelling, self.immediate())

    def _callback(self, callback: Argument, rest: Sequence[Argument]) -> Argument:
        value = self.passing_context(self._method(self.function_value(callback.value)), rest)
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

    def _decorated(self, node: cst.Call, step: Argument, target: Value, arguments: tuple[Argument, ...]) -> StepCall:
        method = self.module.words.steps[_STEP_RUN]
        callback = Argument("callback", target, self.span(node.func))
        return StepCall(self.span(node), method.kind, step, callback, arguments, self.spelled(node), self.immediate())

    def _parallel(self, span: Span, arguments: Sequence[Argument], spelling: str) -> Parallel:
        given = next((a.value for a in arguments if a.name in (None, "callables")), Opaque())
        branches, over = self._branches(given)
        mode = next((a.value for a in arguments if a.name == "parallel_mode"), None)
        first = isinstance(mode, Ref) and mode.path[-2:] == _RACE
        found = tuple(self.function_value(branch) for branch in branches)
        return Parallel(span, found, over, first, grouped=True, spelling=spelling)

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
