"""Classes: the methods and attributes of the classes of a Python file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from inngest_lint.frontends.functions import Handled
from inngest_lint.frontends.instances import CONSTRUCTOR, Instances
from inngest_lint.frontends.python.contexts import handler_contexts
from inngest_lint.frontends.python.lowering import Lowering
from inngest_lint.frontends.python.scope import code, names_of
from inngest_lint.model.body import Body
from inngest_lint.model.function import Class as ClassModel
from inngest_lint.model.value import CALLED_WITH_ARGUMENTS, Constant, Origin, Ref, Value

if TYPE_CHECKING:
    from inngest_lint.frontends.python.module import ModuleScope
    from inngest_lint.frontends.python.parse import Parsed


@dataclass(slots=True)
class Class:
    """A class while its file is lowered; `held` are the values of its instances' attributes."""

    node: cst.ClassDef
    parsed: Parsed
    methods: dict[str, cst.FunctionDef]
    bases: tuple[str, ...]
    held: dict[str, list[Value]] = field(default_factory=dict)
    types: dict[str, Ref] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    is_initialised: bool = False
    is_immediate: bool = False


class Classes(Instances[Class]):
    """The classes of a file, each read when it is first asked for."""

    def __init__(self, module: ModuleScope) -> None:
        super().__init__(module)
        self._module = module
        self._classes: dict[str, Class | None] = {}

    def _class(self, name: str) -> Class | None:
        if name not in self._classes:
            self._classes[name] = None
            found = self._module.class_node(name)
            if found is not None:
                self.enter(*found)
        return self._classes[name]

    def enter(self, node: cst.ClassDef, parsed: Parsed) -> None:
        """Take note of a class."""
        if self._classes.get(node.name.value) is not None:
            return
        defined = [child for child in node.body.body if isinstance(child, cst.FunctionDef)]
        bases = tuple(base.value.value for base in node.bases if isinstance(base.value, cst.Name))
        self._classes[node.name.value] = Class(node, parsed, {m.name.value: m for m in defined}, bases)

    def described(self, name: str) -> ClassModel | None:
        """A class in the words of the model."""
        owner = self._class(name)
        if owner is None:
            return None
        lowering = Lowering(self._module, owner.parsed, self._module.frame)
        bases = (lowering.base(base.value) for base in owner.node.bases)
        decorators = (lowering.base(decorator.decorator) for decorator in owner.node.decorators)
        span = owner.parsed.span(owner.node)
        return ClassModel(span, tuple(filter(None, bases)), tuple(filter(None, decorators)), _declared(owner))

    def texts(self, name: str) -> Iterator[tuple[str, Value]]:
        """The texts that stand in a class as attributes or members, as `Class.attribute`."""
        owner = self._class(name)
        lines = owner.node.body.body if owner is not None else ()
        for part in (part for line in lines if isinstance(line, cst.SimpleStatementLine) for part in line.body):
            match part:
                case (
                    cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=attribute))], value=value)
                    | cst.AnnAssign(target=cst.Name(value=attribute), value=value)
                ) if isinstance(value, cst.SimpleString) and isinstance(value.evaluated_value, str):
                    yield f"{name}.{attribute}", Constant(value.evaluated_value)

    def lower_all(self, name: str) -> None:
        """Lower every method of a class, and the Inngest functions among them."""
        owner = self._class(name)
        if owner is None:
            return
        lowering = Lowering(self._module, owner.parsed, self._module.frame)
        for method, node in owner.methods.items():
            creation = lowering.creation([lowering.value(decorator.decorator) for decorator in node.decorators])
            if creation is None:
                self.reach(name, method)
            else:
                body = lowering.function(node, owner=name, **handler_contexts(node, is_method=True))
                lowering.declare(creation, Handled(body, method, body.name_span))

    def reach(self, name: str, method: str) -> Body | None:
        """Lower a method, if it was not yet."""
        key = f"{name}.{method}"
        bodies = self._module.found.bodies
        owner = self._class(name)
        if key in bodies or owner is None or method in owner.pending:
            return bodies.get(key)
        if method not in owner.methods:
            return self._inherited(owner, key, method)
        owner.pending.add(method)
        contexts, immediate = self._module.handed.of(key)
        lowering = Lowering(self._module, owner.parsed, self._module.frame)
        bodies[key] = lowering.function(owner.methods[method], owner=name, contexts=contexts, immediate=immediate)
        owner.pending.discard(method)
        return bodies[key]

    def _inherited(self, owner: Class, key: str, method: str) -> Body | None:
        for base in owner.bases:
            body = self.reach(base, method)
            if body is not None:
                self._module.found.bodies[key] = body
                return body
        return None

    def method(self, name: str | None, method: str) -> cst.FunctionDef | None:
        """The definition of a method, inherited ones included."""
        owner = self._class(name) if name else None
        if owner is None:
            return None
        inherited = (self.method(base, method) for base in owner.bases)
        return owner.methods.get(method) or next((node for node in inherited if node), None)

    def _has_method(self, name: str, method: str) -> bool:
        return self.method(name, method) is not None

    def handler(self, name: str, method: str) -> Body | None:
        """A method as the handler Inngest calls."""
        node, owner = self.method(name, method), self._class(name)
        if node is None or owner is None or node is not owner.methods.get(method):
            return None
        lowering = Lowering(self._module, owner.parsed, self._module.frame)
        return lowering.function(node, owner=name, **handler_contexts(node, is_method=True))

    # Attributes of instances

    def note(self, name: str, attribute: str, value: Value, *, immediate: bool) -> None:
        """An instance is given an attribute."""
        owner = self._class(name)
        if owner is not None:
            owner.held.setdefault(attribute, []).append(value)
            if isinstance(value, Ref) and value.origin is Origin.CONTEXT:
                owner.is_immediate = immediate

    def is_immediate(self, name: str | None) -> bool:
        """Whether the steps of the context an instance holds give their results at once."""
        owner = self._class(name) if name is not None else None
        return owner is not None and owner.is_immediate

    def _initialise(self, owner: Class, name: str) -> None:
        if owner.is_initialised or CONSTRUCTOR in owner.pending:
            return
        owner.is_initialised = True
        lowering = Lowering(self._module, owner.parsed, self._module.frame)
        lines = (line for line in owner.node.body.body if isinstance(line, cst.SimpleStatementLine))
        for part in (part for line in lines for part in line.body):
            match part:
                case cst.AnnAssign(target=cst.Name(value=attribute)):
                    self._promise(owner, attribute, lowering.annotation(part.annotation))
                case cst.Assign(
                    targets=[cst.AssignTarget(target=cst.Name(value=attribute))], value=cst.Call() as given
                ):
                    made = lowering.quiet(given)
                    self.note(name, attribute, lowering.canonical(made) or made, immediate=False)
        self._module.found.bodies.pop(f"{name}.{CONSTRUCTOR}", None)
        self.reach(name, CONSTRUCTOR)

    def _promise(self, owner: Class, attribute: str, type_: Ref | None) -> None:
        if type_ is None:
            return
        contexts = self._module.words.contexts
        if type_.origin is Origin.IMPORT and type_.path in contexts:
            part = contexts[type_.path]
            owner.types[attribute] = Ref(Origin.CONTEXT, part, len(part))
            owner.is_immediate = type_.path in self._module.words.immediate
        else:
            owner.types[attribute] = Ref(type_.origin, (*type_.path, CALLED_WITH_ARGUMENTS))


def _declared(owner: Class) -> frozenset[str]:
    """The attributes that a class has itself: what its block binds, and what its methods write to the instance."""
    written = (target.attr.value for node in code(owner.node.body, ()) for target in _attributes_bound(node))
    return frozenset((*owner.methods, *names_of(owner.node.body).counts, *written))


def _attributes_bound(node: cst.CSTNode) -> Iterator[cst.Attribute]:
    match node:
        case cst.AssignTarget(target=cst.Attribute() as target) | cst.AnnAssign(target=cst.Attribute() as target):
            yield target
