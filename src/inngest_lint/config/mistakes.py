"""Mistakes: what is wrong in a configuration, where, and what was perhaps meant."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong; on the command line it has no path, and `key` is the option."""

    path: Path | None
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        """The mistake as one line of text."""
        place = "" if self.path is None else _from_here(self.path)
        line = "" if self.line is None else f":{self.line}"
        text = f"{place}{line}: {self.message}" if place else self.message
        # A name in the configuration may hold what would move a terminal's cursor.
        return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


class ConfigError(Exception):
    """A configuration that cannot be used, with every mistake in it."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """The known name that is nearest to one that is not known, if any is near."""
    candidates = {each.lower(): each for each in known}
    from difflib import get_close_matches  # noqa: PLC0415 - only mistakes ask for it

    nearest = get_close_matches(name.lower().replace("_", "-"), candidates, n=1, cutoff=0.6)
    return candidates[nearest[0]] if nearest else None


def _from_here(path: Path) -> str:
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()
