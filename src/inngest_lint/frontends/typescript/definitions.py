"""Definitions: the functions of a TypeScript file, where they stand and as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tree_sitter import Node

from inngest_lint.frontends.contexts import Contexts, parts_of_context
from inngest_lint.frontends.scope import Binding, Frame
from inngest_lint.frontends.typescript.calls import Calls
from inngest_lint.frontends.typescript.scope import Declared, bare, declared, hoisted, text, writes_in
from inngest_lint.frontends.typescript.tree import code
from inngest_lint.model.body import Argument, Body, Call, Return
from inngest_lint.model.value import Closure, Ref, Value

# Where the name of a function stands in what is around it.
_NAMING = {
    "variable_declarator": ("name",),
    "pair": ("key",),
    "public_field_definition": ("name",),
    "field_definition": ("property",),
}
_GENERATORS = frozenset({"generator_function", "generator_function_declaration"})
# Functions that have a `this` of their own.
_APART = frozenset({"function_expression", "generator_function", "function_declaration"})


class Definitions(Calls):
    """The part of the lowering that reads functions."""

    def statements(self, nodes: Sequence[Node]) -> None:
        """Lower the statements of a block."""
        raise NotImplementedError

    def function(self, node: Node, *, name: str | None, contexts: Contexts, owner: str | None = None) -> Body:
        """A function as a body; `contexts` are the parameters that are given a part of the context."""
        outer, self.writes = self.writes, writes_in(node)
        naming, self.naming = self.naming, None
        frame = self._framed(node, owner)
        with self.inside(frame) as block:
            parameters = self.parameters(node, contexts)
            inner = node.child_by_field_name("body")
            if inner is not None and inner.type == "statement_block":
                self.statements(code(inner))
            elif inner is not None:
                value = self.value(inner)
                self.emit(Return(self.span(inner), value))
            returns = self.annotation(node.child_by_field_name("return_type"))
        self.writes, self.naming = outer, naming
        body = Body(
            span=self.span(node),
            name=name,
            name_span=self.span(_name_of(node)),
            parameters=parameters,
            is_async=any(child.type == "async" for child in node.children),
            block=tuple(block),
            owner=owner,
            returns=returns,
            generates=frame.generates or node.type in _GENERATORS,
            annotated=node.child_by_field_name("return_type") is not None,
        )
        self.module.keep(body, node, frame.parent)
        return body

    def _framed(self, node: Node, owner: str | None) -> Frame[Node]:
        inner = node.child_by_field_name("body")
        listed = code(inner) if inner is not None and inner.type == "statement_block" else []
        found = declared([*listed, *hoisted(node)], self.writes)
        frame = self.frame_of(found, is_async=any(child.type == "async" for child in node.children))
        frame.owner = owner or (None if node.type in _APART else self.frame.owner)
        return frame

    def frame_of(self, found: Declared, *, is_async: bool, within: bool = False) -> Frame[Node]:
        """A scope below the current one, with the names that are declared in it."""
        names = {name: Binding(count) for name, count in found.counts.items()}
        owner = self.frame.owner if within else None
        return Frame(self.frame, names, functions=dict(found.functions), owner=owner, is_async=is_async, within=within)

    def defined(self, node: Node, name: str, contexts: Contexts, *, immediate: bool | None) -> Body:
        """A function defined in a function, lowered."""
        return self.function(node, name=name, contexts=contexts)

    def closure(self, node: Node) -> Body:
        """A function that stands in an expression."""
        named = node.child_by_field_name("name")
        return self.function(node, name=text(named) if named is not None else None, contexts={})

    def handler_at(self, node: Node) -> Body:
        """A function that is written where the handler belongs."""
        listed = node.child_by_field_name("parameters")
        first = node.child_by_field_name("parameter") or next(iter(code(listed) if listed is not None else ()), None)
        contexts: Contexts = {_parameter_name(first): ()} if first is not None else {}
        named = node.child_by_field_name("name")
        return self.function(node, name=text(named) if named is not None else None, contexts=contexts)

    def specialised(self, body: Body, contexts: Contexts, *, immediate: bool) -> Body:
        """A function again, with parts of the context for some of its parameters."""
        kept = self.module.kept(body)
        if kept is None:
            return body
        if kept.told == contexts and kept.again is not None:
            return kept.again
        kept.told = contexts
        outer, self.frame = self.frame, kept.frame or self.frame
        with self.nested():
            kept.again = body  # a function that hands the context to itself is told once
            kept.again = self.function(kept.node, name=body.name, contexts=contexts, owner=body.owner)
        self.frame = outer
        return kept.again

    # Context

    def handing_on(self, call: Call) -> Call:
        """A call, of a function that was told what it is given of the context."""
        target = self.passing_context(call.target, call.arguments)
        return call if target is call.target else replace(call, target=target)

    def passing_context(self, target: Value, arguments: Sequence[Argument]) -> Value:
        """The function called, told which of its parameters hold a part of the context."""
        given = [dict(parts_of_context(argument.value)) for argument in arguments]
        if not any(given):
            return target
        if isinstance(target, Ref):
            body = self.module.parameters_of(target)
            if body is not None:
                self.module.pass_context_by_name(target, _handed(body, given))
        if isinstance(target, Closure):
            names = [parameter.name for parameter in target.body.parameters]
            return Closure(self.specialised(target.body, _handed(names, given), immediate=False))
        return target


def _handed(names: Sequence[str], given: Sequence[Contexts]) -> dict[str, tuple[str, ...]]:
    contexts: dict[str, tuple[str, ...]] = {}
    for name, parts in zip(names, given, strict=False):
        contexts.update({f"{name}.{key}" if key else name: part for key, part in parts.items()})
    return contexts


def _parameter_name(node: Node) -> str:
    pattern = node.child_by_field_name("pattern") or node
    if pattern.type == "assignment_pattern":
        pattern = pattern.child_by_field_name("left") or pattern
    return text(pattern)


def parameter_names(node: Node) -> list[str]:
    """The parameters of a function, patterns as they are written."""
    single = node.child_by_field_name("parameter")
    listed = node.child_by_field_name("parameters")
    nodes = [single] if single is not None else code(listed) if listed is not None else []
    return [_parameter_name(child) for child in nodes if text(child) != "this"]


def _name_of(node: Node) -> Node:
    """What names a function: its own name, or the variable, property or field that it is written for."""
    named = node.child_by_field_name("name")
    around = node.parent
    while around is not None and bare(around).id == node.id and bare(around).id != around.id:
        around = around.parent
    if named is not None or around is None:
        return named or node
    key = next(filter(None, map(around.child_by_field_name, _NAMING.get(around.type, ()))), None)
    return key if key is not None and key.type.endswith("identifier") else node
