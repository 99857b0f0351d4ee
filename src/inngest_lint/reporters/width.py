"""Widths: how many columns of a terminal a text takes, and which part of a long line to show."""

from __future__ import annotations

from unicodedata import category, east_asian_width

from inngest_lint.reporters.escape import safe

_TAB = " " * 4


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
    # A span that fits is shown whole, with a quarter of the room, at most, for what stands before it.
    span = sum(width(character) for character in line[first : min(last, first + limit)])
    start = _back(line, first, max(0, min(limit // 4, limit - span)))
    end, room = start, limit
    while end < len(line) and (room := room - width(line[end])) >= 0:
        end += 1
    return range(_back(line, start, max(0, room)) if end == len(line) else start, end)


def _back(line: str, start: int, room: int) -> int:
    while start > 0 and (room := room - width(line[start - 1])) >= 0:
        start -= 1
    return start


def _columns(character: str) -> int:
    if category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(character) in {"W", "F"} else 1
