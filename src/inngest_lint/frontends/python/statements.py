"""Statements: where each top-level statement of a Python module starts and ends, without parsing it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from keyword import iskeyword
from typing import TYPE_CHECKING

from inngest_lint.frontends.python.tokens import (
    LINE_END,
    REST,
    RESUME,
    STATEMENT_ONLY,
    THREE_QUOTES,
    TOKEN,
    WORD_END,
    Interpolation,
    alone,
    interpolates,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# CPython refuses more than 200 brackets and 100 indents; libcst slows down or overflows on longer chains than 500.
_MOST_BRACKETS = 200
_MOST_INDENTS = 100
_LONGEST_CHAIN = 500


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement: the bytes it covers, its deepest bracket nesting, and whether it never closes.

    Decorators belong to what they decorate, and small statements joined by `;` are one statement. The end leaves out
    blank lines and comments at column 0 that follow.
    """

    start: int
    end: int
    depth: int
    broken: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """The top-level statements of a module, and all its comments as (start, end, alone on its line)."""

    statements: tuple[Statement, ...]
    comments: tuple[tuple[int, int, bool], ...]


class HeadKind(Enum):
    """What a statement is, as far as its first words tell."""

    IMPORT = "import"
    FUNCTION = "function"
    CLASS = "class"
    ASSIGNMENT = "assignment"
    COMPOUND = "compound"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Head:
    """What a statement is, and the name it binds where it binds exactly one."""

    kind: HeadKind
    name: str | None


def scan(text: bytes) -> Scan:
    """The statements and comments of a module, in the order they stand.

    Any bytes can be scanned. A bracket or a string left open ends where a line can only start a statement.
    """
    scanner = _Scanner(text)
    for _ in scanner.tokens():
        pass
    scanner.cut(len(text))
    return Scan(tuple(scanner.statements), tuple(scanner.comments))


def kind_of(text: bytes) -> Head:
    """What the statement with these bytes is.

    An assignment with several targets, or one that shares its line with another statement, is `OTHER`.
    """
    start = _undecorated(text)
    if found := _DEFINITION.match(text, start):
        kind = HeadKind.CLASS if found[0].startswith(b"class") else HeadKind.FUNCTION
        return Head(kind, found[1].decode("utf-8", "replace"))
    if _IMPORT.match(text, start):
        return Head(HeadKind.IMPORT, None)
    if _COMPOUND.match(text, start):
        return Head(HeadKind.COMPOUND, None)
    if (found := _TARGET.match(text, start)) and _binds_one_name(text):
        name = found[1].decode("utf-8", "replace")
        return Head(HeadKind.OTHER, None) if iskeyword(name) else Head(HeadKind.ASSIGNMENT, name)
    return Head(HeadKind.COMPOUND if _MATCH.match(text, start) and _CASE.search(text) else HeadKind.OTHER, None)


def too_deep(statement: Statement, text: bytes) -> bool:
    """Whether a statement of the module `text` nests or chains so deeply that a recursive parser may not survive it."""
    if statement.depth > _MOST_BRACKETS:
        return True
    # A link is a byte at least, so a short statement holds no long chain and no deep block.
    if statement.end - statement.start <= _LONGEST_CHAIN:
        return False
    body = text[statement.start : statement.end]
    alternatives = Counter(_ELIF.findall(body))
    return (
        max(alternatives.values(), default=0) > _LONGEST_CHAIN
        or _indents(body) > _MOST_INDENTS
        or _longest_chain(body) > _LONGEST_CHAIN
    )


