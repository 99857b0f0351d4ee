"""Expressions: what a Python expression is worth, and the operations it takes to find out."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from inngest_lint.frontends.numbers import worked_out
from inngest_lint.frontends.python.parse import evaluated
from inngest_lint.frontends.python.signatures import Signatures
from inngest_lint.frontends.scope import Frame
from inngest_lint.frontends.texts import is_text, joined
from inngest_lint.model.body import (
    Arm,
    Await,
    Body,
    Branch,
    Hole,
    Loop,
    Return,
)
from inngest_lint.model.value import (
    EACH,
    Closure,
    Constant,
    Entry,
    Items,
    Opaque,
    Record,
    Ref,
    Result,
    Template,
    Value,
)
from inngest_lint.text import Span

_CONSTANTS: dict[str, bool | None] = {"True": True, "False": False, "None": None}
_SIGNS: dict[type[cst.BaseBinaryOp], str] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
}


class Expressions(Signatures):
    """The part of the lowering that gives each expression its value."""

    def value(self, node: cst.BaseExpression) -> Value:
        """What an expression is worth."""
        match node:
            case cst.Name():
                return self._name(node)
            case cst.Attribute():
                return self._hop(self.value(node.value), node.attr.value, node, dot=True)
            case cst.Subscript():
                return self._subscript(node)
            case cst.Call():
                return self.call(node)
            case cst.Await():
                waited = Await(self.span(node), self.value(node.expression))
                self.emit(waited)
                return Result(waited)
            case cst.Lambda():
                return Closure(self._lambda(node))
            case cst.NamedExpr(target=target, value=inner):
                value = self.value(inner)
                self.assign(node, [target], value)
                return value
            case _:
                return self._literal(node)

    def _literal(self, node: cst.BaseExpression) -> Value:
        match node:
            case cst.SimpleString() | cst.ConcatenatedString() | cst.FormattedString() | cst.TemplatedString():
                return self._string(node)
            case cst.Integer(value=digits):
                return Constant(int(digits.replace("_", ""), 0) if len(digits) < 100 else None)
            case cst.Float(value=digits):
                return Constant(float(digits.replace("_", "")))
            case cst.List(elements=elements) | cst.Tuple(elements=elements):
                return self._items(elements)
            case cst.Set(elements=elements):
                return Items(tuple(self._element(element) for element in elements), ordered=False)
            case cst.Dict(elements=elements):
                return self._record(elements)
            case cst.ListComp() | cst.SetComp() | cst.GeneratorExp() | cst.DictComp():
                return self._comprehension(node)
            case _:
                return self._operator(node)

    def _operator(self, node: cst.BaseExpression) -> Value:
        match node:
            case cst.BinaryOperation(left=left, right=right):
                return _sum(node, self.value(left), self.value(right))
            case cst.UnaryOperation(expression=inner, operator=operator):
                return _signed(operator, self.value(inner))
            case cst.Comparison(left=left, comparisons=comparisons):
                return Opaque((self.value(left), *(self.value(part.comparator) for part in comparisons)))
            case cst.BooleanOperation(left=left, right=right):
                return self._shortcut(node, left, right)
            case cst.IfExp():
                return self._choice(node)
            case cst.Yield():
                return self._yield(node)
            case cst.Ellipsis() | cst.Imaginary():
                return Opaque()
            case _:
                self.emit(Hole(self.span(node), type(node).__name__))
                return Opaque()

    def _name(self, node: cst.Name) -> Value:
        if node.value in _CONSTANTS:
            return Constant(_CONSTANTS[node.value])
        return self.named(node.value, self.span(node))

    def _hop(self, base: Value, hop: str, node: cst.BaseExpression, *, dot: bool, item: bool = False) -> Value:
        match base:
            case Ref(origin=origin, path=path, attributes=attributes, written=written):
                reached = attributes + 1 if (dot or item) and attributes == len(path) else attributes
                return self.module.attribute(Ref(origin, (*path, hop), reached, self.span(node), written + 1))
            case Result(of=operation, path=path):
                return Result(operation, (*path, hop))
            case Record():
                entry = base.get(hop)
                return entry.value if entry and not dot else Opaque((base,))
            case _:
                return Opaque((base,))

    def _subscript(self, node: cst.Subscript) -> Value:
        base = self.value(node.value)
        indices = [self._index(element.slice) for element in node.slice]
        if len(indices) == 1 and isinstance(indices[0], Constant):
            key = indices[0].value
            return self._hop(base, str(key), node, dot=False, item=isinstance(key, int))
        return Opaque((self._hop(base, EACH, node, dot=False), *indices))

    def _index(self, index: cst.BaseSlice) -> Value:
        if isinstance(index, cst.Index):
            return self.value(index.value)
        ends = [getattr(index, end) for end in ("lower", "upper", "step")]
        return Opaque(tuple(self.value(end) for end in ends if end is not None))

    def _string(self, node: cst.BaseExpression) -> Value:
        match node:
            case cst.SimpleString():
                value = evaluated(node)
                return Opaque() if value is None else Constant(value)
            case cst.ConcatenatedString(left=left, right=right):
                return joined(self._string(left), self._string(right))
            case cst.FormattedString(parts=parts) | cst.TemplatedString(parts=parts):
                return Template(tuple(self._part(part) for part in parts))
            case _:
                return Opaque()

    def _part(self, part: cst.CSTNode) -> str | Value:
        match part:
            case cst.FormattedStringText(value=text) | cst.TemplatedStringText(value=text):
                return text
            case cst.FormattedStringExpression(expression=inner, format_spec=spec):
                formatted = self.value(inner)
                return formatted if spec is None else Opaque((formatted, *self._parts(spec)))
            case cst.TemplatedStringExpression(expression=inner):
                return self.value(inner)
        return Opaque()

    def _parts(self, parts: Sequence[cst.CSTNode]) -> list[Value]:
        return [part for part in map(self._part, parts) if not isinstance(part, str)]

    def _items(self, elements: Sequence[cst.BaseElement]) -> Value:
        return Items(tuple(self._element(element) for element in elements))

    def _element(self, element: cst.BaseElement) -> Value:
        value = self.value(element.value)
        return Opaque((value,)) if isinstance(element, cst.StarredElement) else value

    def _record(self, elements: Sequence[cst.BaseDictElement]) -> Value:
        entries: list[Entry] = []
        complete = True
        for element in elements:
            if isinstance(element, cst.DictElement):
                key, value = self.value(element.key), self.value(element.value)
                span = Span(self.parsed.file, self.span(element.key).start, self.span(element.value).end)
                known = isinstance(key, Constant) and isinstance(key.value, str)
                entries.append(Entry(str(key.value) if known and isinstance(key, Constant) else EACH, value, span))
                complete = complete and known
            else:
                entries.append(Entry(EACH, self.value(element.value), self.span(element.value)))
                complete = False
        return Record(tuple(entries), complete)

    # Conditions

    def _shortcut(self, node: cst.BooleanOperation, left: cst.BaseExpression, right: cst.BaseExpression) -> Value:
        test = self.value(left)
        with self.nested() as block:
            other = self.value(right)
        if block:
            self.emit(Branch(self.span(node), (Arm(test, tuple(block), self.span(left)),)))
        return other if isinstance(other, Ref) and other == test else Opaque((test, other), either=True)

    def _choice(self, node: cst.IfExp) -> Value:
        test = self.value(node.test)
        with self.nested() as first:
            chosen = self.value(node.body)
        with self.nested() as second:
            other = self.value(node.orelse)
        self.emit(Branch(self.span(node), (Arm(test, tuple(first), self.span(node.test)), Arm(None, tuple(second)))))
        return Opaque((chosen, other), either=True)

    def _yield(self, node: cst.Yield) -> Value:
        self.frame.generates = True
        given = node.value.item if isinstance(node.value, cst.From) else node.value
        reads = (self.value(given),) if given is not None else ()
        self.emit(Hole(self.span(node), "yield"))
        return Opaque(reads)

    # Functions and loops

    def _lambda(self, node: cst.Lambda) -> Body:
        frame = Frame(self.frame, owner=self.frame.owner, is_async=False)
        parameters = self.parameters(node.params, frame)
        with self.inside(frame) as block:
            value = self.value(node.body)
            self.emit(Return(self.span(node.body), value))
        span = self.span(node)
        return Body(span, None, span, parameters, is_async=False, block=tuple(block), owner=self.frame.owner)

    def _comprehension(self, node: cst.ListComp | cst.SetComp | cst.GeneratorExp | cst.DictComp) -> Value:
        first = node.for_in
        over = self.value(first.iter)
        frame = Frame(self.frame, owner=self.frame.owner, is_async=self.frame.is_async, within=True)
        with self.inside(frame) as block:
            binds = self.bind_each(first.target, over)
            yields = self._rounds(node, first)
        head = Span(self.parsed.file, self.span(first.target).start, self.span(first.iter).end)
        deferred = isinstance(node, cst.GeneratorExp)
        distinct = isinstance(node, cst.SetComp)
        loop = Loop(self.span(node), binds, over, None, tuple(block), yields, deferred, distinct, head)
        self.emit(loop)
        return Result(loop)

    def _rounds(self, node: cst.ListComp | cst.SetComp | cst.GeneratorExp | cst.DictComp, clause: cst.CompFor) -> Value:
        tests = [self.value(condition.test) for condition in clause.ifs]
        with self.nested() as block:
            inner = clause.inner_for_in
            if inner is None:
                yields = self._product(node)
            else:
                over = self.value(inner.iter)
                with self.nested() as rounds:
                    binds = self.bind_each(inner.target, over)
                    yields = self._rounds(node, inner)
                self.emit(Loop(self.span(node), binds, over, None, tuple(rounds), yields))
        if tests:
            self.emit(Branch(self.span(node), (Arm(Opaque(tuple(tests)), tuple(block)),)))
        else:
            self.block.extend(block)
        return yields

    def _product(self, node: cst.ListComp | cst.SetComp | cst.GeneratorExp | cst.DictComp) -> Value:
        if isinstance(node, cst.DictComp):
            return Opaque((self.value(node.key), self.value(node.value)))
        return self.value(node.elt)

    def call(self, node: cst.Call) -> Value:
        """What a call gives; the lowering knows the calls that are more than that."""
        raise NotImplementedError


def _sum(node: cst.BinaryOperation, left: Value, right: Value) -> Value:
    if isinstance(node.operator, cst.Add) and any(is_text(side) for side in (left, right)):
        return joined(left, right)
    return worked_out(_SIGNS.get(type(node.operator), ""), left, right) or Opaque((left, right))


def _signed(operator: cst.BaseUnaryOp, value: Value) -> Value:
    match operator, value:
        case cst.Minus(), Constant(value=int(number) | float(number)):
            return Constant(-number)
    return Opaque((value,))
