"""Classes: the methods and attributes of the classes of a TypeScript file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tree_sitter import Node

from inngest_lint.frontends.functions import Handled
from inngest_lint.frontends.instances import CONSTRUCTOR, Instances
from inngest_lint.frontends.scope import Frame
from inngest_lint.frontends.typescript.definitions import parameter_names
from inngest_lint.frontends.typescript.lowering import Lowering
from inngest_lint.frontends.typescript.scope import function_in, text
from inngest_lint.frontends.typescript.steps import arguments_of
from inngest_lint.frontends.typescript.tree import code
from inngest_lint.model.body import Body
from inngest_lint.model.function import Class as ClassModel
from inngest_lint.model.value import CALLED_WITH_ARGUMENTS, Opaque, Origin, Ref, Value

if TYPE_CHECKING:
    from inngest_lint.frontends.typescript.module import ModuleScope

_EVENT = ("event",)
_FIELDS = ("public_field_definition", "field_definition")
_WRITTEN = re.compile(r"\bthis\.(\w+)\s*(?:\?\?|\|\|)?=(?![=>])")
_MODIFIERS = frozenset({"accessibility_modifier", "readonly", "override_modifier"})


@dataclass(slots=True)
class Class:
    """A class while its file is lowered; `held` are the values of its instances' attributes."""

    node: Node
    methods: dict[str, Node] = field(default_factory=dict)
    fields: dict[str, Node] = field(default_factory=dict)
    decorators: dict[str, list[Node]] = field(default_factory=dict)
    held: dict[str, list[Value]] = field(default_factory=dict)
    types: dict[str, Ref] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    is_initialised: bool = False


class Classes(Instances[Class]):
    """The classes of a file, each read when it is first asked for."""

    def __init__(self, module: ModuleScope) -> None:
        super().__init__(module)
        self._module = module
        self._classes: dict[str, Class | None] = {}

    def _class(self, name: str) -> Class | None:
        if name not in self._classes:
            self._classes[name] = None
            node = self._module.class_node(name)
            if node is not None:
                self._classes[name] = _read(node)
        return self._classes[name]

    def _lowering(self, name: str) -> Lowering:
        """A lowering inside a class, where `this` is an instance."""
        return Lowering(self._module, Frame(self._module.frame, owner=name))

    def described(self, name: str) -> ClassModel | None:
        """A class in the words of the model."""
        owner = self._class(name)
        if owner is None:
            return None
        lowering = self._lowering(name)
        span = lowering.span(owner.node)
        base = _base(owner.node)
        bases = (lowering.annotation(base),) if base is not None else ()
        return ClassModel(span, tuple(filter(None, bases)), (), _declared(owner))

    def lower_all(self, node: Node) -> None:
        """Lower every method of a class, and the Inngest functions among them."""
        named = node.child_by_field_name("name")
        name = text(named) if named is not None else ""
        owner = self._class(name)
        if owner is None:
            return
        self._initialise(owner, name)
        for method in owner.methods:
            if not self._declared(owner, name, method):
                self.reach(name, method)

    def _declared(self, owner: Class, name: str, method: str) -> bool:
        """Whether a decorator makes an Inngest function of a method, which is declared then."""
        for decorator in owner.decorators.get(method, ()):
            lowering = self._lowering(name)
            inner = code(decorator)
            call = inner[0] if inner and inner[0].type == "call_expression" else None
            called = call.child_by_field_name("function") if call is not None else None
            maker = lowering.value(called) if called is not None else None
            if not isinstance(maker, Ref) or maker.dotted not in self._module.words.function_decorators:
                continue
            given = arguments_of(call) if call is not None else []
            options = lowering.value(given[0]) if given else Opaque()
            body = self.handler(name, method)
            if body is not None:
                lowering.declare_decorated(decorator, options, Handled(body, method, body.name_span))
                return True
        return False

    def reach(self, name: str, method: str) -> Body | None:
        """Lower a method, if it was not yet."""
        key = f"{name}.{method}"
        bodies = self._module.found.bodies
        owner = self._class(name)
        if key in bodies or owner is None or method in owner.pending:
            return bodies.get(key)
        if method not in owner.methods:
            base = self._base_name(owner)
            body = self.reach(base, method) if base is not None else None
            if body is not None:
                bodies[key] = body
            return body
        owner.pending.add(method)
        contexts, _ = self._module.handed.of(key)
        lowering = self._lowering(name)
        bodies[key] = lowering.function(owner.methods[method], name=method, contexts=contexts, owner=name)
        owner.pending.discard(method)
        return bodies[key]

    def _base_name(self, owner: Class) -> str | None:
        base = _base(owner.node)
        return text(base) if base is not None and base.type in ("identifier", "type_identifier") else None

    def method(self, name: str | None, method: str) -> Node | None:
        """The definition of a method, inherited ones included."""
        owner = self._class(name) if name else None
        if owner is None:
            return None
        return owner.methods.get(method) or self.method(self._base_name(owner), method)

    def _has_method(self, name: str, method: str) -> bool:
        return self.method(name, method) is not None

    def handler(self, name: str, method: str) -> Body | None:
        """A method as the handler Inngest calls, with the context, or with the event and the context."""
        owner = self._class(name)
        node = owner.methods.get(method) if owner is not None else None
        if node is None:
            return None
        names = parameter_names(node)
        parts: tuple[tuple[str, ...], ...] = ((),) if len(names) == 1 else (_EVENT, ())
        contexts = dict(zip(names, parts, strict=False))
        return self._lowering(name).function(node, name=method, contexts=contexts, owner=name)

    # Attributes of instances

    def note(self, name: str, attribute: str, value: Value) -> None:
        """An instance is given an attribute."""
        owner = self._class(name)
        if owner is not None:
            owner.held.setdefault(attribute, []).append(value)

    def _initialise(self, owner: Class, name: str) -> None:
        if owner.is_initialised or CONSTRUCTOR in owner.pending:
            return
        owner.is_initialised = True
        lowering = self._lowering(name)
        for attribute, type_ in _promises(owner):
            self._promise(owner, attribute, lowering.annotation(type_))
        for attribute, node in owner.fields.items():
            lowering.naming = attribute
            value = lowering.field(node, "value")
            self.note(name, attribute, lowering.canonical(value) or value)
        self._module.found.block.extend(lowering.block)
        self._module.found.bodies.pop(f"{name}.{CONSTRUCTOR}", None)
        self.reach(name, CONSTRUCTOR)

    def _promise(self, owner: Class, attribute: str, type_: Ref | None) -> None:
        if type_ is None:
            return
        part = self._module.part_of(type_)
        if part is not None:
            owner.types[attribute] = Ref(Origin.CONTEXT, part, len(part))
        else:
            owner.types[attribute] = Ref(type_.origin, (*type_.path, CALLED_WITH_ARGUMENTS))


