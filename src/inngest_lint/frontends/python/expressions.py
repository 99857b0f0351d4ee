"""Expressions: what a Python expression is worth, and the operations it takes to find out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import libcst as cst

from inngest_lint.frontends.python.parse import evaluated
from inngest_lint.frontends.python.scope import Binding, Frame, Quick, target_names
from inngest_lint.model.body import (
    Arm,
    Assign,
    Await,
    Body,
    Branch,
    Call,
    Hole,
    Loop,
    Operation,
    Parameter,
    Return,
)
from inngest_lint.model.value import (
    CALLED,
    CALLED_WITH_ARGUMENTS,
    EACH,
    Closure,
    Constant,
    Entry,
    Items,
    Opaque,
    Origin,
    Record,
    Ref,
    Result,
    Template,
    Value,
)
from inngest_lint.text import Span

if TYPE_CHECKING:
    from inngest_lint.frontends.python.module import ModuleScope
    from inngest_lint.frontends.python.parse import Parsed

_CONSTANTS: dict[str, bool | None] = {"True": True, "False": False, "None": None}


class Expressions(Quick):
    """The half of the lowering that gives each expression its value.

    Operations go to `block`, in the order they happen.
    """

    def __init__(self, module: ModuleScope, parsed: Parsed, frame: Frame) -> None:
        super().__init__()
        self.module = module
        self.parsed = parsed
        self.frame = frame
        self.block: list[Operation] = []

    def span(self, node: cst.CSTNode) -> Span:
        """Where a node stands."""
        return self.parsed.span(node)

    def emit(self, operation: Operation) -> None:
        """Let an operation happen next."""
        self.block.append(operation)

    @contextmanager
    def nested(self) -> Iterator[list[Operation]]:
        """A block inside the current one: what happens meanwhile goes there."""
        outer, self.block = self.block, []
        try:
            yield self.block
        finally:
            self.block = outer

    @contextmanager
    def inside(self, frame: Frame) -> Iterator[list[Operation]]:
        """The block of another function, with its names in scope."""
        outer, self.frame = self.frame, frame
        try:
            with self.nested() as block:
                yield block
        finally:
            self.frame = outer

    # Values

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
                return _joined(self._string(left), self._string(right))
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
            self.emit(Branch(self.span(node), (Arm(test, tuple(block)),)))
        return Opaque((test, other))

    def _choice(self, node: cst.IfExp) -> Value:
        test = self.value(node.test)
        with self.nested() as first:
            chosen = self.value(node.body)
        with self.nested() as second:
            other = self.value(node.orelse)
        self.emit(Branch(self.span(node), (Arm(test, tuple(first)), Arm(None, tuple(second)))))
        return Opaque((chosen, other))

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

    def parameters(self, node: cst.Parameters, frame: Frame) -> tuple[Parameter, ...]:
        """The parameters of a function, their defaults taken now, their names bound in its frame."""
        listed = [*node.posonly_params, *node.params, *node.kwonly_params]
        spread = [p for p in (node.star_arg, node.star_kwarg) if isinstance(p, cst.Param)]
        return tuple(self._parameter(p, frame, spread=p in spread) for p in (*listed, *spread))

    def _parameter(self, node: cst.Param, frame: Frame, *, spread: bool) -> Parameter:
        default = self.value(node.default) if node.default is not None else None
        type_ = self.annotation(node.annotation)
        binding = Binding(count=frame.names.get(node.name.value, Binding()).count + 1, type=type_)
        frame.names[node.name.value] = binding
        if type_ is not None and type_.path in self.module.words.contexts and type_.origin is Origin.IMPORT:
            binding.values.append(Ref(Origin.CONTEXT, *_whole(self.module.words.contexts[type_.path])))
            frame.immediate = type_.path in self.module.words.immediate
        return Parameter(node.name.value, self.span(node.name), type_, default, spread)

    def annotation(self, node: cst.Annotation | None) -> Ref | None:
        """The class an annotation names, the first one of several."""
        return None if node is None else self._type(node.annotation)

    def _type(self, node: cst.BaseExpression) -> Ref | None:
        match node:
            case cst.Name() | cst.Attribute():
                value = self.quiet(node)
                return value if isinstance(value, Ref) else None
            case cst.BinaryOperation(left=left, right=right):
                return self._type(left) or self._type(right)
            case cst.Subscript(value=base, slice=parts):
                outer = self._type(base)
                transparent = outer is not None and outer.path[-1:] in (("Optional",), ("Annotated",))
                first = parts[0].slice
                return self._type(first.value) if transparent and isinstance(first, cst.Index) else outer
            case cst.SimpleString():
                text = evaluated(node)
                return None if text is None else self.module.quoted_type(str(text), self)
        return None

    def base(self, node: cst.BaseExpression) -> Ref | None:
        """What a class derives from or is decorated with: `Base`, `Base[T]`, `base()`."""
        match node:
            case cst.Subscript(value=inner) | cst.Call(func=inner):
                return self.base(inner)
        return self._type(node)

    def quiet(self, node: cst.BaseExpression) -> Value:
        """What an expression is worth, with nothing of it happening."""
        with self.nested():
            return self.value(node)

    def _comprehension(self, node: cst.ListComp | cst.SetComp | cst.GeneratorExp | cst.DictComp) -> Value:
        first = node.for_in
        over = self.value(first.iter)
        frame = Frame(self.frame, owner=self.frame.owner, is_async=self.frame.is_async, is_comprehension=True)
        with self.inside(frame) as block:
            binds = self.bind_each(first.target, over)
            yields = self._rounds(node, first)
        deferred = isinstance(node, cst.GeneratorExp)
        distinct = isinstance(node, cst.SetComp)
        loop = Loop(self.span(node), binds, over, None, tuple(block), yields, deferred, distinct)
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

    def bind_each(self, target: cst.BaseAssignTargetExpression, over: Value) -> tuple[Ref, ...]:
        """Bind the target of a loop to each item of what it goes through."""
        item = _each(over) if isinstance(over, Ref) else None
        known = item if item is not None and item.origin in (Origin.CONTEXT, Origin.IMPORT) else None
        bind = self.frame.bind if self.frame.is_comprehension else self.bind_name
        for name in target_names(target):
            bind(name, known if isinstance(target, cst.Name) else None)
        return self.targets(target)

    # Calls

    def call(self, node: cst.Call) -> Value:
        """What a call gives; the lowering knows the calls that are more than that."""
        raise NotImplementedError

    def canonical(self, value: Value) -> Ref | None:
        """The reference a value can be traced to through names, calls and awaits."""
        match value:
            case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=path):
                return self._traced(value, path)
            case Ref():
                return self.module.canonical(value)
            case Result(of=Call() as call, path=path):
                target = self.canonical(call.target)
                called = CALLED_WITH_ARGUMENTS if call.arguments else CALLED
                return target and Ref(target.origin, (*target.path, called, *path))
            case Result(of=Await(value=waited), path=path):
                base = self.canonical(waited)
                return base and Ref(base.origin, (*base.path, *path))
        return None

    def _traced(self, value: Ref, path: tuple[str, ...]) -> Ref | None:
        binding = self.lookup(value.name)
        if binding is None or binding.is_traced:
            return None  # `with session as session` leads back to where it came from
        binding.is_traced = True
        found = {ref for ref in map(self.canonical, binding.candidates()) if ref is not None}
        binding.is_traced = False
        if len(found) == 1:
            base = found.pop()
            return Ref(base.origin, (*base.path, *path[1:]))
        if binding.type is not None and not found:
            return Ref(binding.type.origin, (*binding.type.path, CALLED_WITH_ARGUMENTS, *path[1:]))
        return None

    # Names

    def lookup(self, name: str) -> Binding | None:
        """What a function in scope knows of a name."""
        frame: Frame | None = self.frame
        while frame is not None and name not in frame.globals:
            if name in frame.names and name not in frame.nonlocals:
                return frame.names[name]
            frame = frame.parent
        return None

    def named(self, name: str, span: Span) -> Value:
        """What a name stands for where it is read."""
        origin = Origin.LOCAL
        frame: Frame | None = self.frame
        while frame is not None and name not in frame.globals:
            if name in frame.names and name not in frame.nonlocals:
                return self._bound(name, frame, origin, span)
            if not frame.is_comprehension:
                origin = Origin.ENCLOSING
            frame = frame.parent
        return self.module.resolve(name, span)

    def _bound(self, name: str, frame: Frame, origin: Origin, span: Span) -> Value:
        if name == frame.this and frame.owner is not None:
            return Ref(Origin.SELF, (frame.owner,), 1, span)
        if name in frame.functions:
            return self.local_function(name, frame, origin, span)
        value = frame.names[name].value
        if isinstance(value, Ref) and value.origin in (Origin.CONTEXT, Origin.IMPORT, Origin.SELF):
            return Ref(value.origin, value.path, value.attributes, span)
        if isinstance(value, Closure):
            return value
        return Ref(origin, (name,), 1, span)

    def local_function(self, name: str, frame: Frame, origin: Origin, span: Span) -> Value:
        """A function defined in a function, as a value."""
        raise NotImplementedError

    def assign(self, node: cst.CSTNode, targets: Sequence[cst.BaseExpression], value: Value) -> None:
        """Bind targets to a value."""
        refs = tuple(ref for target in targets for ref in self.targets(target))
        for target in targets:
            self._bind_target(target, value)
        for ref in refs:
            if ref.origin is Origin.SELF and len(ref.path) == 2:
                held = self.canonical(value) or value
                self.module.classes.note(ref.name, ref.path[1], held, immediate=self.frame.steps_are_immediate)
        self.emit(Assign(self.span(node), refs, value))

    def _bind_target(self, target: cst.BaseExpression, value: Value) -> None:
        if isinstance(target, cst.Name):
            self.bind_name(target.value, value)
        for index, name in enumerate(target_names(target) if not isinstance(target, cst.Name) else ()):
            exact = isinstance(value, Items) and index < len(value.values)
            self.bind_name(name, value.values[index] if exact and isinstance(value, Items) else None)

    def bind_name(self, name: str, value: Value | None) -> None:
        """Note a value of a name in the function it belongs to."""
        if name in self.frame.globals or name in self.frame.nonlocals:
            return
        frame: Frame = self.frame
        while frame.is_comprehension and frame.parent is not None:
            frame = frame.parent
        if frame.parent is None:
            self.module.note(name, value)
        else:
            frame.bind(name, value)

    def targets(self, target: cst.BaseExpression) -> tuple[Ref, ...]:
        """The references an assignment writes to."""
        match target:
            case cst.Name(value=name):
                return (self._own(name, self.span(target)),)
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                return tuple(ref for element in elements for ref in self.targets(element.value))
            case cst.StarredElement(value=inner):
                return self.targets(inner)
            case cst.Attribute() | cst.Subscript():
                value = self.value(target)
                reached = value.reads[0] if isinstance(value, Opaque) and value.reads else value
                return (reached,) if isinstance(reached, Ref) else ()
        return ()

    def _own(self, name: str, span: Span) -> Ref:
        if name in self.frame.globals:
            return Ref(Origin.MODULE, (name,), 1, span)
        if name in self.frame.nonlocals:
            return Ref(Origin.ENCLOSING, (name,), 1, span)
        return Ref(self.module.origin_of(self.frame), (name,), 1, span)


def _each(over: Ref) -> Ref:
    path = (*over.path, EACH)
    return Ref(over.origin, path, len(path) if over.attributes == len(over.path) else over.attributes)


def _whole(path: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    return path, len(path)


def _sum(node: cst.BinaryOperation, left: Value, right: Value) -> Value:
    if isinstance(node.operator, cst.Add) and any(_is_text(side) for side in (left, right)):
        return _joined(left, right)
    return Opaque((left, right))


def _is_text(value: Value) -> bool:
    return isinstance(value, Template) or (isinstance(value, Constant) and isinstance(value.value, str))


def _joined(left: Value, right: Value) -> Value:
    match left, right:
        case Constant(value=str(first)), Constant(value=str(second)):
            return Constant(first + second)
        case Constant(value=bytes(start)), Constant(value=bytes(end)):
            return Constant(start + end)
    return Template((*_parts_of(left), *_parts_of(right)))


def _parts_of(value: Value) -> tuple[str | Value, ...]:
    match value:
        case Template(parts=parts):
            return parts
        case Constant(value=str(text)):
            return (text,)
    return (value,)


def _signed(operator: cst.BaseUnaryOp, value: Value) -> Value:
    match operator, value:
        case cst.Minus(), Constant(value=int(number) | float(number)):
            return Constant(-number)
    return Opaque((value,))
