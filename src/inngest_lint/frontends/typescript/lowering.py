"""Lowering: what the statements of TypeScript do, in the words of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from tree_sitter import Node

from inngest_lint.frontends.typescript.definitions import Definitions
from inngest_lint.frontends.typescript.scope import (
    CLASSES,
    DECLARATIONS,
    DEFINITIONS,
    Declared,
    declared,
    exported,
    function_in,
    target_names,
    text,
)
from inngest_lint.frontends.typescript.tree import code
from inngest_lint.model.body import (
    Arm,
    Assign,
    Block,
    Body,
    Branch,
    Catch,
    Hole,
    Jump,
    Loop,
    Return,
    Scope,
    Throw,
    Try,
)
from inngest_lint.model.value import Closure, Constant, Opaque, Record, Value
from inngest_lint.text import Span

# Statements that do nothing when they run.
_INERT = frozenset(
    {
        "empty_statement",
        "debugger_statement",
        "interface_declaration",
        "type_alias_declaration",
        "import_statement",
        "import_alias",
        "ambient_declaration",
        "function_signature",
        "comment",
        "hash_bang_line",
        "html_comment",
        "enum_declaration",
    }
)
_NO_BREAK = frozenset({"break_statement"})


class Lowering(Definitions):
    """The part of the lowering that walks statements."""

    def statements(self, nodes: Sequence[Node]) -> None:
        """Lower the statements of a block."""
        for node in nodes:
            self.statement(node)

    def statement(self, node: Node) -> None:
        """Lower one statement; a kind that is not known here is a hole."""
        lower = _LOWERED.get(node.type)
        if lower is not None:
            lower(self, node)
        elif node.type not in _INERT:
            self.emit(Hole(self.span(node), "syntax error" if node.is_error else node.type))

    def _expression(self, node: Node) -> None:
        for child in code(node):
            self.value(child)

    def _export(self, node: Node) -> None:
        inner = exported(node)
        if inner is node:
            return
        if inner.type in _LOWERED:
            self.statement(inner)
        else:
            self._default(inner)

    def _default(self, node: Node) -> None:
        function = function_in(node)
        if function is not None and self.frame.parent is None:
            self._named_function(function, "default")
            return
        self.naming = "default"
        value = self.value(node)
        self.naming = None
        self.module.note("default", value)
        if isinstance(value, Record):
            self.declare_apart(node, value)

    def _namespace(self, node: Node) -> None:
        inner = node.child_by_field_name("body")
        if inner is not None:
            self.statements(code(inner))

    # Declarations

    def _declaration(self, node: Node) -> None:
        for declarator in code(node):
            self._declarator(declarator)

    def _declarator(self, node: Node) -> None:
        target, given = node.child_by_field_name("name"), node.child_by_field_name("value")
        if target is None or given is None:
            return
        function = function_in(given)
        if self.frame.parent is None and function is not None and target.type == "identifier":
            self._named_function(function, text(target))
            return
        declares = self.annotation(node.child_by_field_name("type"))
        self.naming = text(target) if target.type == "identifier" else None
        value = self._initial(target, given)
        self.naming = None
        if target.type == "identifier" and declares is not None:
            binding = self.lookup(text(target))
            if binding is not None:
                binding.type = declares
        if isinstance(value, Record):
            self.declare_apart(node, value)
        self.assign(node, target, value, declares)

    def _initial(self, target: Node, given: Node) -> Value:
        function = function_in(given)
        if function is None or target.type != "identifier":
            return self.value(given)
        return Closure(self._named_function(function, text(target)))

    def _named_function(self, node: Node, name: str) -> Body:
        frame = self.frame
        if frame.parent is None:
            return self.module.function_at(name, node, self)
        if name in frame.functions:
            body = frame.lowered.get(name)
            return body or self.lowered_here(name, frame, {}, immediate=None)
        return self.function(node, name=name, contexts={})

    def _function(self, node: Node) -> None:
        named = node.child_by_field_name("name")
        name = text(named) if named is not None else "default"
        body = self._named_function(node, name)
        if self.frame.parent is None:
            return
        refs = (self.own(name, self.span(named)),) if named is not None else ()
        self.emit(Assign(body.span, refs, Closure(body)))

    def _class_statement(self, node: Node) -> None:
        if self.frame.parent is None:
            self.module.classes.lower_all(node)
        else:
            self.emit(Hole(self.span(node), "class"))

    # Leaving

    def _return(self, node: Node) -> None:
        inner = code(node)
        value = self.value(inner[0]) if inner else None
        self.emit(Return(self.span(node), value))

    def _throw(self, node: Node) -> None:
        inner = code(node)
        value = self.value(inner[0]) if inner else Opaque()
        self.emit(Throw(self.span(node), value))

    def _break(self, node: Node) -> None:
        self.emit(Jump(self.span(node), "break"))

    def _continue(self, node: Node) -> None:
        self.emit(Jump(self.span(node), "continue"))

    def _labelled(self, node: Node) -> None:
        inner = node.child_by_field_name("body")
        if inner is not None:
            self.statement(inner)

    # Blocks and branches

    def _inner_block(self, node: Node) -> None:
        found = declared(code(node), self.writes)
        outer, self.frame = self.frame, self.frame_of(found, is_async=self.frame.is_async, within=True)
        self.statements(code(node))
        self.frame = outer

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

    def _if(self, node: Node) -> None:
        test = self.field(node, "condition")
        first = Arm(test, self.block_of(node.child_by_field_name("consequence")))
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
        arm = Arm(test, self.block_of(inner.child_by_field_name("consequence")))
        return (arm, *self._other_arms(inner.child_by_field_name("alternative")))

    def _nested_if(self, node: Node, test: Value) -> Block:
        """An `else if` whose test does something, as the `if` in an `else` that it is."""
        arm = Arm(test, self.block_of(node.child_by_field_name("consequence")))
        arms = (arm, *self._other_arms(node.child_by_field_name("alternative")))
        return (Branch(self.span(node), arms),)

    def _switch(self, node: Node) -> None:
        subject = self.field(node, "value")
        body = node.child_by_field_name("body")
        found = declared([s for case in code(body) for s in code(case)] if body is not None else [], self.writes)
        outer, self.frame = self.frame, self.frame_of(found, is_async=self.frame.is_async, within=True)
        arms = tuple(self._cases(code(body) if body is not None else [], subject))
        self.frame = outer
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
            yield Arm(None if case.type == "switch_default" else Opaque((subject, *asked)), tuple(block))
            asked = []

    # Loops

    def _for_in(self, node: Node) -> None:
        over = self.field(node, "right")
        operator = node.child_by_field_name("operator")
        each = Opaque((over,)) if operator is not None and operator.type == "in" else over
        target = node.child_by_field_name("left")
        names = list(target_names(target)) if target is not None else []
        is_new = node.child_by_field_name("kind") is not None
        if is_new:
            found = Declared({name: 1 + self.writes.get(name, 0) for name in names}, {})
            outer, self.frame = self.frame, self.frame_of(found, is_async=self.frame.is_async, within=True)
        with self.nested() as block:
            binds = self.bind_each(target, each) if target is not None else ()
            self._body(node)
        if is_new:
            self.frame = outer
        self.emit(Loop(self.span(node), binds, over, None, tuple(block)))

    def _for(self, node: Node) -> None:
        first = node.child_by_field_name("initializer")
        found = declared([first] if first is not None else [], self.writes)
        outer, self.frame = self.frame, self.frame_of(found, is_async=self.frame.is_async, within=True)
        if first is not None and first.type in _LOWERED:
            self.statement(first)
        elif first is not None and first.type not in _INERT:
            self.value(first)
        with self.nested() as block:
            condition = node.child_by_field_name("condition")
            test = self._test(condition)
            self._body(node)
            step = node.child_by_field_name("increment")
            if step is not None:
                self.value(step)
        self.frame = outer
        self.emit(Loop(self.span(node), (), None, test, tuple(block)))

    def _test(self, node: Node | None) -> Value | None:
        if node is None or node.type in _INERT:
            return Constant(value=True)
        inner = code(node)[0] if node.type == "expression_statement" and code(node) else node
        return self.value(inner)

    def _while(self, node: Node) -> None:
        with self.nested() as block:
            test = self.field(node, "condition")
            self._body(node)
        self.emit(Loop(self.span(node), (), None, test, tuple(block)))

    def _do(self, node: Node) -> None:
        with self.nested() as block:
            self._body(node)
            test = self.field(node, "condition")
        self.emit(Loop(self.span(node), (), None, test, tuple(block)))

    def _body(self, node: Node) -> None:
        inner = node.child_by_field_name("body")
        if inner is not None:
            self.statement(inner)

    # Errors

    def _try(self, node: Node) -> None:
        body = self.block_of(node.child_by_field_name("body"))
        handler, last = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
        catches = (self._catch(handler),) if handler is not None else ()
        final = self.block_of(last.child_by_field_name("body")) if last is not None else ()
        self.emit(Try(self.span(node), body, catches, (), final, self.span(last) if last is not None else None))

    def _catch(self, node: Node) -> Catch:
        parameter, inner = node.child_by_field_name("parameter"), node.child_by_field_name("body")
        names = list(target_names(parameter)) if parameter is not None else []
        found = Declared(dict.fromkeys(names, 1), {})
        outer, self.frame = self.frame, self.frame_of(found, is_async=self.frame.is_async, within=True)
        body = self.block_of(inner)
        self.frame = outer
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

    def _with(self, node: Node) -> None:
        manager = self.field(node, "object")
        body = self.block_of(node.child_by_field_name("body"))
        self.emit(Scope(self.span(node), manager, self.span(node), (), body))


_LOWERED: Mapping[str, Callable[[Lowering, Node], None]] = {
    "expression_statement": Lowering._expression,
    "export_statement": Lowering._export,
    "internal_module": Lowering._namespace,
    "module": Lowering._namespace,
    "statement_block": Lowering._inner_block,
    "return_statement": Lowering._return,
    "throw_statement": Lowering._throw,
    "break_statement": Lowering._break,
    "continue_statement": Lowering._continue,
    "labeled_statement": Lowering._labelled,
    "if_statement": Lowering._if,
    "switch_statement": Lowering._switch,
    "for_in_statement": Lowering._for_in,
    "for_statement": Lowering._for,
    "while_statement": Lowering._while,
    "do_statement": Lowering._do,
    "try_statement": Lowering._try,
    "with_statement": Lowering._with,
    **dict.fromkeys(DECLARATIONS, Lowering._declaration),
    **dict.fromkeys(DEFINITIONS, Lowering._function),
    **dict.fromkeys(CLASSES, Lowering._class_statement),
}
