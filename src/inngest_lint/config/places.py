"""Places: the lines at which the keys of a TOML text stand, which its parser does not tell."""

from __future__ import annotations

import re

Keys = tuple[str, ...]

_PART = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_TABLE = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=")


class Places:
    """The lines of a TOML text, counted from one, by the keys that lead there."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._starts: dict[Keys, int] = {}
        table: Keys = ()
        for number, line in enumerate(self._lines, 1):
            if header := _TABLE.match(line):
                table = _keys(header[1])
                self._note(table, number)
            elif assignment := _ASSIGNMENT.match(line):
                self._note((*table, *_keys(assignment[1])), number)

    def line(self, keys: Keys, item: str | None = None) -> int:
        """The line of a key, or of a string in its list; where that is not found, of what it stands in."""
        known = next((keys[:length] for length in range(len(keys), 0, -1) if keys[:length] in self._starts), None)
        if known is None:
            return 1
        start = self._starts[known]
        wanted = item if known == keys else keys[len(known)]
        return start if wanted is None else self._line_of_text(wanted, start)

    def _note(self, keys: Keys, number: int) -> None:
        for length in range(1, len(keys) + 1):
            self._starts.setdefault(keys[:length], number)

    def _line_of_text(self, text: str, start: int) -> int:
        later = sorted(set(self._starts.values()))
        end = next((line for line in later if line > start), len(self._lines) + 1)
        quoted = re.compile(rf"""(["']){re.escape(text)}\1|(?<![\w-]){re.escape(text)}\s*=""")
        return next((number for number in range(start, end) if quoted.search(self._lines[number - 1])), start)


def _keys(dotted: str) -> Keys:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in re.findall(_PART, dotted))
