"""Ignores: comments that suppress what is found, put where each of them is heeded."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from inngest_lint.diagnostic import Diagnostic
from inngest_lint.frontends import lower
from inngest_lint.frontends.recursion import recursion
from inngest_lint.model.dump import dump
from inngest_lint.model.function import Module
from inngest_lint.model.language import Language
from inngest_lint.suppression import apply, open_lists
from inngest_lint.text import Source, Span

_LINE_END = re.compile(rb"\r\n|\n|\r")
_WORD = re.compile(rb"\w+")
_SPACE = re.compile(rb"[ \t\f]*")
# What has to stay at the top: the interpreter, the encoding, and what else is said there.
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?(?:(?:\#|//)[^\r\n]*(?:\r\n|\n|\r))*")
_ENDS_JSX = (b">", b"}")

# Code may be nested as deep as the front ends read it, and its dump is nested as deep as the code.
_DEEPEST = 20_000


@dataclass(frozen=True, slots=True)
class Added:
    """A source with comments, and how many findings they suppress."""

    source: Source
    count: int


@dataclass(frozen=True, slots=True)
class _Insertion:
    """Text that is put before an offset."""

    offset: int
    text: bytes


@dataclass(frozen=True, slots=True)
class _Group:
    """The findings that begin on a line, counted from nought, and the ways to suppress them that are left."""

    line: int
    found: tuple[Diagnostic, ...]
    ways: tuple[_Insertion, ...]


def added(source: Source, found: Iterable[Diagnostic], reason: str) -> Added | None:
    """A source with comments for what was found in it; None where none of it can be suppressed.

    Each line is given the first of the comments that could stand there which is heeded, and changes nothing else.
    """
    before = lower(source)
    places = _Places(source, before, reason)
    groups = [_Group(line, each, tuple(places.ways(line, each))) for line, each in _by_line(source, found).items()]
    while groups:
        after, wrong = _tried(source, before, groups)
        if not wrong:
            return Added(after, sum(len(group.found) for group in groups))
        groups = [replace(each, ways=each.ways[1:]) if each.line in wrong else each for each in groups]
        groups = [group for group in groups if group.ways]
    return None


def _tried(source: Source, before: Module, groups: Sequence[_Group]) -> tuple[Source, frozenset[int]]:
    """A source with the first comment for each line, and the lines whose comments do not serve."""
    insertions = sorted((group.ways[0] for group in groups), key=lambda each: each.offset)
    after = _inserted(source, insertions)
    moved = {line: _moved(group.found, insertions) for group in groups for line in (group.line,)}
    left = apply(after, lower(after), [each for found in moved.values() for each in found], frozenset(), ()).diagnostics
    wrong = frozenset(line for line, found in moved.items() if any(each in left for each in found))
    if wrong or _is_harmless(source, before, insertions):
        return after, wrong
    return after, frozenset(_harmful(source, before, groups))


def _harmful(source: Source, before: Module, groups: Sequence[_Group]) -> Iterator[int]:
    """The lines whose comments would change what the code is."""
    harmful = [group.line for group in groups if not _is_harmless(source, before, group.ways[:1])]
    yield from harmful or (group.line for group in groups)


def _is_harmless(source: Source, before: Module, insertions: Iterable[_Insertion]) -> bool:
    """Whether comments leave the code what it is."""
    # The front ends look closer at code that mentions Inngest, be it in a comment; so these have no words.
    plain = (replace(each, text=_WORD.sub(b"x", each.text)) for each in insertions)
    after = lower(_inserted(source, tuple(plain)))
    with recursion(_DEEPEST):
        return len(before.problems) == len(after.problems) and dump(before) == dump(after)


def _inserted(source: Source, insertions: Sequence[_Insertion]) -> Source:
    parts: list[bytes] = []
    start = 0
    for insertion in insertions:
        parts += (source.text[start : insertion.offset], insertion.text)
        start = insertion.offset
    return Source(source.file, b"".join((*parts, source.text[start:])))


def _moved(found: Iterable[Diagnostic], insertions: Sequence[_Insertion]) -> tuple[Diagnostic, ...]:
    """Diagnostics at the places where their code is once all is inserted."""
    offsets = [insertion.offset for insertion in insertions]

    def moved(diagnostic: Diagnostic) -> Diagnostic:
        span = diagnostic.span
        shift = sum(len(each.text) for each in insertions[: bisect_right(offsets, span.start)])
        place = Span(span.file, span.start + shift, max(span.end, span.start) + shift)
        return replace(diagnostic, finding=replace(diagnostic.finding, span=place, fix=None, notes=()))

    return tuple(map(moved, found))


def _by_line(source: Source, found: Iterable[Diagnostic]) -> Mapping[int, tuple[Diagnostic, ...]]:
    lines: dict[int, tuple[Diagnostic, ...]] = {}
    for diagnostic in found:
        line = source.line_of(diagnostic.span.start)
        lines[line] = (*lines.get(line, ()), diagnostic)
    return lines


class _Places:
    """Where comments may stand in a source."""

    def __init__(self, source: Source, module: Module, reason: str) -> None:
        self._source = source
        self._lists = open_lists(source, module)
        self._python = module.language is Language.PYTHON
        self._reason = f" {reason}" if reason else ""

    def ways(self, line: int, found: Sequence[Diagnostic]) -> Iterator[_Insertion]:
        """The comments that might suppress what was found on a line, the most welcome one first."""
        text = self._source.text
        rules = ", ".join(sorted({each.rule for each in found}))
        start, end = self._source.line_starts[line], self._end(line)
        if line in self._lists:
            yield _Insertion(self._lists[line], f", {rules}".encode())
        told = f"inngest-lint: ignore[{rules}]{self._reason}"
        mark, gap = ("#", "  ") if self._python else ("//", " ")
        if text[start:end].rstrip().endswith(b"\\"):
            gap = ""
        if gap:
            yield _Insertion(end, f"{gap}{mark} {told}".encode())
        if not self._continues(line):
            yield self._above(line, f"{mark} {told}")
        if not self._python:
            if self._before(line).endswith(_ENDS_JSX):
                yield self._above(line, f"{{/* {told} */}}")
            yield _Insertion(found[0].span.start, f"/* {told} */ ".encode())
        yield self._of_file(f"{mark} inngest-lint: ignore-file[{rules}]{self._reason}")

    def _above(self, line: int, comment: str) -> _Insertion:
        start = self._source.line_starts[line]
        if line == 0 and self._source.text.startswith(b"\xef\xbb\xbf"):
            start = 3
        space = _SPACE.match(self._source.text, start)
        assert space is not None, "it matches nothing, too"
        return _Insertion(start, space[0] + comment.encode() + self._break(line))

    def _of_file(self, comment: str) -> _Insertion:
        """A comment for the whole file, where no comment for the line is possible, as within a long string."""
        head = _HEAD.match(self._source.text)
        assert head is not None, "it matches nothing, too"
        return _Insertion(head.end(), comment.encode() + self._break(0))

    def _before(self, line: int) -> bytes:
        """The nearest line above that is not blank."""
        return self._source.text[: self._source.line_starts[line]].rstrip()[-80:]

    def _continues(self, line: int) -> bool:
        above = self._source.text[: self._source.line_starts[line]]
        return above.rstrip(b"\r\n").endswith(b"\\")

    def _end(self, line: int) -> int:
        match = _LINE_END.search(self._source.text, self._source.line_starts[line])
        return match.start() if match is not None else len(self._source.text)

    def _break(self, line: int) -> bytes:
        """How lines end here."""
        match = _LINE_END.search(self._source.text, self._source.line_starts[line]) or _LINE_END.search(
            self._source.text
        )
        return match[0] if match is not None else b"\n"
