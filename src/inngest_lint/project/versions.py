"""Versions: which release of the SDK a project asks for, from its own files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_PACKAGE = "inngest"
# A locked version says more than a range, so lock files come first.
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")
_LOCKED = re.compile(rf'name = "{_PACKAGE}"\s+version = "([\d.]+)', re.IGNORECASE)
_ASKED = re.compile(
    rf"""^[\s"']*{_PACKAGE}(?:\[[^\]]*\])?["']?\s*(?:=\s*["']|[=:]\s*\{{[^}}\n]*version\s*=\s*["'])?\s*(==|~=|>=|\^|~|>)?\s*(\d+(?:\.\d+)*)""",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Sdk:
    """The lowest release of the SDK that a project may run on, and the file that says so."""

    release: tuple[int, ...]
    file: str

    def __str__(self) -> str:
        return ".".join(str(part) for part in self.release)


@lru_cache(maxsize=1024)
def sdk_of(directory: Path) -> Sdk | None:
    """What the nearest dependency file above a directory, or in it, asks for; None where none names the SDK."""
    for folder in (directory, *directory.parents):
        for file in _files(folder):
            found = _read(file)
            if found is not None:
                return found
        if (folder / ".git").exists():
            return None
    return None


def _files(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in (*_LOCKS, "pyproject.toml"))
    try:
        yield from sorted(folder.glob("requirements*.txt"))
    except OSError:
        return


def _read(file: Path) -> Sdk | None:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    pattern = _LOCKED if file.name in _LOCKS else _ASKED
    match = pattern.search(text)
    if match is None:
        return None
    release = match.group(match.lastindex or 1)
    return Sdk(tuple(int(part) for part in release.strip(".").split(".")), file.name)
