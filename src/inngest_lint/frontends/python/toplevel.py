"""The top level: the statements of a Python file, each parsed when it is first needed."""

from __future__ import annotations

import builtins
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import libcst as cst

from inngest_lint.frontends.changes import changes
from inngest_lint.frontends.python.imports import plain_imports
from inngest_lint.frontends.python.parse import Parsed, parse, parse_names
from inngest_lint.frontends.python.scope import STAR, Imported, code, imported, names_of
from inngest_lint.frontends.python.statements import Head, HeadKind, Statement, kind_of, scan, too_deep
from inngest_lint.frontends.python.validity import doubtful, nul_bytes
from inngest_lint.model.function import Comment, Import, Language, Problem
from inngest_lint.model.value import Origin, Ref
from inngest_lint.text import Source, Span

_DEFINING = (cst.FunctionDef, cst.ClassDef)
_DEFINITIONS = (HeadKind.FUNCTION, HeadKind.CLASS)


@dataclass(slots=True)
class TopLevel:
    """A statement of the top level; parsed when it is first needed, `accepted` where it need not be to be Python."""

    statement: Statement
    head: Head
    span: Span
    parsed: Parsed | Problem | None = None
    lowered: bool = False
    accepted: bool = False


class Statements:
    """The statements of a file, and the names they bind."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._scan = scan(source.text)
        self._all: list[TopLevel] = []
        self._named: dict[str, list[TopLevel]] = {}
        self._problems: list[Problem] = []
        self.imports: list[Import] = []
        self.stars: list[tuple[str, ...]] = []
        for statement in self._scan.statements:
            self._enter(statement)
        self.imported = {i.name: Ref(Origin.IMPORT, i.path, len(i.path)) for i in reversed(self.imports)}

    def _enter(self, statement: Statement) -> None:
        text = self._source.text[statement.start : statement.end]
        span = Span(self._source.file, statement.start, statement.end)
        top = TopLevel(statement, kind_of(text), span)
        self._all.append(top)
        match top.head:
            case Head(kind=HeadKind.IMPORT):
                self._enter_names(top)
            case Head(name=str(name)):
                self._named.setdefault(name, []).append(top)
            case Head(kind=HeadKind.COMPOUND | HeadKind.OTHER) if not too_deep(statement, self._source.text):
                self._enter_names(top)

    def _enter_names(self, top: TopLevel) -> None:
        """Bind what a statement without a single name binds: imports, and all that stands in an `if` or `try`."""
        if top.head.kind is HeadKind.OTHER and b"=" not in self._source.text[top.span.start : top.span.end]:
            return
        plain = plain_imports(self._source.slice(top.span)) if top.head.kind is HeadKind.IMPORT else None
        top.accepted = plain is not None
        names, imports = plain or self._bound_and_imported(top)
        for name in names:
            self._named.setdefault(name, []).append(top)
        for name, path in imports:
            if name == STAR:
                self.stars.append(path)
            else:
                self.imports.append(Import(top.span, name, path))

    def _bound_and_imported(self, top: TopLevel) -> tuple[Iterable[str], Iterable[Imported]]:
        tree = parse_names(self._source, top.span)
        if tree is None:
            self.parsed(top)
            return (), ()
        imports = (node for node in code(tree, (cst.FunctionDef,)) if isinstance(node, (cst.Import, cst.ImportFrom)))
        return names_of(tree).counts, [name for node in imports for name in imported(node)]

    def __iter__(self) -> Iterator[TopLevel]:
        return iter(self._all)

    def parsed(self, top: TopLevel) -> Parsed | None:
        """The tree of a statement; None where it has none, and then it is a problem."""
        if top.parsed is None:
            top.parsed = self._parse(top)
            if isinstance(top.parsed, Problem):
                self._problems.append(top.parsed)
        return top.parsed if isinstance(top.parsed, Parsed) else None

    def _parse(self, top: TopLevel) -> Parsed | Problem:
        if too_deep(top.statement, self._source.text):
            return Problem(top.span.at_start(), "this statement is nested too deeply to be checked")
        return parse(self._source, top.span)

    # Names

    def binds(self, name: str) -> bool:
        """Whether the top level binds a name."""
        return name in self._named

    def starred(self, name: str) -> tuple[str, ...] | None:
        """The path of a name that can only come from the one module all of whose names are imported."""
        if len(self.stars) != 1 or name.startswith("_") or hasattr(builtins, name):
            return None
        return (*self.stars[0], name)

    def declares(self) -> frozenset[str]:
        """All names that other files may ask for."""
        return frozenset(self._named)

    def of(self, name: str) -> list[TopLevel]:
        """The statements that bind a name."""
        return self._named.get(name, [])

    @cached_property
    def _changes(self) -> dict[str, list[TopLevel]]:
        found: dict[str, list[TopLevel]] = {}
        starts = [top.span.start for top in self._all]
        for name, offset in changes(self._source.text, Language.PYTHON):
            found.setdefault(name, []).append(self._all[max(bisect_right(starts, offset) - 1, 0)])
        return found

    def changing(self, name: str) -> list[TopLevel]:
        """The statements that may put something into what a name stands for."""
        return self._changes.get(name, [])

    def defines(self, name: str) -> bool:
        """Whether a statement that binds a name is its definition as a function or class."""
        return any(top.head.kind in _DEFINITIONS for top in self.of(name))

    def function(self, name: str) -> tuple[cst.FunctionDef, Parsed] | None:
        """The only definition of a function."""
        found = self._definition(name)
        return (found[0], found[1]) if found and isinstance(found[0], cst.FunctionDef) else None

    def class_(self, name: str) -> tuple[cst.ClassDef, Parsed] | None:
        """The only definition of a class."""
        found = self._definition(name)
        return (found[0], found[1]) if found and isinstance(found[0], cst.ClassDef) else None

    def _definition(self, name: str) -> tuple[cst.CSTNode, Parsed] | None:
        tops = self.of(name)
        if len(tops) != 1 or name in self.imported:
            return None
        if tops[0].head.kind not in (*_DEFINITIONS, HeadKind.COMPOUND):
            return None
        parsed = self.parsed(tops[0])
        found = _find(parsed.tree, name) if parsed is not None else None
        return (found, parsed) if parsed is not None and found is not None else None

    # The text

    def mentioning(self, interest: re.Pattern[bytes]) -> Iterator[TopLevel]:
        """The statements that mention something outside their comments."""
        starts = [start for start, _, _ in self._scan.comments]
        for top in self._all:
            found = interest.finditer(self._source.text, top.span.start, top.span.end)
            if not all(self._is_comment(match.start(), starts) for match in found):
                yield top

    def _is_comment(self, offset: int, starts: Sequence[int]) -> bool:
        """Whether an offset lies in one of the comments, which begin at `starts`."""
        before = bisect_right(starts, offset) - 1
        return before >= 0 and offset < self._scan.comments[before][1]

    def comments(self) -> tuple[Comment, ...]:
        """The comments of the file."""
        spans = ((Span(self._source.file, start, end), alone) for start, end, alone in self._scan.comments)
        return tuple(Comment(span, self._source.slice(span), alone) for span, alone in spans)

    def problems(self) -> tuple[Problem, ...]:
        """What could not be read, in the statements that nothing needed too."""
        unseen = {top.span: top for top in self._all if top.parsed is None and not top.accepted}
        for span in doubtful(self._source, unseen):
            self.parsed(unseen[span])
        found = {*self._problems, *nul_bytes(self._source)}
        return tuple(sorted(found, key=lambda problem: problem.span))


def _find(tree: cst.Module, name: str) -> cst.CSTNode | None:
    """The definition of a name in a statement, within `if` and `try` too."""
    for node in code(tree, _DEFINING):
        if isinstance(node, _DEFINING) and node.name.value == name:
            return node
    return None
