"""Calls: what a call in TypeScript is to Inngest: a step, parallel steps, a function's creation, or just a call."""

from __future__ import annotations

from tree_sitter import Node

from inngest_lint.frontends.callables import changed_in_place
from inngest_lint.frontends.typescript.creation import Creations
from inngest_lint.frontends.typescript.scope import bare, text
from inngest_lint.frontends.typescript.steps import arguments_of
from inngest_lint.frontends.typescript.tree import operand
from inngest_lint.model.body import Argument, Call, StepKind
from inngest_lint.model.value import Constant, Opaque, Origin, Ref, Result, Value
from inngest_lint.text import Span

_FETCH = ("inngest", "fetch")
_VOID = ("void",)


class Calls(Creations):
    """The part of the lowering that reads calls."""

    def call(self, node: Node) -> Value:
        """What a call gives, with all that it is to Inngest taken note of."""
        called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        if called is None:
            return Opaque()
        loaded = self._loaded(node, called)
        if loaded is not None:
            return loaded
        called = bare(operand(called) if called.id in self.put_right else called)
        receiver: Value | None = None
        if called.type == "member_expression":
            receiver = self.field(called, "object")
            callee = self.member(receiver, called)
        else:
            callee = self.value(called)
        if self.is_creation(node, callee):
            return self.create(node, callee)
        together = self.together(node, callee)
        if together is not None:
            return together
        return self.applied(node, callee, receiver, self._arguments(node))

    def _loaded(self, node: Node, called: Node) -> Value | None:
        """The module that `import("x")` or `require("x")` gives."""
        if called.type != "import" and text(called) != "require":
            return None
        given = [self.value(child) for child in arguments_of(node)]
        target = Ref(Origin.GLOBAL, ("import" if called.type == "import" else "require",), 1)
        arguments = tuple(
            Argument(None, value, self.span(child)) for value, child in zip(given, arguments_of(node), strict=True)
        )
        result = self.happened(Call(self.span(node), target, arguments, text(called)))
        first = given[0] if given else None
        if not isinstance(first, Constant) or not isinstance(first.value, str):
            return result
        return Ref(Origin.IMPORT, (first.value.removeprefix("node:"),), 1)

    def _arguments(self, node: Node) -> tuple[Argument, ...]:
        given = node.child_by_field_name("arguments")
        if given is not None and given.type == "template_string":
            values = [child for child in given.named_children if child.type == "template_substitution"]
            return tuple(Argument(None, self._template_part(child), self.span(child)) for child in values)
        return tuple(self._argument(child) for child in arguments_of(node))

    def _template_part(self, node: Node) -> Value:
        inner = node.named_children
        return self.value(inner[0]) if inner else Opaque()

    def _argument(self, node: Node) -> Argument:
        if node.type != "spread_element":
            return Argument(None, self.value(node), self.span(node))
        inner = node.named_children
        return Argument(None, self.value(inner[0]) if inner else Opaque(), self.span(node), spread=True)

    def applied(self, node: Node, callee: Value, receiver: Value | None, arguments: tuple[Argument, ...]) -> Value:
        """What a call gives, whose parts are known."""
        if isinstance(callee, Ref) and callee.origin is Origin.IMPORT and callee.path == _FETCH:
            callee = Ref(Origin.CONTEXT, ("step", StepKind.FETCH.value), 2)
        step = self.step_called(node, callee, arguments)
        if step is not None:
            return self.happened(step)
        target = self.canonical(callee) or callee
        if isinstance(target, Ref):
            self.module.attribute(target)
        spelling = self.spelled(node)
        mutates = self._mutated(target, spelling, receiver, arguments)
        head = self.head(node)
        made = Call(self.span(node), target, arguments, spelling, receiver, mutates=mutates, head=head)
        call = self.handing_on(made)
        self.emit(call)
        self._note_growth(call)
        self.note_called(call)
        return Result(call)

    def _mutated(
        self, target: Value, spelling: str, receiver: Value | None, arguments: tuple[Argument, ...]
    ) -> Ref | None:
        """What a call changes in place: what a method is called on, or what `Object.assign` is given first."""
        if spelling.rpartition(".")[2] in self.module.words.mutators:
            return changed_in_place(receiver)
        if not arguments or not isinstance(target, Ref) or target.origin is not Origin.GLOBAL:
            return None
        return changed_in_place(arguments[0].value) if target.dotted in self.module.words.changers else None

    def discarded(self, span: Span, value: Value) -> Value:
        """`void promise`: a value that is given up on purpose."""
        argument = Argument(None, value, span)
        return self.happened(Call(span, Ref(Origin.GLOBAL, _VOID, 1), (argument,), "void"))

    def handing_on(self, call: Call) -> Call:
        """A call, of a function that was told what it is given of the context."""
        raise NotImplementedError

    def _note_growth(self, call: Call) -> None:
        match call:
            case Call(receiver=Ref(origin=Origin.LOCAL, path=(name,)), arguments=(argument,)) if (
                call.spelling == f"{name}.push"
            ):
                binding = self.lookup(name)
                if binding is not None:
                    binding.added.append(argument)
