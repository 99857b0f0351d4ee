"""Modules: the top level of a Python file, lowered a statement at a time, as far as Inngest functions reach."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import libcst as cst

from inngest_lint.frontends.asked import Asked
from inngest_lint.frontends.contexts import Handed, matched
from inngest_lint.frontends.functions import Handled, uncreated_function
from inngest_lint.frontends.python.classes import Classes
from inngest_lint.frontends.python.contexts import handler_contexts, parameter_names
from inngest_lint.frontends.python.lowering import Lowering
from inngest_lint.frontends.python.names import Names
from inngest_lint.frontends.python.parse import Parsed, nowhere
from inngest_lint.frontends.python.statements import HeadKind
from inngest_lint.frontends.python.toplevel import Statements, TopLevel
from inngest_lint.frontends.scope import Frame
from inngest_lint.frontends.vocabulary import Vocabulary, path_of, vocabulary
from inngest_lint.model.body import Argument, Body, Call, Operation
from inngest_lint.model.function import Class, InngestFunction, Language, Module, Options
from inngest_lint.model.value import Closure, Constant, Items, Origin, Record, Ref, Value
from inngest_lint.text import Source, Span

# `send` on a client is worth a look wherever a file speaks of Inngest, and so are its keys, and functions that import
# the SDK themselves.
_SENDS = rb"\.send(?:_sync)?\(|\bINNGEST_(?:EVENT|SIGNING)_KEY|\b(?:from|import) inngest\b"
_PACKAGE = "inngest"


@dataclass(slots=True)
class Found:
    """What lowering has found in the file so far."""

    functions: list[InngestFunction] = field(default_factory=list)
    bodies: dict[str, Body] = field(default_factory=dict)
    values: dict[str, list[Value]] = field(default_factory=dict)
    block: list[Operation] = field(default_factory=list)
    clients: set[Ref] = field(default_factory=set)
    options: dict[Span, Options] = field(default_factory=dict)


class ModuleScope:
    """The names of a file's top level, and what is asked of them while its functions are lowered."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.words: Vocabulary = vocabulary(Language.PYTHON)
        self.wrappers = frozenset(Ref(Origin.IMPORT, path_of(name)) for name in self.words.wrappers)
        self.step_decorators = frozenset(Ref(Origin.IMPORT, path_of(name)) for name in self.words.step_decorators)
        self.suppressors = frozenset(Ref(Origin.IMPORT, path_of(name)) for name in self.words.suppressors)
        self.step_ids: dict[int, Argument] = {}
        self.found = Found()
        self.classes = Classes(self)
        self.handed = Handed()
        self._apart: set[str] = set()
        self._statements = Statements(source)
        self._pending: set[str] = set()
        self._traced: set[str] = set()
        self._wanted: list[str] = []
        self._handlers: set[str] = set()
        self._spoken_of: set[str] = set()
        self._frame: Frame[cst.FunctionDef] = Frame(None)
        self._nowhere = nowhere()

    # The run

    def lower(self, asked: Collection[Asked]) -> Module:
        """The whole file, as far as it has to do with Inngest, or another file asks for it."""
        for top in self._statements.mentioning(self._interest()):
            self._lower(top)
        for wish in (wish for wish in asked if wish.path):
            self._answer(wish)
        while self._wanted:
            self._reach(self._wanted.pop())
        return self._module()

    def _answer(self, wish: Asked) -> None:
        target = Ref(Origin.MODULE, wish.path)
        if wish.given and ".".join(wish.path) not in self.handed:
            # What only other files hand the context to is spoken of here all the same.
            self._apart.add(".".join(wish.path))
        if wish.given:
            count = max((given.place for given in wish.given if isinstance(given.place, int)), default=-1) + 1
            given: list[tuple[str | None, tuple[str, ...] | None]] = [(None, None)] * count
            for each in wish.given:
                if isinstance(each.place, int):
                    given[each.place] = (None, each.part)
                else:
                    given.append((each.place, each.part))
            self.pass_context(target, given, immediate=wish.immediate)
        owner, method = self.classes.method_of(target)
        if owner is not None:
            self._wanted.append(f"{owner}.{method}")
        elif isinstance(self.resolve(target.name, Span(self.source.file, 0, 0)), Ref):
            self.value_of(target.name)
            self.attribute(self.canonical(target) or target)

    def _module(self) -> Module:
        found = self.found
        apart = {name: body for name, body in found.bodies.items() if self._is_entry(name, body)}
        functions = [*found.functions, *(uncreated_function(body) for body in apart.values())]
        bodies = [body for name, body in found.bodies.items() if name not in apart]
        names: dict[str, Value] = dict(self._statements.imported)
        names |= {name: values[0] for name, values in found.values.items() if len(values) == 1}
        names |= {name: Closure(body) for name, body in found.bodies.items()}
        classes = self._described()
        names |= (named for name in classes for named in self.classes.texts(name))
        return Module(
            file=self.source.file,
            language=Language.PYTHON,
            functions=tuple(sorted(functions, key=lambda function: function.span)),
            names=names,
            bodies=tuple(sorted(bodies, key=lambda body: body.span)),
            block=tuple(sorted(found.block, key=lambda operation: operation.span.end)),
            clients=frozenset(found.clients),
            options=tuple(found.options[span] for span in sorted(found.options)),
            imports=tuple(self._statements.imports),
            comments=self._statements.comments(),
            problems=self._statements.problems(),
            classes=classes,
            stars=tuple(self._statements.stars),
            declares=self._statements.declares(),
        )

    def _is_entry(self, name: str, body: Body) -> bool:
        """Whether a function takes the context and nothing in this file hands it over."""
        takes = any(p.type is not None and self.words.contexts.get(p.type.path) == () for p in body.parameters)
        return takes and (name not in self.handed or name in self._apart)

    def _described(self) -> dict[str, Class]:
        described: dict[str, Class] = {}
        while self._spoken_of - described.keys():
            # What a class derives from is spoken of in turn.
            for name in self._spoken_of - described.keys():
                described[name] = self.classes.described(name) or Class(Span(self.source.file, 0, 0), (), ())
        return described

    def _interest(self) -> re.Pattern[bytes]:
        """What a statement that may have to do with Inngest mentions."""
        of_package = [name for name, ref in self._statements.imported.items() if _PACKAGE in ref.path[0]]
        words = "|".join(re.escape(name) for name in (self.words.create, *of_package))
        return re.compile(rb"\b(?:" + words.encode() + rb")\b|" + _SENDS)

    # Statements

    def _lower(self, top: TopLevel) -> None:
        if top.lowered or top.head.kind is HeadKind.IMPORT:
            return
        top.lowered = True
        parsed = self._statements.parsed(top)
        if parsed is None:
            return
        for node in parsed.tree.body:
            self._lower_node(parsed, node)

    def _lower_node(self, parsed: Parsed, node: cst.CSTNode) -> None:
        lowering = Lowering(self, parsed, self._frame)
        if isinstance(node, cst.ClassDef):
            self.classes.enter(node, parsed)
            self.classes.lower_all(node.name.value)
        elif isinstance(node, cst.FunctionDef):
            self._function(node, lowering)
        else:
            lowering.statement(node)
        self.found.block.extend(lowering.block)

    def _function(self, node: cst.FunctionDef, lowering: Lowering) -> None:
        made = [lowering.value(decorator.decorator) for decorator in node.decorators]
        creation = lowering.creation(made)
        name = node.name.value
        if creation is None:
            self._lowered_helper(name, node, lowering)
            return
        # Who asks for it from elsewhere is given what Inngest calls, and no helper beside it.
        self._handlers.add(name)
        body = lowering.function(node, owner=None, **handler_contexts(node, is_method=False))
        lowering.declare(creation, Handled(body, name, body.name_span))

    def _lowered_helper(self, name: str, node: cst.FunctionDef, lowering: Lowering) -> None:
        if name not in self._handlers and name not in self.found.bodies:
            self.found.bodies[name] = self._body(node, lowering, name)

    def _body(self, node: cst.FunctionDef, lowering: Lowering, name: str) -> Body:
        self._pending.add(name)
        try:
            contexts, immediate = self.handed.of(name)
            return lowering.function(node, owner=None, contexts=contexts, immediate=immediate)
        finally:
            self._pending.discard(name)

    # Functions of the top level

    def _reach(self, name: str) -> None:
        owner, _, method = name.rpartition(".")
        if owner:
            self.classes.reach(owner, method)
        elif name not in self.found.bodies and name not in self._handlers:
            self.function_named(name)

    def function_named(self, name: str) -> Body | None:
        """A function of the top level, lowered now if it was not yet; None while that is going on."""
        if name in self.found.bodies:
            return self.found.bodies[name]
        definition = None if name in self._pending else self._statements.function(name)
        if definition is None:
            return None
        node, parsed = definition
        lowering = Lowering(self, parsed, self._frame)
        body = self._body(node, lowering, name)
        self.found.bodies[name] = body
        return body

    def function_body(self, value: Value) -> Body | None:
        """The function a value stands for, if this file defines it."""
        match value:
            case Closure(body=body):
                return body
            case Ref(origin=Origin.MODULE, path=(name,)):
                return self.function_named(name)
        return None

    def handler(self, ref: Ref) -> Body | None:
        """A function or method of this file as the handler Inngest calls."""
        if ref.origin is Origin.MODULE and len(ref.path) == 1:
            return self._handler_named(ref.name)
        owner, method = self.classes.method_of(ref)
        return self.classes.handler(owner, method) if owner else None

    def _handler_named(self, name: str) -> Body | None:
        # A handler that registers itself while it is lowered would go on for ever.
        definition = None if name in self._pending else self._statements.function(name)
        if definition is None:
            return None
        node, parsed = definition
        self._handlers.add(name)
        self.found.bodies.pop(name, None)
        self._pending.add(name)
        contexts = handler_contexts(node, is_method=False)
        body = Lowering(self, parsed, self._frame).function(node, owner=None, **contexts)
        self._pending.discard(name)
        return body

    def step_id(self, name: str) -> Argument | None:
        """The id under which calls of a decorated function are steps."""
        definition = self._statements.function(name) if self._may_decorate_steps else None
        if definition is None or not definition[0].decorators:
            return None
        node, parsed = definition
        lowering = Lowering(self, parsed, self._frame)
        found = (lowering.step_decoration(lowering.value(decorator.decorator)) for decorator in node.decorators)
        return next((step for step in found if step is not None), None)

    @cached_property
    def _may_decorate_steps(self) -> bool:
        """Whether the file imports a decorator of steps, or a package that holds it."""
        imported = [ref.path for ref in self._statements.imported.values()]
        decorators = [decorator.path for decorator in self.step_decorators]
        return any(a[: len(b)] == b or b[: len(a) - 1] == a[:-1] for a in decorators for b in imported)

    def pass_context(
        self, target: Ref, given: Sequence[tuple[str | None, tuple[str, ...] | None]], *, immediate: bool
    ) -> None:
        """A call hands parts of the context to a function of this file."""
        name, parameters = self._parameters_of(target)
        if name is None:
            return
        if self.handed.note(name, matched(parameters, given), immediate=immediate):
            # Lowered before this was known: once more, now that it is.
            self.found.bodies.pop(name, None)
            self.classes.forget(name)
            self._wanted.append(name)

    def _parameters_of(self, target: Ref) -> tuple[str | None, list[str]]:
        if target.origin is Origin.MODULE and len(target.path) == 1 and not self.classes.known(target.name):
            definition = self._statements.function(target.name)
            return (target.name, parameter_names(definition[0])) if definition else (None, [])
        owner, method = self.classes.method_of(target)
        node = self.classes.method(owner, method) if owner else None
        return (f"{owner}.{method}", parameter_names(node)[1:]) if node else (None, [])

    # Names

    def resolve(self, name: str, span: Span) -> Value:
        """What a name of the top level stands for, or of the language itself."""
        ref = self._statements.imported.get(name)
        if ref is not None:
            return Ref(Origin.IMPORT, ref.path, len(ref.path), span)
        if not self._statements.binds(name):
            return self._from_star(name, span) or Ref(Origin.GLOBAL, (name,), 1, span)
        head = self._statements.of(name)[0].head
        if head.kind is HeadKind.FUNCTION or (head.kind is HeadKind.COMPOUND and self._statements.function(name)):
            self._wanted.append(name)
        elif head.kind is HeadKind.CLASS:
            self._spoken_of.add(name)
        else:
            value = self.value_of(name)
            if isinstance(value, Ref) and value.origin is Origin.IMPORT:
                return Ref(Origin.IMPORT, value.path, value.attributes, span)
        return Ref(Origin.MODULE, (name,), 1, span)

    def _from_star(self, name: str, span: Span) -> Ref | None:
        """A name that can only come from the one module all of whose names are imported."""
        path = self._statements.starred(name)
        return Ref(Origin.IMPORT, path, len(path), span) if path is not None else None

    def value_of(self, name: str) -> Value | None:
        """What a name of the top level was bound to, if only once."""
        if name not in self._pending and not self._statements.defines(name):
            self._pending.add(name)
            for top in self._statements.of(name):
                self._lower(top)
            self._pending.discard(name)
        values = self.found.values.get(name, [])
        real = [value for value in values if value != Constant(None)]
        if len(real) == 1 and isinstance(real[0], (Items, Record)):
            self._follow_changes(name)
        return real[0] if len(real) == 1 else None

    def _follow_changes(self, name: str) -> None:
        """Look at what is put into a collection of the top level."""
        for top in self._statements.changing(name):
            if top.head.kind is HeadKind.FUNCTION and top.head.name is not None:
                self._wanted.append(top.head.name)
            elif top.head.kind is not HeadKind.CLASS:
                self._lower(top)

    def note(self, name: str, value: Value | None) -> None:
        """Note a value of a name of the top level."""
        if value is not None:
            self.found.values.setdefault(name, []).append(value)

    def canonical(self, ref: Ref) -> Ref | None:
        """A reference traced through the values of this file's top level."""
        if ref.origin is Origin.SELF:
            return self.classes.canonical(ref)
        if ref.origin is not Origin.MODULE:
            return ref
        value = self.value_of(ref.name) if ref.name not in self._traced else None
        if value is None:
            return ref
        self._traced.add(ref.name)
        base = Names(self, self._nowhere, self._frame).canonical(value)
        self._traced.discard(ref.name)
        return Ref(base.origin, (*base.path, *ref.path[1:])) if base is not None else ref

    def attribute(self, ref: Ref) -> Value:
        """A reference with its last hop taken: what an instance holds is known by its own name."""
        if ref.origin is Origin.SELF:
            return self.classes.attribute(ref)
        if ref.origin is Origin.MODULE:
            owner, method = self.classes.method_of(ref)
            if owner is not None:
                self._wanted.append(f"{owner}.{method}")
        return ref

    def want(self, name: str) -> None:
        """A function or `Class.method` that something reaches."""
        self._wanted.append(name)

    def class_node(self, name: str) -> tuple[cst.ClassDef, Parsed] | None:
        """The definition of a class of the top level."""
        return self._statements.class_(name)

    @property
    def frame(self) -> Frame[cst.FunctionDef]:
        """The frame of the top level."""
        return self._frame

    def holds_immediate(self, owner: str | None) -> bool:
        """Whether the steps of the context that an instance of a class holds give their results at once."""
        return self.classes.is_immediate(owner)

    # Findings on the way

    def declare(self, function: InngestFunction) -> None:
        """An Inngest function was found."""
        kept = [known for known in self.found.functions if known.span != function.span]
        self.found.functions = [*kept, function]

    def note_client(self, creation: Call) -> None:
        """The receiver of a creation is a client."""
        if isinstance(creation.target, Ref):
            self.found.clients.add(Ref(creation.target.origin, creation.target.path[:-1]))

    def note_options(self, options: Options) -> None:
        """A call of one of the SDK's configuration classes was found."""
        self.found.options[options.span] = options
