"""Permanence: values that are the same in every retry of a function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from inngest_lint.effects import Effect
from inngest_lint.model.body import Assign, Await, Body, Call, Loop, Parallel, StepCall
from inngest_lint.model.value import Closure, Constant, Items, Opaque, Origin, Record, Ref, Result, Template, Value
from inngest_lint.model.walk import closures_in, everywhere, refs_in, walk
from inngest_lint.project.calls import Calls

_UNDEFINED = ("undefined",)
_EVENT = ("event", "events")
# What makes values of values, and nothing else.
_FUNCTIONS = frozenset(
    {"Array.isArray", "Boolean", "Number", "Number.isNaN", "Object.keys", "Object.values", "String", "all", "any"}
) | frozenset({"bool", "dict", "float", "int", "isinstance", "len", "list", "set", "sorted", "str", "tuple"})
_PLAIN = frozenset({"at", "endsWith", "endswith", "find", "get", "includes", "keys", "length", "lower", "some"}) | (
    frozenset({"safeParse", "startsWith", "startswith", "strip", "toLowerCase", "trim", "values"})
)
_ASKS = frozenset({"isinstance"})
# Names that stand for each other in a circle end here.
_DEEPEST = 12


@dataclass(frozen=True)
class Permanence:
    """What is known in a handler: the data of its event never changes, and neither does what its steps gave."""

    entry: Body
    calls: Calls

    def holds(self, value: Value) -> bool:
        """Whether a value is the same in every retry, and depends on the event or on a step."""
        return self._is_fixed(value, _DEEPEST)

    def _is_fixed(self, value: Value, left: int) -> bool:
        if not left:
            return False
        match value:
            case Constant():
                return True
            case Ref():
                return self._is_fixed_name(value, left - 1)
            case Result(of=of):
                return self._is_fixed_result(of, left - 1)
            case Opaque(reads=inner) | Items(values=inner):
                return bool(inner) and all(self._is_fixed(part, left - 1) for part in inner)
            case Template(parts=parts):
                return all(isinstance(part, str) or self._is_fixed(part, left - 1) for part in parts)
            case Record(entries=entries):
                return all(self._is_fixed(entry.value, left - 1) for entry in entries)
            case Closure(body=body):
                # `(row) => !row.id`, but nothing that calls or reads anything else.
                operations = tuple(everywhere(body.block))
                outer = (ref for o in operations for ref in refs_in(o) if ref.origin is not Origin.LOCAL)
                return not any(isinstance(o, (Call, StepCall)) for o in operations) and not any(outer)
        return False

    def _is_fixed_name(self, ref: Ref, left: int) -> bool:
        match ref.origin:
            case Origin.CONTEXT:
                return ref.name in _EVENT
            case Origin.MODULE:
                return isinstance(self.calls.bound(ref, self.entry.span.file), (Constant, Items))
            case Origin.GLOBAL:
                return ref.path == _UNDEFINED
            case Origin.LOCAL | Origin.ENCLOSING:
                given = self._given.get(ref.name, ())
                return bool(given) and all(value is not None and self._is_fixed(value, left) for value in given)
        return False

    def _is_fixed_result(self, of: object, left: int) -> bool:
        match of:
            case StepCall():
                return True
            case Await(value=Result(of=StepCall(), path=())):
                return True
            case Await(value=Result(of=Parallel() as parallel, path=())):
                return _is_all_steps(parallel)
            case Call():
                return self._is_fixed_call(of, left)
        return False

    def _is_fixed_call(self, call: Call, left: int) -> bool:
        given = [argument.value for argument in call.arguments]
        ref = self.calls.canonical(call.target, call.span.file)
        if ref is not None and ref.origin is Origin.GLOBAL and ref.dotted in _FUNCTIONS:
            # What a thing is held against: `isinstance(order, str)`.
            known = given[:1] if ref.dotted in _ASKS else given
            return bool(known) and all(self._is_fixed(value, left) for value in known)
        if call.receiver is None:
            is_plain = self.calls.classify(call) is Effect.PURE
        else:
            is_plain = call.spelling.rpartition(".")[2] in _PLAIN
            given.append(call.receiver)
        return is_plain and all(self._is_fixed(value, left) for value in given)

    @cached_property
    def _given(self) -> dict[str, list[Value | None]]:
        """What each name of the handler, its closures included, is ever given."""
        given: dict[str, list[Value | None]] = {}
        for operation in everywhere(self.entry.block):
            match operation:
                case Assign(targets=targets, value=value, updates=updates):
                    for target in targets:
                        if target.is_variable:
                            given.setdefault(target.name, []).append(None if updates else value)
                case Loop(binds=binds, over=over):
                    for bind in binds:
                        given.setdefault(bind.name, []).append(over)
            for closure in closures_in(operation):
                for parameter in closure.parameters:
                    given.setdefault(parameter.name, []).append(parameter.default)
        return given


def _is_all_steps(parallel: Parallel) -> bool:
    """Whether each branch only gives what a step gives."""
    inside = [o for o in walk((parallel,)) if isinstance(o, (Call, StepCall))]
    return bool(inside) and all(isinstance(o, StepCall) for o in inside)