_NAME = rb"([A-Za-z_\x80-\xff][\w\x80-\xff]*)"
_BEFORE_CODE = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\f]*(?:#[^\r\n]*|\\(?=[\r\n]))?[\r\n])*[ \t\f]*")
_JOINED = re.compile(rb"(?:\\" + LINE_END + rb"[ \t\f]*)*")
_CONTINUATION = re.compile(rb"(?:else|elif|except|finally)" + WORD_END)
_DEFINITION = re.compile(rb"(?:(?:async[ \t]+)?def|class)[ \t]+" + _NAME)
_IMPORT = re.compile(rb"(?:import|from)" + WORD_END)
_COMPOUND = re.compile(rb"(?:if|try|with|for|while|async)" + WORD_END)
_MATCH = re.compile(rb"match" + WORD_END)
_CASE = re.compile(rb"[\r\n][ \t]+case" + WORD_END)
_TARGET = re.compile(_NAME + rb"[ \t]*(?:=(?!=)|:(?!=))")
_EQUALS = re.compile(rb"(?<![=!<>])=(?!=)")
_ELIF = re.compile(rb"[\r\n]([ \t]*)elif" + WORD_END)
_INDENT = re.compile(rb"[\r\n]([ \t]*)(?=[^\s#])")
# What lengthens an expression, or, in the group, what ends it; inside brackets a line end does not.
_LINK = re.compile(
    rb"\.[ \t\r\n]*[A-Za-z_\x80-\xff]|[-+*/%|&^@~<>]"
    rb"|\b(?:lambda\b[^:\r\n]{0,100}:|(?:not|and|or|if|else|await)\b)|([,;:=]|[\r\n])"
)


class _Scanner:
    """A reader of tokens that holds the open statement, the open brackets, and what it has cut so far."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.position = 0
        self.statements: list[Statement] = []
        self.comments: list[tuple[int, int, bool]] = []
        # Three quotes that no later quotes close, and how far an f-string that does not close was read:
        # neither is read again, or the time would grow with the square of the text.
        self._unclosed: set[bytes] = set()
        self._doubtful = 0
        before = _BEFORE_CODE.match(text)
        self._open(before.end() if before else 0)

    def _open(self, start: int) -> None:
        joined = _JOINED.match(self.text, start)
        self.start = self.head = joined.end() if joined else start
        self.decorating = self.text.startswith(b"@", self.start)
        self.depth = self._deepest = 0
        self._broken = False

    def tokens(self) -> Iterator[re.Match[bytes]]:
        """Each token, before it takes effect."""
        search, text = TOKEN.search, self.text
        while token := search(text, self.position):
            yield token
            self._take(token)

    def cut(self, limit: int) -> None:
        """End the open statement before `limit`."""
        if (end := self._trimmed(limit)) > self.start:
            broken = self._broken or self.depth > 0 or self.decorating
            self.statements.append(Statement(self.start, end, self._deepest, broken))

    def _take(self, token: re.Match[bytes]) -> None:
        start, self.position = token.span()
        match self.text[start : start + 1]:
            case b"(" | b"[" | b"{":
                self.depth += 1
                self._deepest = max(self._deepest, self.depth)
            case b")" | b"]" | b"}":
                self.depth -= self.depth > 0
            case b'"' | b"'":
                self._string(token)
            case b"#":
                self.comments.append((start, self.position, alone(self.text, start)))
            case b"\n" | b"\r":
                self._line(self.position)

    def _line(self, line: int) -> None:
        if line <= self.start:
            return
        if self._goes_on(line) if self.depth == 0 else not STATEMENT_ONLY.match(self.text, line):
            return
        self.cut(line)
        self._open(line)

    def _goes_on(self, line: int) -> bool:
        if not self.decorating:
            return _CONTINUATION.match(self.text, line) is not None
        if _DEFINITION.match(self.text, line):
            self.decorating, self.head = False, line
            return True
        return self.text.startswith(b"@", line)

    def _string(self, token: re.Match[bytes]) -> None:
        if interpolates(self.text, token.start()) and self._interpolated(token):
            return
        if token.lastindex in THREE_QUOTES:
            self._long_string(token)
        elif token.lastindex is None:
            self._broken = True

    def _interpolated(self, token: re.Match[bytes]) -> bool:
        if token.start() < self._doubtful:
            return False
        reader = Interpolation(self.text, token)
        if not reader.closes():
            self._doubtful = reader.position
            return False
        self.position = reader.position
        self.comments.extend(reader.comments)
        self._deepest = max(self._deepest, self.depth + reader.deepest)
        return True

    def _long_string(self, token: re.Match[bytes]) -> None:
        mark = token[0]
        rest = None if mark in self._unclosed else REST[mark].match(self.text, token.end())
        if rest and rest.lastindex:
            self.position = rest.end()
            return
        self._unclosed.add(mark)
        self._broken = True
        resume = RESUME.search(self.text, token.end())
        self.position = resume.start() if resume else len(self.text)

    def _trimmed(self, end: int) -> int:
        """`end` without the blank lines and the comments at column 0 before it."""
        text, comment = self.text, len(self.comments) - 1
        while True:
            while end > self.start and text[end - 1] in b" \t\r\n\f":
                end -= 1
            if comment < 0 or self.comments[comment][1] != end or not self._at_margin(comment):
                return end
            end = self.comments[comment][0]
            comment -= 1

    def _at_margin(self, comment: int) -> bool:
        start = self.comments[comment][0]
        return start > self.start and self.text[start - 1] in b"\r\n\f"


def _undecorated(text: bytes) -> int:
    scanner = _Scanner(text)
    for _ in scanner.tokens():
        if not scanner.decorating:
            break
    return scanner.head


def _gaps(text: bytes) -> Iterator[tuple[int, bytes]]:
    """What stands between strings and brackets, with the depth it stands at, and with the line end it follows."""
    scanner, line_end = _Scanner(text), b""
    for token in scanner.tokens():
        first, gap = token[0][:1], text[scanner.position : token.start()]
        if first in b"#\\" and not gap.strip():
            continue
        yield scanner.depth, line_end + gap
        line_end = b"\n" if first in b"\r\n" else b""
    yield scanner.depth, line_end + text[scanner.position :]


def _binds_one_name(text: bytes) -> bool:
    outside = [gap for depth, gap in _gaps(text) if depth == 0]
    return b":=" not in text and not any(b";" in gap for gap in outside) and sum(map(_equals, outside)) <= 1


def _equals(gap: bytes) -> int:
    return len(_EQUALS.findall(gap))


def _indents(text: bytes) -> int:
    """The most levels of indentation any line has."""
    levels = [0]
    most = 0
    for indent in _INDENT.findall(text):
        while levels[-1] > len(indent):
            levels.pop()
        if levels[-1] < len(indent):
            levels.append(len(indent))
        most = max(most, len(levels) - 1)
    return most


def _longest_chain(text: bytes) -> int:
    """The most links in one expression: attributes, operators, and brackets or strings side by side."""
    longest, chains = 0, [0]
    for depth, gap in _gaps(text):
        chains.extend([0] * (depth + 1 - len(chains)))
        del chains[depth + 1 :]
        chains[depth] += not gap.strip()
        for link in _LINK.finditer(gap):
            if link[1] is None:
                chains[depth] += 1
            elif depth == 0 or link[1] not in b"\r\n":
                chains[depth] = 0
            longest = max(longest, chains[depth])
        longest = max(longest, chains[depth])
    return longest