def _read(node: Node) -> Class:
    owner = Class(node)
    body = node.child_by_field_name("body")
    waiting: list[Node] = []
    for member in code(body) if body is not None else ():
        if member.type == "decorator":
            waiting.append(member)
            continue
        named = member.child_by_field_name("name") or member.child_by_field_name("property")
        if named is not None:
            _enter(owner, member, text(named))
            inner = [child for child in member.children if child.type == "decorator"]
            owner.decorators[text(named)] = [*waiting, *inner]
        waiting = []
    return owner


def _enter(owner: Class, member: Node, name: str) -> None:
    if member.type == "method_definition":
        owner.methods[CONSTRUCTOR if name == "constructor" else name] = member
    elif member.type in _FIELDS and member.child_by_field_name("value") is not None:
        function = function_in(member.child_by_field_name("value"))
        if function is not None:
            owner.methods[name] = function
        else:
            owner.fields[name] = member


def _base(node: Node) -> Node | None:
    for heritage in (child for child in node.children if child.type == "class_heritage"):
        for clause in code(heritage):
            value = clause.child_by_field_name("value") if clause.type == "extends_clause" else clause
            if value is not None and clause.type != "implements_clause":
                return value
    return None


def _promises(owner: Class) -> Iterator[tuple[str, Node]]:
    """The types that fields and the parameters of a constructor promise for attributes."""
    body = owner.node.child_by_field_name("body")
    for member in code(body) if body is not None else ():
        named, type_ = member.child_by_field_name("name"), member.child_by_field_name("type")
        if member.type in _FIELDS and named is not None and type_ is not None:
            yield text(named), type_
    constructor = owner.methods.get(CONSTRUCTOR)
    listed = constructor.child_by_field_name("parameters") if constructor is not None else None
    for parameter in code(listed) if listed is not None else ():
        pattern, type_ = parameter.child_by_field_name("pattern"), parameter.child_by_field_name("type")
        kept = any(child.type in _MODIFIERS for child in parameter.children)
        if kept and pattern is not None and type_ is not None:
            yield text(pattern), type_


def _declared(owner: Class) -> frozenset[str]:
    """The attributes that a class has itself: its members, and what is written to the instance."""
    written = _WRITTEN.findall(text(owner.node))
    return frozenset((*owner.methods, *owner.fields, *(name for name, _ in _promises(owner)), *written))
