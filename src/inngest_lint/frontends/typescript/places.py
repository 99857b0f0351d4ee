"""Places: where a name of a TypeScript file stands, and which scope it belongs to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tree_sitter import Node

from inngest_lint.frontends import callables
from inngest_lint.frontends.scope import Frame
from inngest_lint.frontends.typescript.scope import text
from inngest_lint.frontends.typescript.tree import CHAINS, misplaced, operand
from inngest_lint.model.value import Constant, Opaque, Origin, Record, Ref, Result, Value
from inngest_lint.text import Span

if TYPE_CHECKING:
    from inngest_lint.frontends.typescript.module import ModuleScope


class Places(callables.Callables[Node]):
    """The ground of the lowering: a file, the function it is in, and the names in scope there.

    `writes` are the assignments to each name in that function, `naming` the variable that is being given a value,
    `put_right` the operators that the parser has misplaced and that are applied where they belong.
    """

    module: ModuleScope

    def __init__(self, module: ModuleScope, frame: Frame[Node]) -> None:
        super().__init__(frame)
        self.module = module
        self.writes: Counter[str] = Counter()
        self.naming: str | None = None
        self.put_right: set[int] = set()

    def span(self, node: Node) -> Span:
        """Where a node stands."""
        start = node.start_byte
        if self.put_right and node.type in CHAINS:
            operator = misplaced(node)
            if operator is not None and operator.id in self.put_right:
                start = operand(operator).start_byte
        return Span(self.module.source.file, start, node.end_byte)

    def span_of(self, node: Node, first: str, last: str | None = None) -> Span | None:
        """Where a part of a node stands, or all from one part to another; None where the parser found none."""
        start, end = node.child_by_field_name(first), node.child_by_field_name(last or first)
        if start is None or end is None:
            return None
        return Span(self.module.source.file, self.span(start).start, self.span(end).end)

    def written(self, node: Node) -> str:
        """How the user wrote an expression."""
        whole = operand(node) if node.id in self.put_right else node
        return self.module.source.slice(self.span(whole)) if self.put_right else text(whole)

    def bind_name(self, name: str, value: Value | None) -> None:
        """Note a value of a name in the scope that declares it."""
        frame: Frame[Node] | None = self.frame
        while frame is not None and frame.parent is not None:
            if name in frame.names:
                frame.bind(name, value)
                return
            frame = frame.parent
        self.module.note(name, value)

    def own(self, name: str, span: Span) -> Ref:
        """A name as what an assignment to it writes to."""
        origin = Origin.LOCAL
        frame: Frame[Node] | None = self.frame
        while frame is not None and frame.parent is not None:
            if name in frame.names:
                return Ref(origin, (name,), 1, span)
            if not frame.within:
                origin = Origin.ENCLOSING
            frame = frame.parent
        return Ref(Origin.MODULE if self.module.binds(name) else Origin.GLOBAL, (name,), 1, span)

    def known(self, value: Value, *through: Ref) -> Value:
        """A value, or what the name it is was bound to once."""
        if not isinstance(value, Ref) or value in through:
            return value
        found = self.bound_to(Ref(value.origin, value.path[:1]))
        for name in value.path[1:]:
            record = self.known(found, value, *through) if found is not None else None
            entry = record.get(name) if isinstance(record, Record) else None
            found = entry.value if entry is not None else None
        return value if found is None else self.known(found, value, *through)

    def instance(self) -> Value | None:
        """What `this` stands for, where it is known."""
        return Ref(Origin.SELF, (self.frame.owner,), 1) if self.frame.owner is not None else None

    def constant(self, value: Value) -> str | None:
        """The text a value is known to be."""
        found = self.known(value)
        return found.value if isinstance(found, Constant) and isinstance(found.value, str) else None


def hop(base: Value, name: str) -> Value:
    """What lies one step into a value."""
    match base:
        case Ref(origin=origin, path=path):
            return Ref(origin, (*path, name), len(path) + 1)
        case Result(of=operation, path=path):
            return Result(operation, (*path, name))
        case Record():
            entry = base.get(name)
            return entry.value if entry is not None else Opaque((base,))
        case _:
            return Opaque((base,))
