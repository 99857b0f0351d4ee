"""Widths: how many columns of a terminal a text takes, and which part of a long line to show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, east_asian_width

from inngest_lint.reporters.escape import safe

_TAB = " " * 4
_WORD = re.compile(r"(?:`[^`]*`|\S)+")  # what stands in backticks is one word
_LINE = 60  # the columns up to which a text is rather moved than broken into lines
_ROOM = 40  # the columns that a text which is broken should have
_NARROWEST = 16


def drawn(line: str) -> str:
    """A piece of a line of source as it is shown."""
    return safe(line).replace("\t", _TAB)


def width(line: str) -> int:
    """The columns that a piece of a line of source takes when it is shown."""
    shown = drawn(line)
    return len(shown) if shown.isascii() else sum(map(_columns, shown))


def window(line: str, first: int, last: int, limit: int) -> range:
    """The characters of a line to show so that it fits and those from `first` to `last` are seen, as far as can be."""
    if len(line) <= limit and width(line) <= limit:
        return range(len(line))
    limit -= len("……")
    # A span that fits is shown whole, with a quarter of the room, at most, for what stands before it.
    span = sum(width(character) for character in line[first : min(last, first + limit)])
    start = _back(line, first, max(0, min(limit // 4, limit - span)))
    end, room = start, limit
    while end < len(line) and (room := room - width(line[end])) >= 0:
        end += 1
    return range(_back(line, start, max(0, room)) if end == len(line) else start, end)


def cut(line: str, part: range) -> str:
    """A part of a line as it is shown, with a sign where something is left out."""
    before = "…" if part.start > 0 else ""
    after = "…" if part.stop < len(line) else ""
    return before + drawn(line[part.start : part.stop]) + after


def wrapped(text: str, room: int) -> list[str]:
    """A text as lines that fit into some columns; a word that does not fit stands alone and sticks out."""
    lines = [""]
    for word in _words(text, room):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and width(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def placed(text: str, column: int, floor: int, limit: int) -> tuple[int, list[str]]:
    """Where a text begins that is to stand at a column, and its lines.

    It moves to the left, as far as `floor`, where it would have too little room before the limit.
    """
    columns = width(text)
    start = min(column, max(floor, limit - (columns if columns <= _LINE else _ROOM), 0))
    room = max(_NARROWEST, limit - start)
    lines = wrapped(text, room)
    # Lines of about one length read better than a last one of a single word.
    even = (wrapped(text, narrower) for narrower in range(columns // len(lines), room))
    return start, next((each for each in even if len(each) == len(lines)), lines)


def _words(text: str, room: int) -> Iterator[str]:
    for word in _WORD.findall(text):
        yield from word.split() if width(word) > room else (word,)


def _back(line: str, start: int, room: int) -> int:
    while start > 0 and (room := room - width(line[start - 1])) >= 0:
        start -= 1
    return start


def _columns(character: str) -> int:
    if category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(character) in {"W", "F"} else 1
