"""Lowering: what the statements of TypeScript do, in the words of the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tree_sitter import Node

from inngest_lint.frontends.typescript.blocks import Blocks
from inngest_lint.frontends.typescript.scope import (
    CLASSES,
    DECLARATIONS,
    DEFINITIONS,
    exported,
    function_in,
    text,
)
from inngest_lint.frontends.typescript.tree import code
from inngest_lint.model.body import (
    Assign,
    Body,
    Hole,
    Jump,
    Return,
    Throw,
)
from inngest_lint.model.value import Closure, Opaque, Record, Value

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


class Lowering(Blocks):
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
        if target is None:
            return
        declares = self.annotation(node.child_by_field_name("type"))
        if declares is not None and target.type == "identifier" and self.frame.parent is None:
            self.module.note_type(text(target), declares)
        if given is None:
            return
        function = function_in(given)
        if self.frame.parent is None and function is not None and target.type == "identifier":
            self._named_function(function, text(target))
            return
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


_LOWERED: Mapping[str, Callable[[Lowering, Node], None]] = {
    "expression_statement": Lowering._expression,
    "export_statement": Lowering._export,
    "internal_module": Lowering._namespace,
    "module": Lowering._namespace,
    "statement_block": Lowering.inner_block,
    "return_statement": Lowering._return,
    "throw_statement": Lowering._throw,
    "break_statement": Lowering._break,
    "continue_statement": Lowering._continue,
    "labeled_statement": Lowering._labelled,
    "if_statement": Lowering.if_,
    "switch_statement": Lowering.switch,
    "for_in_statement": Lowering.for_in,
    "for_statement": Lowering.for_,
    "while_statement": Lowering.while_,
    "do_statement": Lowering.do,
    "try_statement": Lowering.try_,
    "with_statement": Lowering.with_,
    **dict.fromkeys(DECLARATIONS, Lowering._declaration),
    **dict.fromkeys(DEFINITIONS, Lowering._function),
    **dict.fromkeys(CLASSES, Lowering._class_statement),
}
