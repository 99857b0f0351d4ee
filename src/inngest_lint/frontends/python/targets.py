"""Targets: what assignments and loops write to."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from inngest_lint.frontends.python.names import Names
from inngest_lint.frontends.python.scope import target_names
from inngest_lint.model.body import Assign
from inngest_lint.model.value import EACH, Items, Opaque, Origin, Ref, Value


class Targets(Names):
    """The part of the lowering that binds."""

    def value(self, node: cst.BaseExpression) -> Value:
        """What an expression is worth."""
        raise NotImplementedError

    def quiet(self, node: cst.BaseExpression) -> Value:
        """What an expression is worth, with nothing of it happening."""
        with self.nested():
            return self.value(node)

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

    def targets(self, target: cst.BaseExpression) -> tuple[Ref, ...]:
        """The references an assignment writes to."""
        match target:
            case cst.Name(value=name):
                return (self.own(name, self.span(target)),)
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                return tuple(ref for element in elements for ref in self.targets(element.value))
            case cst.StarredElement(value=inner):
                return self.targets(inner)
            case cst.Attribute() | cst.Subscript():
                value = self.value(target)
                reached = value.reads[0] if isinstance(value, Opaque) and value.reads else value
                return (reached,) if isinstance(reached, Ref) else ()
        return ()

    def bind_each(self, target: cst.BaseAssignTargetExpression, over: Value) -> tuple[Ref, ...]:
        """Bind the target of a loop to each item of what it goes through."""
        item = _each(over) if isinstance(over, Ref) else None
        known = item if item is not None and item.origin in (Origin.CONTEXT, Origin.IMPORT) else None
        bind = self.frame.bind if self.frame.within else self.bind_name
        for name in target_names(target):
            bind(name, known if isinstance(target, cst.Name) else None)
        return self.targets(target)


def _each(over: Ref) -> Ref:
    path = (*over.path, EACH)
    return Ref(over.origin, path, len(path) if over.attributes == len(over.path) else over.attributes)
