"""Manifests: the JSON files around a piece of TypeScript, and the folders in which they are looked for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from inngest_lint.files.reading import Unreadable, contents

PACKAGE = "package.json"

Table = Mapping[str, object]

_TEXT = r'("(?:[^"\\\n]|\\.)*")'
_COMMENT = re.compile(rf"{_TEXT}|//[^\n]*|/\*.*?\*/", re.DOTALL)
_TRAILING_COMMA = re.compile(rf"{_TEXT}|,(?=\s*[}}\]])")


@lru_cache(maxsize=4096)
def folders(directory: Path) -> tuple[Path, ...]:
    """A directory and those above it, the nearest first, up to the root of the repository."""
    absolute = directory.absolute()
    above = (absolute, *absolute.parents)
    root = next((number for number, folder in enumerate(above) if (folder / ".git").exists()), len(above))
    return above[: root + 1]


@lru_cache(maxsize=4096)
def document(file: Path) -> Table:
    """A JSON file, with comments and trailing commas perhaps; empty where there is none or it is broken."""
    text = content(file)
    # Most have neither, and the parser is faster than what takes them out.
    return (_parsed(text) or _parsed(_without_extras(text)) or {}) if text else {}


@lru_cache(maxsize=256)
def content(file: Path) -> str:
    """The text of a file; empty where it cannot be read."""
    data = contents(str(file))
    return "" if isinstance(data, Unreadable) else data.decode("utf-8-sig", "replace")


def table(value: object) -> Table:
    """A value of a document as a table; empty where it is none."""
    return value if isinstance(value, dict) else {}


def _parsed(text: str) -> Table:
    try:
        return table(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _without_extras(text: str) -> str:
    return _TRAILING_COMMA.sub(_kept, _COMMENT.sub(_kept, text))


def _kept(match: re.Match[str]) -> str:
    return match[1] or ""
