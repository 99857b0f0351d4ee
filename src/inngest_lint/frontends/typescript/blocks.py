"""Blocks: the branches, loops and guards of TypeScript, and the names that are theirs alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tree_sitter import Node

from inngest_lint.frontends.typescript.definitions import Definitions
from inngest_lint.frontends.typescript.scope import DECLARATIONS, Declared, declared, target_names
from inngest_lint.frontends.typescript.tree import code
from inngest_lint.model.body import Arm, Block, Branch, Catch, Loop, Scope, Try
from inngest_lint.model.value import Constant, Opaque, Value
from inngest_lint.text import Span

_NO_BREAK = frozenset({"break_statement"})
# What may stand before the first round of a loop and is no expression.
_STATEMENTS = DECLARATIONS | {"expression_statement", "empty_statement"}


class Blocks(Definitions):
    """The part of the lowering that reads statements with others in them."""

    def statement(self, node: Node) -> None:
        """Lower one statement."""
        raise NotImplementedError

    @contextmanager
    def declaring(self, found: Declared) -> Iterator[None]:
        """A scope inside the function, with the names that are declared in it."""
        outer, self.frame = self.frame, self.frame_of(found, is_async=self.frame.is_async, within=True)
        try:
            yield
        finally:
            self.frame = outer

    def inner_block(self, node: Node) -> None:
        """A block with names of its own."""
        found = declared(code(node), self.writes)
        with self.declaring(found):
            self.statements(code(node))

    def block_of(self, node: Node | None) -> Block:
        """What a statement, or the block it is, does."""
        if node is None:
            return ()
        with self.nested() as block:
            if node.type == "else_clause":
                self.statements(code(node))
            else:
                self.statement(node)
        return tuple(block)

    def if_(self, node: Node) -> None:
        """A choice, `else if` taken as further arms of it."""
        test = self.field(node, "condition")
        first = Arm(test, self.block_of(node.child_by_field_name("consequence")), self.span_of(node, "condition"))
        self.emit(Branch(self.span(node), (first, *self._other_arms(node.child_by_field_name("alternative")))))

    def _other_arms(self, node: Node | None) -> tuple[Arm, ...]:
        inner = code(node)[0] if node is not None and code(node) else None
        if node is None or inner is None:
            return ()
        if inner.type != "if_statement":
            return (Arm(None, self.block_of(node)),)
        with self.nested() as before:
            test = self.field(inner, "condition")
        if before:
            return (Arm(None, (*before, *self._nested_if(inner, test))),)
        arm = Arm(test, self.block_of(inner.child_by_field_name("consequence")), self.span_of(inner, "condition"))
        return (arm, *self._other_arms(inner.child_by_field_name("alternative")))

    def _nested_if(self, node: Node, test: Value) -> Block:
        """An `else if` whose test does something, as the `if` in an `else` that it is."""
        arm = Arm(test, self.block_of(node.child_by_field_name("consequence")), self.span_of(node, "condition"))
        arms = (arm, *self._other_arms(node.child_by_field_name("alternative")))
        return (Branch(self.span(node), arms),)

    def switch(self, node: Node) -> None:
        """A choice by cases; those with nothing in them go on into the next."""
        subject = self.field(node, "value")
        body = node.child_by_field_name("body")
        found = declared([s for case in code(body) for s in code(case)] if body is not None else [], self.writes)
        with self.declaring(found):
            arms = tuple(self._cases(code(body) if body is not None else [], subject))
        self.emit(Branch(self.span(node), arms))

    def _cases(self, cases: Sequence[Node], subject: Value) -> Iterator[Arm]:
        asked: list[Value] = []
        for case in cases:
            value = case.child_by_field_name("value")
            if value is not None:
                wanted = self.value(value)
                asked.extend(() if isinstance(wanted, Constant) else (wanted,))
            inner = [child for child in code(case) if value is None or child.id != value.id]
            is_last = case is cases[-1] or case.id == cases[-1].id
            if not inner and not is_last:
                continue  # it goes on into the next one
            with self.nested() as block:
                self.statements(inner[:-1] if inner and inner[-1].type in _NO_BREAK else inner)
            test = None if case.type == "switch_default" else Opaque((subject, *asked))
            yield Arm(test, tuple(block), self.span_of(case, "value"))
            asked = []

    # Loops

    def for_in(self, node: Node) -> None:
        """A loop over the items or the keys of something."""
        over = self.field(node, "right")
        operator = node.child_by_field_name("operator")
        each = Opaque((over,)) if operator is not None and operator.type == "in" else over
        target = node.child_by_field_name("left")
        names = list(target_names(target)) if target is not None else []
        new = names if node.child_by_field_name("kind") is not None else []
        found = Declared({name: 1 + self.writes.get(name, 0) for name in new}, {})
        with self.declaring(found), self.nested() as block:
            binds = self.bind_each(target, each) if target is not None else ()
            self._body(node)
        head = self.span_of(node, "left", "right")
        self.emit(Loop(self.span(node), binds, over, None, tuple(block), head=head))

    def for_(self, node: Node) -> None:
        """A loop with a counter."""
        first = node.child_by_field_name("initializer")
        found = declared([first] if first is not None else [], self.writes)
        with self.declaring(found):
            if first is not None and first.type in _STATEMENTS:
                self.statement(first)
            elif first is not None:
                self.value(first)
            with self.nested() as block:
                test = self._test(node.child_by_field_name("condition"))
                self._body(node)
                self.field(node, "increment")
        self.emit(Loop(self.span(node), (), None, test, tuple(block), head=self.span_of(node, "condition")))

    def _test(self, node: Node | None) -> Value | None:
        if node is None or node.type == "empty_statement":
            return Constant(value=True)
        inner = code(node)[0] if node.type == "expression_statement" and code(node) else node
        return self.value(inner)

    def while_(self, node: Node) -> None:
        """A loop that asks first."""
        with self.nested() as block:
            test = self.field(node, "condition")
            self._body(node)
        self.emit(Loop(self.span(node), (), None, test, tuple(block), head=self.span_of(node, "condition")))

    def do(self, node: Node) -> None:
        """A loop that asks last."""
        with self.nested() as block:
            self._body(node)
            test = self.field(node, "condition")
        self.emit(Loop(self.span(node), (), None, test, tuple(block), head=self.span_of(node, "condition")))

    def _body(self, node: Node) -> None:
        inner = node.child_by_field_name("body")
        if inner is not None:
            self.statement(inner)

    # Errors

    def try_(self, node: Node) -> None:
        """A guarded block."""
        body = self.block_of(node.child_by_field_name("body"))
        handler, last = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
        catches = (self._catch(handler),) if handler is not None else ()
        final = self.block_of(last.child_by_field_name("body")) if last is not None else ()
        self.emit(Try(self.span(node), body, catches, (), final, self.span(last) if last is not None else None))

    def _catch(self, node: Node) -> Catch:
        parameter, inner = node.child_by_field_name("parameter"), node.child_by_field_name("body")
        names = list(target_names(parameter)) if parameter is not None else []
        found = Declared(dict.fromkeys(names, 1), {})
        with self.declaring(found):
            body = self.block_of(inner)
        span = self.span(node)
        last = parameter.end_byte if parameter is not None else span.start + len("catch")
        is_name = parameter is not None and parameter.type == "identifier"
        return Catch(
            span=span,
            head=Span(span.file, span.start, last),
            types=(),
            swallows_interrupts=False,
            binds=names[0] if is_name else None,
            body=body,
        )

    def with_(self, node: Node) -> None:
        """A block with the properties of an object in scope."""
        manager = self.field(node, "object")
        body = self.block_of(node.child_by_field_name("body"))
        self.emit(Scope(self.span(node), manager, self.span(node), (), body))
