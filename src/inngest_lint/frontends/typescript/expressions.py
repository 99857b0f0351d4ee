"""Expressions: what an expression of TypeScript is worth, and the operations it takes to find out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tree_sitter import Node

from inngest_lint.frontends.numbers import worked_out
from inngest_lint.frontends.texts import is_text, joined
from inngest_lint.frontends.typescript.literals import Literals
from inngest_lint.frontends.typescript.places import hop
from inngest_lint.frontends.typescript.scope import FUNCTIONS, bare, text
from inngest_lint.frontends.typescript.tree import CHAINS, STARTS_WITH_OPERATOR, code, misplaced, operand
from inngest_lint.model.body import Arm, Assign, Await, Branch, Hole
from inngest_lint.model.function import Cast
from inngest_lint.model.value import EACH, Closure, Constant, Opaque, Origin, Ref, Result, Value
from inngest_lint.text import Span

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "undefined": None}
# Operands nested one in another as deep as this are taken side by side.
_LONG_CHAIN = 50
_SHORTCUTS = frozenset({"&&", "||", "??"})
# Expressions that do nothing but hold others.
_HOLDERS = frozenset(
    {"jsx_expression", "jsx_attribute", "jsx_element", "jsx_opening_element", "jsx_self_closing_element"}
)
_INERT = frozenset({"super", "meta_property", "jsx_text", "html_character_reference", "import", "this_type"})


class Expressions(Literals):
    """The part of the lowering that gives each expression its value."""

    def value(self, node: Node) -> Value:
        """What an expression is worth."""
        operator = self._misplaced(node)
        if operator is not None:
            return self._put_right(node, operator)
        if node.id in self.put_right:
            return self.value(operand(node))
        lower = _LOWERED.get(node.type)
        if lower is not None:
            return lower(self, node)
        if node.type in FUNCTIONS:
            return Closure(self.closure(node))
        if node.type in _HOLDERS:
            return self._held(node)
        if node.type not in _INERT and not node.type.startswith("jsx_"):
            self.emit(Hole(self.span(node), "syntax error" if node.is_error else node.type))
        return Opaque()

    def _misplaced(self, node: Node) -> Node | None:
        """The operator that belongs before the whole of an expression, and was not put there yet."""
        if node.type not in CHAINS or not self.module.source.text.startswith(STARTS_WITH_OPERATOR, node.start_byte):
            return None
        operator = misplaced(node)
        return operator if operator is not None and operator.id not in self.put_right else None

    def _put_right(self, node: Node, operator: Node) -> Value:
        whole = self.span(node)
        self.put_right.add(operator.id)
        given = self.value(node)
        if operator.type == "await_expression":
            return self._awaited(whole, given)
        return self.discarded(whole, given) if text(operator).startswith("void") else Opaque((given,))

    def _held(self, node: Node) -> Value:
        """What an element of JSX reads, wherever in it."""
        reads: list[Value] = []
        for child in code(node):
            is_name = node.type != "jsx_expression" and child.type.endswith("identifier")
            value = self.value(child) if not is_name else Opaque()
            reads.extend(value.reads if isinstance(value, Opaque) else (value,))
        return Opaque(tuple(reads))

    def _inner(self, node: Node) -> Value:
        inner = code(node)
        return self.value(inner[0]) if inner else Opaque()

    def _cast(self, node: Node) -> Value:
        """`value as Type` and `<Type>value`; several in a row are one, to the last type."""
        inner = bare(node)
        given = self.value(inner) if inner is not node else Opaque()
        parts = code(node)
        if len(parts) > 1:  # `as const` has no type
            type_ = parts[-1] if node.type == "as_expression" else parts[0]
            word = next((child for child in node.children if child.type == "as"), type_)
            span = Span(self.module.source.file, word.start_byte, type_.end_byte)
            self.module.found.casts[span] = Cast(span, given, text(type_))
        return given

    def _name(self, node: Node) -> Value:
        name = text(node)
        if name in _WORDS:
            return Constant(_WORDS[name])
        return self.named(name, self.span(node))

    def _this(self, node: Node) -> Value:
        return self.instance() or Opaque()

    def _member(self, node: Node) -> Value:
        return self.member(self.field(node, "object"), node)

    def member(self, base: Value, node: Node) -> Value:
        """A property of a value."""
        name = node.child_by_field_name("property")
        return self._placed(hop(base, text(name)) if name is not None else Opaque((base,)), base, node)

    def _placed(self, found: Value, base: Value, node: Node) -> Value:
        """What one hop from a value leads to, with where that is written."""
        match base, found:
            case (Ref(), Ref()):
                guarded = _guarded(base, node)
                placed = Ref(found.origin, found.path, found.attributes, self.span(node), base.written + 1, guarded)
                return self.module.attribute(placed)
            case (Result(), Result()):
                return Result(found.of, found.path, _guarded(base, node))
        return found

    def _subscript(self, node: Node) -> Value:
        base, index = self.field(node, "object"), self.field(node, "index")
        if isinstance(index, Constant) and isinstance(index.value, (str, int)):
            return self._placed(hop(base, str(index.value)), base, node)
        return Opaque((self._placed(hop(base, EACH), base, node), index))

    def _await(self, node: Node) -> Value:
        inner = code(node)
        return self._awaited(self.span(node), self.value(inner[0]) if inner else Opaque())

    def _awaited(self, span: Span, given: Value) -> Value:
        waited = Await(span, given)
        self.emit(waited)
        if isinstance(given, Ref) and given.origin is Origin.IMPORT and len(given.path) == 1:
            return given  # `await import("./charge")` is the module itself
        return Result(waited)

    # Operators

    def _binary(self, node: Node) -> Value:
        operator = node.child_by_field_name("operator")
        kind = operator.type if operator is not None else ""
        if kind in _SHORTCUTS:
            return self._shortcut(node)
        chain = _chain(node)
        if len(chain) > _LONG_CHAIN:
            return Opaque(tuple(self.value(part) for part in chain))
        left, right = self.field(node, "left"), self.field(node, "right")
        if kind == "+" and any(is_text(side) for side in (left, right)):
            return joined(left, right)
        return worked_out(kind, self._number(left), self._number(right)) or Opaque((left, right))

    def _number(self, value: Value) -> Value:
        """A number that a name of the top level stands for."""
        return self.known(value) if isinstance(value, Ref) and value.origin is Origin.MODULE else value

    def _shortcut(self, node: Node) -> Value:
        test = self.field(node, "left")
        with self.nested() as block:
            other = self.field(node, "right")
        if block:
            self.emit(Branch(self.span(node), (Arm(test, tuple(block), self.span_of(node, "left")),)))
        return other if isinstance(other, Ref) and other == test else Opaque((test, other), either=True)

    def _choice(self, node: Node) -> Value:
        test = self.field(node, "condition")
        with self.nested() as first:
            chosen = self.field(node, "consequence")
        with self.nested() as second:
            other = self.field(node, "alternative")
        self.emit(
            Branch(
                self.span(node), (Arm(test, tuple(first), self.span_of(node, "condition")), Arm(None, tuple(second)))
            )
        )
        return Opaque((chosen, other), either=True)

    def _unary(self, node: Node) -> Value:
        operator = node.child_by_field_name("operator")
        kind = operator.type if operator is not None else ""
        argument = self.field(node, "argument")
        if kind == "delete":
            target = argument.reads[0] if isinstance(argument, Opaque) and argument.reads else argument
            refs = (target,) if isinstance(target, Ref) else ()
            self.emit(Assign(self.span(node), refs, Opaque(), updates=True))
            return Opaque()
        if kind == "void":
            return self.discarded(self.span(node), argument)
        if kind == "-" and isinstance(argument, Constant) and isinstance(argument.value, (int, float)):
            return Constant(-argument.value)
        return Opaque((argument,))

    def _update(self, node: Node) -> Value:
        target = node.child_by_field_name("argument")
        before = self.value(target) if target is not None else Opaque()
        if target is not None:
            self._rewrite(node, target, Opaque((before,)))
        return Opaque((before,))

    def _assignment(self, node: Node) -> Value:
        value = self.field(node, "right")
        target = node.child_by_field_name("left")
        if target is not None:
            self.assign(node, bare(target), value)
        return value

    def _augmented(self, node: Node) -> Value:
        target = node.child_by_field_name("left")
        before = self.value(target) if target is not None else Opaque()
        operator = node.child_by_field_name("operator")
        if operator is not None and operator.type[:-1] in _SHORTCUTS:
            with self.nested() as block:
                value = self._augment(node, target, before, either=True)
            self.emit(Branch(self.span(node), (Arm(before, tuple(block)),)))
            return value
        return self._augment(node, target, before, either=False)

    def _augment(self, node: Node, target: Node | None, before: Value, *, either: bool) -> Value:
        value = Opaque((before, self.field(node, "right")), either=either)
        if target is not None:
            self._rewrite(node, target, value)
        return value

    def _rewrite(self, node: Node, target: Node, value: Value) -> None:
        with self.nested():
            refs = tuple(ref for refs, _ in self.bound_by(bare(target), value) for ref in refs)
        self.emit(Assign(self.span(node), refs, value, updates=True))

    def _sequence(self, node: Node) -> Value:
        values = [self.value(child) for child in code(node)]
        return values[-1] if values else Opaque()

    def _yield(self, node: Node) -> Value:
        self.frame.generates = True
        reads = tuple(self.value(child) for child in code(node))
        self.emit(Hole(self.span(node), "yield"))
        return Opaque(reads)

    def _class(self, node: Node) -> Value:
        self.emit(Hole(self.span(node), "class"))
        return Opaque()

    def _call(self, node: Node) -> Value:
        return self.call(node)

    # What the layers below know

    def call(self, node: Node) -> Value:
        """What a call gives; the lowering knows the calls that are more than that."""
        raise NotImplementedError

    def discarded(self, span: Span, value: Value) -> Value:
        """`void promise`: a value that is given up on purpose."""
        raise NotImplementedError


_LOWERED: Mapping[str, Callable[[Expressions, Node], Value]] = {
    "identifier": Expressions._name,
    "undefined": Expressions._name,
    "true": Expressions._name,
    "false": Expressions._name,
    "null": Expressions._name,
    "this": Expressions._this,
    "member_expression": Expressions._member,
    "subscript_expression": Expressions._subscript,
    "call_expression": Expressions._call,
    "new_expression": Expressions._call,
    "await_expression": Expressions._await,
    "string": Expressions.string,
    "number": Expressions.number,
    "regex": Expressions.regex,
    "template_string": Expressions.template,
    "array": Expressions.array,
    "object": Expressions.object,
    "binary_expression": Expressions._binary,
    "ternary_expression": Expressions._choice,
    "unary_expression": Expressions._unary,
    "update_expression": Expressions._update,
    "assignment_expression": Expressions._assignment,
    "augmented_assignment_expression": Expressions._augmented,
    "sequence_expression": Expressions._sequence,
    "yield_expression": Expressions._yield,
    "class": Expressions._class,
    "parenthesized_expression": Expressions._inner,
    "as_expression": Expressions._cast,
    "satisfies_expression": Expressions._inner,
    "non_null_expression": Expressions._inner,
    "instantiation_expression": Expressions._inner,
    "type_assertion": Expressions._cast,
    "spread_element": Expressions.element,
}


def _guarded(base: Ref | Result, node: Node) -> int | None:
    """The first hop that is written with `?.`, of those that lead to what one more gives."""
    if base.guarded is None and node.child_by_field_name("optional_chain") is not None:
        return len(base.path)
    return base.guarded


def _chain(node: Node) -> list[Node]:
    """The operands of operators that follow each other: `a + b + c`."""
    operands: list[Node] = []
    current: Node | None = node
    while current is not None and current.type == "binary_expression":
        right = current.child_by_field_name("right")
        operands.extend([right] if right is not None else [])
        current = current.child_by_field_name("left")
    return [*([current] if current is not None else []), *reversed(operands)]
