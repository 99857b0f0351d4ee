"""The top level: the statements of a TypeScript file, and the names they bind, import and export."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from inngest_lint.frontends.changes import changes
from inngest_lint.frontends.typescript.commonjs import Written, function_of, own_name, required, written
from inngest_lint.frontends.typescript.scope import (
    CLASSES,
    DEFINITIONS,
    declared,
    exported,
    function_in,
    text,
    writes_in,
)
from inngest_lint.frontends.typescript.tree import code
from inngest_lint.model.function import WHOLE, Import, Language
from inngest_lint.model.value import Origin, Ref
from inngest_lint.text import Span

_DEFAULT = "default"
_TYPES = frozenset({"interface_declaration", "type_alias_declaration"})


@dataclass(slots=True)
class TopLevel:
    """A statement of the top level."""

    node: Node
    lowered: bool = False

    def holds(self, node: Node) -> bool:
        """Whether a node stands in the statement."""
        return self.node.start_byte <= node.start_byte and node.end_byte <= self.node.end_byte


@dataclass(slots=True)
class Exports:
    """What a file exports: its own names under others, those of other files, and whole files."""

    aliases: dict[str, str] = field(default_factory=dict)
    passed_on: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stars: list[tuple[str, ...]] = field(default_factory=list)


class Statements:
    """The statements of a file, and the names they bind."""

    def __init__(self, file: str, root: Node) -> None:
        self._file = file
        self.all = [TopLevel(node) for node in root.named_children]
        self.imports: list[Import] = []
        self.exports = Exports()
        self.writes: Counter[str] = writes_in(root)
        found = declared((top.node for top in self.all), self.writes)
        self.functions = dict(found.functions)
        self._named: dict[str, list[TopLevel]] = {}
        self.classes: dict[str, Node] = {}
        self.types: dict[str, Node] = {}
        self._changes: dict[str, list[TopLevel]] | None = None
        for top in self.all:
            self._enter(top)
        self.imported = {i.name: Ref(Origin.IMPORT, i.path, len(i.path)) for i in reversed(self.imports)}

    def _enter(self, top: TopLevel) -> None:
        if top.node.type == "import_statement":
            self.imports.extend(self._imports(top.node))
        elif top.node.type == "export_statement":
            self._export(top.node)
        for export in written(top.node):
            self._written(export, top)
        inner = exported(top.node)
        if inner.type in CLASSES:
            self._class(inner)
        elif inner.type in _TYPES:
            self.types[text(inner.child_by_field_name("name") or inner)] = inner
        if any(child.type == _DEFAULT for child in top.node.children):
            self._named.setdefault(_DEFAULT, []).append(top)
        for name in declared((top.node,), {}).counts:
            self._named.setdefault(name, []).append(top)

    def _written(self, export: Written, top: TopLevel) -> None:
        """Enter what is exported by being written to `exports`."""
        path, function = required(export.value), function_of(export.value)
        own = own_name(export.name)
        if export.name == "*":
            self.exports.stars.extend((path,) if path is not None and len(path) == 1 else ())
        elif path is not None:
            self.exports.passed_on[export.name] = path
        elif export.value.type in ("identifier", "shorthand_property_identifier"):
            self.exports.aliases[export.name] = text(export.value)
        else:
            self.exports.aliases[export.name] = own
            self._named.setdefault(own, []).append(top)
            if function is not None:
                self.functions[own] = function
            elif export.value.type in CLASSES:
                self.classes[own] = export.value

    def _class(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        if name is not None:
            self.classes.setdefault(text(name), node)

    def binds(self, name: str) -> bool:
        """Whether the top level binds a name."""
        return name in self._named or name in self.imported

    def declares(self) -> frozenset[str]:
        """All names that other files may ask for."""
        return frozenset((*self._named, *self.functions, *self.exports.aliases, *self.exports.passed_on))

    def own_path(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """A path that another file asks for, by the names that this one has itself."""
        aliases, (first, *rest) = self.exports.aliases, path
        if first not in self.declares() and WHOLE in self.declares():
            # What is exported as a whole is what is imported, by default too.
            return (aliases.get(WHOLE, WHOLE), *(rest if first == _DEFAULT else path))
        return (aliases.get(first, first), *rest)

    def of(self, name: str) -> list[TopLevel]:
        """The statements that bind a name."""
        return self._named.get(name, [])

    def changing(self, name: str, source: bytes) -> Iterator[TopLevel]:
        """The statements that may put something into what a name stands for."""
        if self._changes is None:
            self._changes = {}
            starts = [top.node.start_byte for top in self.all]
            for changed, offset in changes(source, Language.TYPESCRIPT):
                self._changes.setdefault(changed, []).append(self.all[max(bisect_right(starts, offset) - 1, 0)])
        yield from self._changes.get(name, ())

    # Imports

    def _imports(self, node: Node) -> Iterator[Import]:
        span = Span(self._file, node.start_byte, node.end_byte)
        module = _specifier(node)
        for clause in code(node):
            if clause.type == "import_require_clause" and code(clause):
                yield Import(span, text(code(clause)[0]), (_specifier(clause),))
            for name, path in _bound_by(clause) if clause.type == "import_clause" else ():
                yield Import(span, name, (module, *path))

    # Exports

    def _export(self, node: Node) -> None:
        module = (_specifier(node),) if node.child_by_field_name("source") is not None else ()
        clauses = [child for child in code(node) if child.type in ("export_clause", "namespace_export")]
        for clause in clauses:
            self._clause(node, clause, module)
        if module and not clauses:
            self.exports.stars.append(module)
        inner = exported(node)
        function = function_in(inner)
        if any(child.type == _DEFAULT for child in node.children) and inner is not node:
            named = inner.child_by_field_name("name")
            bare = inner if inner.type == "identifier" else named
            if bare is not None:
                self.exports.aliases[_DEFAULT] = text(bare)
            elif function is not None or inner.type in DEFINITIONS:
                self.functions[_DEFAULT] = function or inner

    def _clause(self, node: Node, clause: Node, module: tuple[str, ...]) -> None:
        if clause.type == "namespace_export":
            self.exports.passed_on[text(code(clause)[0])] = module
            return
        span = Span(self._file, node.start_byte, node.end_byte)
        for specifier in code(clause):
            name = specifier.child_by_field_name("name")
            alias = specifier.child_by_field_name("alias") or name
            if name is None or alias is None:
                continue
            if module:
                self.exports.passed_on[text(alias)] = (*module, text(name))
                # It is imported too, as far as other files are concerned.
                self.imports.append(Import(span, f"export {text(alias)}", (*module, text(name))))
            else:
                self.exports.aliases[text(alias)] = text(name)


def _specifier(node: Node) -> str:
    source = node.child_by_field_name("source")
    return text(source)[1:-1].removeprefix("node:") if source is not None else ""


def _bound_by(clause: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    for part in code(clause):
        match part.type:
            case "identifier":
                yield text(part), (_DEFAULT,)
            case "namespace_import":
                yield text(code(part)[0]), ()
            case "named_imports":
                for specifier in code(part):
                    name = specifier.child_by_field_name("name")
                    alias = specifier.child_by_field_name("alias") or name
                    if name is not None and alias is not None:
                        yield text(alias), (text(name),)
