"""Spans and sources: where something stands in a file, and how a place is told to the outside."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

# Editors and LSP end a line here and nowhere else; `str.splitlines` also splits on form feeds and U+2028.
_LINE_END = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"


class ColumnUnit(Enum):
    """What a column counts: bytes of UTF-8, characters (code points), or UTF-16 code units."""

    BYTES = "bytes"
    CHARACTERS = "characters"
    UTF16 = "utf-16"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of bytes in a file."""

    file: str
    start: int
    end: int

    def contains(self, other: Span) -> bool:
        """Whether `other` lies inside this span, ends included."""
        return self.file == other.file and self.start <= other.start and other.end <= self.end

    def at_start(self) -> Span:
        """The empty span before the first byte."""
        return Span(self.file, self.start, self.start)


@dataclass(frozen=True, slots=True)
class Position:
    """A line and a column, both counted from zero."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """A file's text as UTF-8 bytes, under the path it was found at.

    A byte order mark is part of the bytes and takes no column.
    """

    file: str
    text: bytes

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset of the first byte of each line."""
        return (0, *(match.end() for match in _LINE_END.finditer(self.text)))

    def slice(self, span: Span) -> str:
        """The text of a span."""
        return self.text[span.start : span.end].decode("utf-8", "replace")

    def line(self, number: int) -> str:
        """The text of a line, counted from zero, without its line end."""
        starts = self.line_starts
        end = starts[number + 1] if number + 1 < len(starts) else len(self.text)
        text = self.text[starts[number] : end].rstrip(b"\r\n")
        return (text.removeprefix(_BOM) if number == 0 else text).decode("utf-8", "replace")

    def code(self, span: Span) -> str:
        """The lines of a span as far as they are code: without indentation, with one space for each run of them."""
        first, last = self.line_of(span.start), self.line_of(max(span.start, span.end - 1))
        return "\n".join(" ".join(self.line(number).split()) for number in range(first, last + 1))

    def line_of(self, offset: int) -> int:
        """The line, counted from zero, that holds an offset in bytes."""
        return bisect_right(self.line_starts, offset) - 1

    def position(self, offset: int, unit: ColumnUnit) -> Position:
        """Where an offset in bytes stands, with the column in the unit asked for."""
        line = self.line_of(offset)
        before = self.text[self.line_starts[line] : offset]
        if line == 0:
            before = before.removeprefix(_BOM)
        match unit:
            case ColumnUnit.BYTES:
                return Position(line, len(before))
            case ColumnUnit.CHARACTERS:
                return Position(line, len(before.decode("utf-8", "replace")))
            case ColumnUnit.UTF16:
                return Position(line, len(before.decode("utf-8", "replace").encode("utf-16-le")) // 2)


def absolute(path: str) -> str:
    """A path from the root, with `/`; links are not resolved."""
    return os.path.abspath(path).replace(os.sep, "/")  # noqa: PTH100 - `resolve` would follow links


def directory_prefix(directory: str) -> str:
    """What the paths of the files in a directory begin with."""
    return directory if directory.endswith("/") else directory + "/"


def shown(path: str) -> str:
    """A path as reports have it: relative to the working directory where it lies in it, with `/`."""
    return absolute(path).removeprefix(directory_prefix(absolute(".")))
