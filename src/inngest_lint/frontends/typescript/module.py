"""Modules: the top level of a TypeScript file, lowered a statement at a time, as far as Inngest functions reach."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from tree_sitter import Node

from inngest_lint.frontends.asked import Asked
from inngest_lint.frontends.contexts import Contexts, Handed
from inngest_lint.frontends.scope import Frame
from inngest_lint.frontends.typescript.classes import Classes
from inngest_lint.frontends.typescript.commonjs import bound_by_require
from inngest_lint.frontends.typescript.definitions import parameter_names
from inngest_lint.frontends.typescript.found import Found, Kept
from inngest_lint.frontends.typescript.lowering import Lowering
from inngest_lint.frontends.typescript.summary import summary
from inngest_lint.frontends.typescript.toplevel import Statements, TopLevel
from inngest_lint.frontends.typescript.tree import parsed
from inngest_lint.frontends.vocabulary import Vocabulary, vocabulary
from inngest_lint.model.body import Body, Return
from inngest_lint.model.function import Language, Module, Options, Problem
from inngest_lint.model.value import (
    CALLED_WITH_ARGUMENTS,
    Closure,
    Constant,
    Items,
    Origin,
    Record,
    Ref,
    Value,
    only_import,
)
from inngest_lint.model.walk import walk
from inngest_lint.text import Source, Span

_PACKAGE = "inngest"
# `send` on a client is worth a look wherever a file speaks of Inngest, and so are the parts of functions, and keys.
_SENDS = rb"\.send\(|\bhandler\b|\bINNGEST_(?:EVENT|SIGNING)_KEY|\bnew Inngest\b"
# What is put before an adapter of the SDK: `app.use(express.json({ limit: "4mb" }))`.
_MOUNTS = rb"|\.use\(\s*(?:['\"`][^'\"`\n]*['\"`]\s*,)?\s*[\w.]+\((?:\s*\{[^{}>]*\}\s*)?\)"


class ModuleScope:
    """The names of a file's top level, and what is asked of them while its functions are lowered."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.words: Vocabulary = vocabulary(Language.TYPESCRIPT)
        self.wrappers: frozenset[Ref] = frozenset()
        self.found = Found()
        self.classes = Classes(self)
        self.handed = Handed()
        self.apart: set[str] = set()
        self.root = parsed(source)
        self.statements = Statements(source.file, self.root)
        self._kept: dict[int, Kept] = {}
        self._pending: set[str] = set()
        self._tracing: set[str] = set()
        self._wanted: list[str] = []
        self.spoken_of: set[str] = set()
        self._frame: Frame[Node] = Frame(None)

    # The run

    def lower(self, asked: Collection[Asked]) -> Module:
        """The whole file, as far as it has to do with Inngest, or another file asks for it."""
        interest = self._interest()
        for top in self.statements.all:
            if interest.search(self.source.text, top.node.start_byte, top.node.end_byte):
                self._lower(top)
        for wish in (wish for wish in asked if wish.path):
            self._answer(wish)
        while self._wanted:
            self._reach(self._wanted.pop())
        return summary(self)

    def _answer(self, wish: Asked) -> None:
        target = Ref(Origin.MODULE, self.statements.own_path(wish.path))
        names = self.parameters_of(target) or []
        contexts = {
            f"{names[given.place]}.{given.key}" if given.key else names[given.place]: given.part
            for given in wish.given
            if isinstance(given.place, int) and given.place < len(names)
        }
        if contexts and ".".join(target.path) not in self.handed:
            # What only other files hand the context to is spoken of here all the same.
            self.apart.add(".".join(target.path))
        if contexts:
            self.pass_context_by_name(target, contexts)
        owner, method = self.classes.method_of(target)
        if owner is not None:
            self._wanted.append(f"{owner}.{method}")
        elif isinstance(self.resolve(target.name, Span(self.source.file, 0, 0)), Ref):
            self.value_of(target.name)
            self.attribute(self.canonical(target) or target)

    def _interest(self) -> re.Pattern[bytes]:
        """What a statement that may have to do with Inngest mentions."""
        imported = [(name, hop) for name, ref in self.statements.imported.items() for hop in ref.path]
        imported.extend(bound_by_require(self.source.text))
        of_package = {name: None for name, hop in imported if _PACKAGE in hop}
        words = "|".join(re.escape(name) for name in (self.words.create, *of_package))
        has_adapter = any(hop.startswith(f"{_PACKAGE}/") for _, hop in imported)
        return re.compile(rb"\b(?:" + words.encode() + rb")\b|" + _SENDS + (_MOUNTS if has_adapter else b""))

    # Statements

    def _lower(self, top: TopLevel) -> None:
        if top.lowered:
            return
        top.lowered = True
        lowering = Lowering(self, self._frame)
        lowering.writes = self.statements.writes
        try:
            lowering.statement(top.node)
        except RecursionError:
            place = Span(self.source.file, top.node.start_byte, top.node.start_byte)
            self.found.problems.append(Problem(place, "this statement is nested too deeply to be checked"))
        self.found.block.extend(lowering.block)

    # Functions of the top level

    def _reach(self, name: str) -> None:
        owner, _, method = name.rpartition(".")
        if owner:
            self.classes.reach(owner, method)
        elif name not in self.found.bodies:
            self.function_named(name)

    def function_at(self, name: str, node: Node, lowering: Lowering) -> Body:
        """A function of the top level, where its definition stands."""
        known = self.statements.functions.get(name)
        body = self.function_named(name) if known is not None and known.id == node.id else None
        return body or lowering.function(node, name=name, contexts={})

    def function_named(self, name: str) -> Body | None:
        """A function of the top level, lowered now if it was not yet; None while that is going on."""
        if name in self.found.bodies:
            return self.found.bodies[name]
        node = None if name in self._pending else self.statements.functions.get(name)
        if node is None:
            return None
        self._pending.add(name)
        try:
            contexts, _ = self.handed.of(name)
            body = Lowering(self, self._frame).function(node, name=name, contexts=contexts)
        finally:
            self._pending.discard(name)
        self.found.bodies[name] = body
        return body

    def function_body(self, value: Value) -> Body | None:
        """The function a value stands for, if this file defines it."""
        match value:
            case Closure(body=body):
                return body
            case Ref(origin=Origin.MODULE, path=(name,)):
                return self.function_named(name)
            case Ref(origin=Origin.MODULE | Origin.SELF):
                owner, method = self.classes.method_of(value)
                if owner is not None:
                    return self.classes.reach(owner, method)
                return self._property(value)
        return None

    def _property(self, ref: Ref) -> Body | None:
        """A function that stands in an object of the top level: `jobs.load`."""
        found = self.value_of(ref.name)
        for hop in ref.path[1:]:
            entry = found.get(hop) if isinstance(found, Record) else None
            found = entry.value if entry is not None else None
        return found.body if isinstance(found, Closure) else None

    def returned(self, body: Body) -> Iterator[Value]:
        """The values that a function gives back itself."""
        for operation in walk(body.block):
            if isinstance(operation, Return) and operation.value is not None:
                yield operation.value

    def keep(self, body: Body, node: Node, frame: Frame[Node] | None) -> None:
        """Take note of where a function stands."""
        self._kept[id(body)] = Kept(body, node, frame)

    def kept(self, body: Body) -> Kept | None:
        """Where a function stands."""
        return self._kept.get(id(body))

    # Context

    def pass_context(
        self, target: Ref, given: Sequence[tuple[str | None, tuple[str, ...] | None]], *, immediate: bool
    ) -> None:
        """A call hands parts of the context to a function of this file."""
        names = self.parameters_of(target) or []
        parts = {name: part for name, (_, part) in zip(names, given, strict=False) if part is not None}
        self.pass_context_by_name(target, parts)

    def pass_context_by_name(self, target: Ref, contexts: Contexts) -> None:
        """A call hands parts of the context to these parameters of a function of this file."""
        owner, method = self.classes.method_of(target)
        name = f"{owner}.{method}" if owner is not None else target.name
        if self.handed.note(name, contexts, immediate=False):
            # Lowered before this was known: once more, now that it is.
            self.found.bodies.pop(name, None)
            self.classes.forget(name)
            self._wanted.append(name)

    def parameters_of(self, target: Ref) -> list[str] | None:
        """The parameters of a function of the file's top level, or of a method of its classes."""
        owner, method = self.classes.method_of(target)
        if owner is not None:
            node = self.classes.method(owner, method)
        elif target.origin is Origin.MODULE and len(target.path) == 1:
            node = self.statements.functions.get(target.name)
        else:
            node = None
        return parameter_names(node) if node is not None else None

    def part_of(self, type_: Ref) -> tuple[str, ...] | None:
        """The part of the context that something of a type holds."""
        if type_.origin is Origin.CONTEXT:
            return type_.path
        return self.words.contexts.get(type_.path) if type_.origin is Origin.IMPORT else None

    def holds_immediate(self, owner: str | None) -> bool:
        """Whether the steps of the context that an instance of a class holds give their results at once."""
        return False

    # Names

    def binds(self, name: str) -> bool:
        """Whether the top level binds a name."""
        return self.statements.binds(name)

    def type_node(self, name: str) -> Node | None:
        """The declaration of a type of the top level, whatever its values are called."""
        return self.statements.types.get(name)

    def resolve(self, name: str, span: Span) -> Value:
        """What a name of the top level stands for, or of the language itself."""
        ref = self.statements.imported.get(name)
        if ref is not None:
            return self._imported(ref, span)
        if not self.statements.binds(name):
            return Ref(Origin.GLOBAL, (name,), 1, span)
        if name in self.statements.functions:
            self._wanted.append(name)
        elif name in self.statements.classes:
            self.spoken_of.add(name)
        else:
            value = self.value_of(name)
            if isinstance(value, Ref) and value.origin in (Origin.IMPORT, Origin.CONTEXT):
                return Ref(value.origin, value.path, value.attributes, span)
        return Ref(Origin.MODULE, (name,), 1, span)

    def _imported(self, ref: Ref, span: Span) -> Ref:
        part = self.words.contexts.get(ref.path) if ref.path[-1][:1].islower() else None
        if part is not None:
            return Ref(Origin.CONTEXT, part, len(part), span)
        return Ref(Origin.IMPORT, ref.path, len(ref.path), span)

    def value_of(self, name: str) -> Value | None:
        """What a name of the top level was bound to, if only once."""
        if name not in self._pending and name not in self.statements.functions:
            self._pending.add(name)
            for top in self.statements.of(name):
                self._lower(top)
            self._pending.discard(name)
        values = self.found.values.get(name, [])
        real = [value for value in values if value != Constant(None)]
        if len(real) == 1 and isinstance(real[0], (Items, Record)):
            self._follow_changes(name)
        return real[0] if len(real) == 1 else None

    def _follow_changes(self, name: str) -> None:
        """Look at what is put into a collection of the top level."""
        for top in self.statements.changing(name, self.source.text):
            inside = [each for each, node in self.statements.functions.items() if top.holds(node)]
            self._wanted.extend(inside)
            if not inside:
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
        base = self._traced(ref.name) if ref.name not in self._tracing else None
        return Ref(base.origin, (*base.path, *ref.path[1:])) if base is not None else ref

    def _traced(self, name: str) -> Ref | None:
        """What a name of the top level leads to: its value, the only one of several that is known, or its type."""
        value = self.value_of(name)
        values = [value] if value is not None else self.found.values.get(name, [])
        self._tracing.add(name)
        bases = [Lowering(self, self._frame).canonical(each) for each in values]
        self._tracing.discard(name)
        type_ = self.found.types.get(name)
        if type_ is not None and not any(bases):
            return Ref(type_.origin, (*type_.path, CALLED_WITH_ARGUMENTS))
        return bases[0] if len(bases) == 1 else only_import(bases)

    def attribute(self, ref: Ref) -> Ref:
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

    def class_node(self, name: str) -> Node | None:
        """The definition of a class of the top level."""
        return self.statements.classes.get(name)

    @property
    def frame(self) -> Frame[Node]:
        """The frame of the top level."""
        return self._frame

    # Findings on the way

    def note_type(self, name: str, type_: Ref) -> None:
        """A variable of the top level is promised to be of a class."""
        self.found.types.setdefault(name, type_)

    def note_client(self, client: Ref) -> None:
        """Functions are created with a client."""
        self.found.clients.add(client)

    def note_options(self, options: Options) -> None:
        """An object that the SDK reads some keys of was found."""
        self.found.options[options.span] = options
