"""Targets: what declarations, parameters and assignments bind and write to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from inngest_lint.frontends.typescript.commonjs import exported_name, own_name
from inngest_lint.frontends.typescript.places import Places, hop
from inngest_lint.frontends.typescript.scope import target_names, text
from inngest_lint.frontends.typescript.tree import code
from inngest_lint.model.body import Assign
from inngest_lint.model.value import EACH, Items, Opaque, Origin, Ref, Value

Bound = tuple[tuple[Ref, ...], Value]
"""What is written to, and the value it is given."""


class Targets(Places):
    """The part of the lowering that binds."""

    def value(self, node: Node) -> Value:
        """What an expression is worth."""
        raise NotImplementedError

    def assign(self, node: Node, target: Node, value: Value, declares: Ref | None = None) -> None:
        """Bind a target to a value."""
        name = exported_name(target) if self.frame.parent is None else None
        if name is not None:
            self.module.note(own_name(name), value)
        for refs, given in self.bound_by(target, value):
            for ref in refs:
                if ref.origin is Origin.SELF and len(ref.path) == 2:
                    self.module.classes.note(ref.name, ref.path[1], self.canonical(given) or given)
            self.emit(Assign(self.span(node), refs, given, declares=declares))

    def bound_by(self, target: Node, value: Value) -> list[Bound]:
        """What a pattern binds, one by one, and takes note of; a plain list of names is bound at once."""
        if target.type == "array_pattern" and all(child.type == "identifier" for child in code(target)):
            refs = tuple(self._written(child) for child in code(target))
            list(self._elements(target, value))
            return [(tuple(ref for ref in refs if ref is not None), value)]
        bound = list(self._leaves(target, value))
        return bound or [((), value)]

    def _leaves(self, target: Node, value: Value) -> Iterator[Bound]:
        match target.type:
            case "object_pattern":
                for child in code(target):
                    yield from self._property(child, value)
            case "array_pattern":
                yield from self._elements(target, value)
            case "assignment_pattern" | "object_assignment_pattern":
                yield from self._defaulted(target, value)
            case "rest_pattern":
                for child in code(target):
                    yield from self._leaves(child, Opaque((value,)))
            case _:
                ref = self._written(target)
                if ref is not None:
                    self._note(target, value)
                    yield (ref,), value

    def _property(self, child: Node, value: Value) -> Iterator[Bound]:
        match child.type:
            case "shorthand_property_identifier_pattern":
                yield from self._leaves(child, hop(value, text(child)))
            case "pair_pattern":
                key, inner = child.child_by_field_name("key"), child.child_by_field_name("value")
                if key is not None and inner is not None:
                    yield from self._leaves(inner, self._keyed(value, key))
            case "object_assignment_pattern":
                left = child.child_by_field_name("left")
                if left is not None:
                    yield from self._defaulted(child, hop(value, text(left)))
            case "rest_pattern":
                # What is left of the context is the context all the same.
                rest = value if isinstance(value, Ref) and value.origin is Origin.CONTEXT else Opaque((value,))
                for inner in code(child):
                    yield from self._leaves(inner, rest)

    def _keyed(self, value: Value, key: Node) -> Value:
        match key.type:
            case "property_identifier":
                return hop(value, text(key))
            case "string" | "number":
                return hop(value, text(key).strip("'\""))
            case _:
                return Opaque((hop(value, EACH), *(self.value(part) for part in code(key))))

    def _defaulted(self, child: Node, value: Value) -> Iterator[Bound]:
        left, right = child.child_by_field_name("left"), child.child_by_field_name("right")
        if left is None or right is None:
            return
        default = self.value(right)
        given: Value = Opaque((value, default))
        if isinstance(value, Ref) and value.origin is Origin.CONTEXT:
            given = replace(value, guarded=len(value.path) - 1)
        yield from self._leaves(left, given)

    def _elements(self, target: Node, value: Value) -> Iterator[Bound]:
        # A comma with nothing before it takes a place as well.
        index = 0
        for child in target.children:
            if child.type == ",":
                index += 1
            elif child.is_named and child.type != "comment":
                yield from self._leaves(child, _element(value, index))

    def _written(self, target: Node) -> Ref | None:
        match target.type:
            case "identifier" | "shorthand_property_identifier_pattern" | "undefined":
                return self.own(text(target), self.span(target))
            case "member_expression" if _is_own(target):
                name, instance = target.child_by_field_name("property"), self.instance()
                reached = hop(instance, text(name)) if name is not None and instance is not None else None
                return reached if isinstance(reached, Ref) else None
            case "member_expression" | "subscript_expression" | "non_null_expression":
                value = self.value(target)
                reached = value.reads[0] if isinstance(value, Opaque) and value.reads else value
                return reached if isinstance(reached, Ref) else None
        return None

    def _note(self, target: Node, value: Value) -> None:
        if target.type in ("identifier", "shorthand_property_identifier_pattern"):
            self.bind_name(text(target), value)

    def bind_each(self, target: Node, over: Value) -> tuple[Ref, ...]:
        """Bind the target of a loop to each item of what it goes through."""
        item = hop(over, EACH) if isinstance(over, Ref) and over.origin in (Origin.CONTEXT, Origin.IMPORT) else None
        if target.type == "identifier":
            self.bind_name(text(target), item)
            return (self.own(text(target), self.span(target)),)
        names = list(target_names(target))
        list(self._leaves(target, item if item is not None else Opaque()))
        return tuple(self.own(name, self.span(target)) for name in names)


def _element(value: Value, index: int) -> Value:
    if isinstance(value, Items) and index < len(value.values):
        return value.values[index]
    return hop(value, str(index))


def _is_own(target: Node) -> bool:
    """Whether an attribute of the instance is written to, whatever it held before."""
    holder = target.child_by_field_name("object")
    return holder is not None and holder.type == "this"
