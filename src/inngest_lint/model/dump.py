"""Dumps: a module as text, free of positions and spelling, so that two front ends can be held to one."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.model.body import (
    Argument,
    Assign,
    Await,
    Block,
    Body,
    Branch,
    Call,
    Catch,
    Hole,
    Jump,
    Loop,
    Operation,
    Parallel,
    Return,
    Scope,
    StepCall,
    Throw,
    Try,
)
from inngest_lint.model.function import InngestFunction, Module, Trigger
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
    Template,
    Value,
)

# What Python users write for what any `catch` does in TypeScript.
_ANY_ERROR = (Ref(Origin.GLOBAL, ("Exception",)),)


def dump(module: Module) -> str:
    """The functions of a module, then its other bodies by name, one operation a line.

    Names of variables are numbered, so that they may be what they like.
    """
    lines: list[str] = []
    for function in sorted(module.functions, key=lambda function: "" if function.created else function.name):
        lines.extend(_function(function))
    for body in sorted(module.bodies, key=lambda body: (body.owner or "", body.name or "")):
        lines.extend(_body(f"helper {body.name}", body, _Names()))
    return "".join(f"{line}\n" for line in lines)


def _function(function: InngestFunction) -> Iterator[str]:
    identity = _Names().value(function.id.value) if function.id else function.name
    yield f"{'function' if function.created else 'uncreated function'} {identity}"
    names = _Names()
    for trigger in function.triggers:
        yield f"  trigger {_trigger(names, trigger)}"
    for entry in function.settings.entries:
        yield f"  setting {entry.key} = {names.value(entry.value)}"
    yield from _indented(_body("handler", function.handler, _Names()))
    if function.on_failure is not None:
        yield from _indented(_body("on-failure", function.on_failure, _Names()))


def _trigger(names: _Names, trigger: Trigger) -> str:
    parts = (
        ("event", trigger.event),
        ("cron", trigger.cron),
        ("if", trigger.condition),
        ("of", trigger.schema),
    )
    return " ".join(f"{key} {names.value(value)}" for key, value in parts if value is not None)


def _body(title: str, body: Body, names: _Names) -> Iterator[str]:
    yield f"{'async ' if body.is_async else ''}{title}"
    yield from _indented(names.block(body.block))


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


class _Names:
    """Numbers for the operations whose results are used, in the order they are met."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._variables: dict[str, int] = {}

    def block(self, block: Block) -> Iterator[str]:
        for operation in block:
            yield from self._operation(operation)

    def _result(self, operation: Operation) -> str:
        return f"%{self._numbers.setdefault(id(operation), len(self._numbers) + 1)}"

    def _operation(self, operation: Operation) -> Iterator[str]:
        match operation:
            case Call() | StepCall() | Await() | Assign() | Return() | Throw() | Jump() | Hole():
                yield self._line(operation)
                yield from self._closures(operation)
            case Branch() | Loop() | Scope() | Try() | Parallel():
                yield from self._compound(operation)

    def _line(self, operation: Operation) -> str:
        match operation:
            case Call(target=target, arguments=arguments):
                return f"{self._result(operation)} = call {self.value(target)}({self._arguments(arguments)})"
            case StepCall(kind=kind):
                held = (operation.id, operation.callback)
                given = (*(argument for argument in held if argument), *operation.arguments)
                return f"{self._result(operation)} = step {kind.value}({self._arguments(given)})"
            case Await(value=value):
                return f"{self._result(operation)} = await {self.value(value)}"
            case Assign(targets=targets, value=value, updates=updates):
                names = ", ".join(self.value(target) for target in targets)
                return f"{'update' if updates else 'assign'} {names} = {self.value(value)}"
            case Return(value=value):
                return "return" if value is None else f"return {self.value(value)}"
            case Throw(value=value):
                return "throw" if value is None else f"throw {self.value(value)}"
            case Jump(kind=kind):
                return kind
            case Hole(what=what):
                return f"hole {what}"
        raise AssertionError(operation)

    def _compound(self, operation: Operation) -> Iterator[str]:
        match operation:
            case Branch(arms=arms):
                yield "branch"
                for arm in arms:
                    yield "  else" if arm.test is None else f"  when {self.value(arm.test)}"
                    yield from _indented(_indented(self.block(arm.block)))
            case Loop():
                yield from self._loop(operation)
            case Scope(manager=manager, body=body):
                yield f"scope {self.value(manager)}"
                yield from _indented(self.block(body))
            case Parallel(branches=branches, over=over):
                each = "" if over is None else f" for each of {self.value(over)}"
                kind = "race" if operation.first else "parallel"
                yield f"{self._result(operation)} = {kind}{each}"
                for branch in branches:
                    yield f"  branch {self.value(branch)}"
                    yield from _indented(_indented(self._inside(branch)))
            case Try():
                yield from self._try(operation)

    def _loop(self, loop: Loop) -> Iterator[str]:
        over = "" if loop.over is None else f" over {self.value(loop.over)}"
        test = "" if loop.test is None else f" while {self.value(loop.test)}"
        gives = "" if loop.yields is None else f" gives {self.value(loop.yields)}"
        yield f"{self._result(loop)} = loop{over}{test}{gives}"
        yield from _indented(self.block(loop.body))
        if loop.yields is not None:
            yield from _indented(self._inside(loop.yields))

    def _try(self, guarded: Try) -> Iterator[str]:
        yield "try"
        yield from _indented(self.block(guarded.body))
        for catch in guarded.catches:
            swallows = " swallowing interrupts" if catch.swallows_interrupts else ""
            yield f"catch {self._caught(catch)}{swallows}"
            yield from _indented(self.block(catch.body))
        for title, block in (("otherwise", guarded.otherwise), ("finally", guarded.final)):
            if block:
                yield title
                yield from _indented(self.block(block))

    def _caught(self, catch: Catch) -> str:
        if catch.types in ((), _ANY_ERROR):
            return "any error"
        return ", ".join(self.value(type_) for type_ in catch.types)

    def _closures(self, operation: Operation) -> Iterator[str]:
        match operation:
            case Call(arguments=arguments):
                given = arguments
            case StepCall(callback=callback, arguments=arguments):
                given = (callback, *arguments) if callback else arguments
            case _:
                return
        for argument in given:
            yield from _indented(self._inside(argument.value))

    def _inside(self, value: Value) -> Iterator[str]:
        if isinstance(value, Closure):
            yield from _body("closure", value.body, self)

    def _arguments(self, arguments: tuple[Argument, ...]) -> str:
        return ", ".join(
            f"{argument.name}: {self.value(argument.value)}" if argument.name else self.value(argument.value)
            for argument in arguments
        )

    def value(self, value: Value) -> str:
        match value:
            case Constant(value=constant):
                return repr(constant)
            case Ref():
                return self._reference(value)
            case Result(of=operation, path=path):
                return ".".join((self._result(operation), *path))
            case Duration(milliseconds=milliseconds):
                return f"{milliseconds:g}ms"
            case Closure(body=body):
                return "async function" if body.is_async else "function"
            case _:
                return self._made(value)

    def _reference(self, ref: Ref) -> str:
        if ref.is_variable:
            number = self._variables.setdefault(ref.name, len(self._variables) + 1)
            return ".".join((f"{ref.origin.value}:{number}", *ref.path[1:]))
        return f"{ref.origin.value}:{'.'.join(ref.path)}"

    def _made(self, value: Value) -> str:
        match value:
            case Template(parts=parts):
                return "template(" + ", ".join(p if isinstance(p, str) else self.value(p) for p in parts) + ")"
            case Record(entries=entries, complete=complete):
                inner = [f"{entry.key}: {self.value(entry.value)}" for entry in entries]
                return "{" + ", ".join(inner if complete else [*inner, "..."]) + "}"
            case Items(values=values, ordered=ordered):
                inner = [self.value(item) for item in values]
                return ("[" if ordered else "set[") + ", ".join(inner) + "]"
            case Opaque(reads=reads):
                return "?(" + ", ".join(self.value(read) for read in reads) + ")" if reads else "?"
        raise AssertionError(value)
