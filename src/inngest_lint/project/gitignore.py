"""Patterns: what a line of a .gitignore, or a glob of the configuration, matches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WILD = re.compile(r"[*?\[\\]")
_BRACKET = re.compile(r"\[([!^]?)(\]?(?:\\.|[^\]\\])*)\]", re.DOTALL)
_SPECIAL_MEMBER = re.compile(r"\\(.)|[\]\[^&~|]", re.DOTALL)
_NEVER = r"(?!)"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One line; it does not pick where it begins with `!`."""

    text: str
    picks: bool
    directories_only: bool
    anchored: bool


class Patterns:
    """Lines of a .gitignore; of those that match a path, the last one counts.

    Most lines are plain names, and a walk asks for every entry: plain ones are looked up, only wild ones are
    tried in turn.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._patterns = tuple(_parsed(lines))
        self._plain: dict[str, int] = {}
        self._wild: list[tuple[int, bool, re.Pattern[str]]] = []
        for number, pattern in enumerate(self._patterns):
            if _WILD.search(pattern.text):
                self._wild.insert(0, (number, pattern.anchored, _compiled(pattern)))
            else:
                self._plain[_key(pattern)] = number

    def __bool__(self) -> bool:
        """Whether there is any pattern."""
        return bool(self._patterns)

    def picks(self, path: str, *, directory: bool) -> bool | None:
        """Whether the last pattern that matches the path itself picks it; None where none matches.

        The path is relative to where the patterns stand, with `/`; the directories above it are not asked.
        """
        last = self._last_plain(path, directory=directory)
        whole = path + "/" if directory else path
        name = whole[path.rfind("/") + 1 :]
        for number, anchored, regex in self._wild:
            if number < last:
                break
            if regex.fullmatch(whole if anchored else name):
                last = number
                break
        return None if last < 0 else self._patterns[last].picks

    def covers(self, path: str) -> bool:
        """Whether a path, or a directory it lies in, is picked."""
        parts = path.split("/")
        above = ("/".join(parts[:length]) for length in range(1, len(parts)))
        return any(self.picks(each, directory=True) for each in above) or bool(self.picks(path, directory=False))

    def _last_plain(self, path: str, *, directory: bool) -> int:
        name = path[path.rfind("/") + 1 :]
        last = max(self._plain.get(name, -1), self._plain.get("/" + path, -1))
        if directory:
            last = max(last, self._plain.get(name + "/", -1), self._plain.get(f"/{path}/", -1))
        return last


def _parsed(lines: Iterable[str]) -> Iterator[_Pattern]:
    for line in lines:
        text = _without_trailing_spaces(line)
        if not text or text.startswith("#"):
            continue
        picks = not text.startswith("!")
        text = text if picks else text[1:]
        directories_only = text.endswith("/")
        text = text[:-1] if directories_only else text
        if text:
            yield _Pattern(text.removeprefix("/"), picks, directories_only, "/" in text)


def _without_trailing_spaces(line: str) -> str:
    text = line.rstrip("\r\n")
    while text.endswith(" ") and not text.endswith("\\ "):
        text = text[:-1]
    return text


def _key(pattern: _Pattern) -> str:
    return ("/" if pattern.anchored else "") + pattern.text + ("/" if pattern.directories_only else "")


def _compiled(pattern: _Pattern) -> re.Pattern[str]:
    end = "/" if pattern.directories_only else "/?"
    try:
        return re.compile("".join(_translated(pattern.text)) + end, re.DOTALL)
    except re.error:  # `[z-a]`
        return re.compile(_NEVER)


def _translated(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        for regex, length in (_two_stars(text, at), _bracket(text, at), _single(text, at)):
            if length:
                yield regex
                at += length
                break


def _two_stars(text: str, at: int) -> tuple[str, int]:
    if at and text[at - 1] != "/":
        return "", 0
    if text.startswith("**/", at):
        return "(?:.*/)?", 3
    if text[at:] == "**":
        return ("[^/].*" if at else ".*"), 2
    return "", 0


def _bracket(text: str, at: int) -> tuple[str, int]:
    if text[at] != "[":
        return "", 0
    match = _BRACKET.match(text, at)
    if match is None:
        return _NEVER, 1
    # A bare dash keeps its meaning; whatever else a regular expression would read is escaped.
    members = _SPECIAL_MEMBER.sub(lambda member: re.escape(member[1] or member[0]), match[2])
    return f"(?!/)[{'^' if match[1] else ''}{members}]", len(match[0])


def _single(text: str, at: int) -> tuple[str, int]:
    match text[at]:
        case "*":
            return "[^/]*", len(text[at:]) - len(text[at:].lstrip("*"))
        case "?":
            return "[^/]", 1
        case "\\":
            return (re.escape(text[at + 1]), 2) if at + 1 < len(text) else (_NEVER, 1)
        case character:
            return re.escape(character), 1
