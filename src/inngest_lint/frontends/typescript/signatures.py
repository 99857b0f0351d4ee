"""Signatures: the parameters of functions, and the types that annotations name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from inngest_lint.frontends.contexts import Contexts
from inngest_lint.frontends.scope import Frame
from inngest_lint.frontends.typescript.scope import FUNCTIONS, bare, target_names, text
from inngest_lint.frontends.typescript.targets import Targets
from inngest_lint.frontends.typescript.tree import code, walk
from inngest_lint.model.body import Parameter
from inngest_lint.model.value import Entry, Origin, Record, Ref, Value
from inngest_lint.text import Span

if TYPE_CHECKING:
    from inngest_lint.frontends.typescript.module import ModuleScope

_ARRAY = ("Array",)
_ANYTHING = "any"
# Types that stand for the ones in their brackets.
_TRANSPARENT = frozenset(
    {"Awaited", "NonNullable", "Partial", "Pick", "Omit", "Promise", "Readonly", "Required", "ReturnType"}
)
# What another name for a type leads to a name by.
_NAMING = frozenset({"type_identifier", "nested_type_identifier", "generic_type"})


class Signatures(Targets):
    """The part of the lowering that reads the heads of functions."""

    def __init__(self, module: ModuleScope, frame: Frame[Node]) -> None:
        super().__init__(module, frame)
        self._aliases: set[str] = set()

    def parameters(self, node: Node, contexts: Contexts) -> tuple[Parameter, ...]:
        """The parameters of a function, bound in its scope; `contexts` are those given a part of the context."""
        single = node.child_by_field_name("parameter")
        listed = node.child_by_field_name("parameters")
        nodes = [single] if single is not None else code(listed) if listed is not None else []
        return tuple(self._parameter(child, contexts) for child in nodes if text(child) != "this")

    def _parameter(self, node: Node, contexts: Contexts) -> Parameter:
        pattern = node.child_by_field_name("pattern") or node
        default = node.child_by_field_name("value")
        if pattern.type == "assignment_pattern":  # JavaScript has no node of its own for a parameter
            default = pattern.child_by_field_name("right")
            pattern = pattern.child_by_field_name("left") or pattern
        spread = pattern.type == "rest_pattern"
        target = code(pattern)[0] if spread and code(pattern) else pattern
        name = text(target)
        type_ = self.annotation(node.child_by_field_name("type"))
        taken = self.value(default) if default is not None else None
        self._bind_parameter(target, name, type_, contexts)
        annotated = node.child_by_field_name("type") is not None
        return Parameter(name, self.span(target), type_, taken, spread, annotated)

    def _bind_parameter(self, target: Node, name: str, type_: Ref | None, contexts: Contexts) -> None:
        for bound in target_names(target):
            self.frame.bind(bound, None)
            self.frame.names[bound].count += self.writes.get(bound, 0)
        given = self._given(name, contexts) or self._promised(type_)
        if given is not None:
            list(self.bound_by(target, given))
        elif target.type == "identifier":
            self.frame.names[name].type = type_
        else:
            self._defaults(target)

    def _defaults(self, target: Node) -> None:
        """Let happen what a pattern takes where it is given nothing."""
        for node in walk(target, FUNCTIONS):
            if node.type in ("assignment_pattern", "object_assignment_pattern"):
                right = node.child_by_field_name("right")
                if right is not None:
                    self.value(right)

    def _given(self, name: str, contexts: Contexts) -> Value | None:
        if name in contexts:
            return _context(contexts[name])
        # What is given as an object is known by its keys.
        parts = [(key.removeprefix(f"{name}."), part) for key, part in contexts.items() if key.startswith(f"{name}.")]
        entries = tuple(Entry(key, _context(part), self._nowhere) for key, part in parts)
        return Record(entries, complete=False) if entries else None

    def _promised(self, type_: Ref | None) -> Value | None:
        part = self.module.part_of(type_) if type_ is not None else None
        return _context(part) if part is not None else None

    @property
    def _nowhere(self) -> Span:
        return Span(self.module.source.file, 0, 0)

    # Types

    def annotation(self, node: Node | None) -> Ref | None:
        """The type an annotation names, the first one of several."""
        return next(self._types(node), None) if node is not None else None

    def _types(self, node: Node) -> Iterator[Ref]:
        match node.type:
            case "type_identifier" | "identifier":
                yield from self._named_type(node)
            case "nested_type_identifier" | "nested_identifier":
                yield from self._nested_type(node)
            case "generic_type":
                yield from self._generic(node)
            case "type_annotation" | "union_type" | "intersection_type" | "parenthesized_type" | "readonly_type":
                for child in code(node):
                    yield from self._types(child)
            case "predefined_type" if text(node) == _ANYTHING and _is_all(node):
                yield Ref(Origin.GLOBAL, (_ANYTHING,), 1, self.span(node))
            case "array_type" | "tuple_type":
                yield Ref(Origin.GLOBAL, _ARRAY, 1, self.span(node))
            case "type_query":
                yield from self._types(code(node)[0]) if code(node) else ()
            case "member_expression":
                yield from self._nested_type(node)
            case "instantiation_expression":
                yield from self._types(bare(node))

    def _named_type(self, node: Node) -> Iterator[Ref]:
        name, span = text(node), self.span(node)
        own = self.module.type_node(name)
        value = Ref(Origin.MODULE, (name,), 1, span) if own is not None else self.named(name, span)
        alias = own.child_by_field_name("value") if own is not None and name not in self._aliases else None
        if alias is not None and alias.type in _NAMING:
            self._aliases.add(name)
            yield from self._types(alias)
            self._aliases.discard(name)
        elif isinstance(value, Ref):
            yield value

    def _nested_type(self, node: Node) -> Iterator[Ref]:
        parts = code(node)
        if not parts:
            return
        for base in self._types(parts[0]):
            yield Ref(base.origin, (*base.path, text(parts[-1])), len(base.path) + 1)

    def _generic(self, node: Node) -> Iterator[Ref]:
        name, arguments = node.child_by_field_name("name"), node.child_by_field_name("type_arguments")
        if name is None:
            return
        if text(name) not in _TRANSPARENT:
            yield from self._types(name)
            return
        for child in code(arguments)[:1] if arguments is not None else ():
            yield from self._types(child)


def _is_all(node: Node) -> bool:
    """Whether a type is all of an annotation."""
    return node.parent is not None and node.parent.type == "type_annotation"


def _context(part: tuple[str, ...]) -> Ref:
    return Ref(Origin.CONTEXT, part, len(part))
