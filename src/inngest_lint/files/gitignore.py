"""Patterns: what a line of a .gitignore, or a glob of the configuration, matches."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class Patterns:
    """Lines of a .gitignore; of those that match a path, the last one counts."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = tuple(line for line in lines if line.strip() and not line.startswith("#"))
        self._spec: GitIgnoreSpec | None = None

    def __bool__(self) -> bool:
        """Whether there is any pattern."""
        return bool(self._lines)

    def picks(self, path: str, *, directory: bool) -> bool | None:
        """Whether the last pattern that matches a path, or a directory it lies in, picks it; None where none matches.

        The path is relative to where the patterns stand, with `/`.
        """
        return self._compiled().check_file(f"{path}/" if directory else path).include if self._lines else None

    def covers(self, path: str) -> bool:
        """Whether a file, or a directory it lies in, is picked: what is picked with its directory stays so."""
        parts = path.split("/")
        above = ("/".join(parts[:length]) for length in range(1, len(parts)))
        return any(self.picks(each, directory=True) for each in above) or bool(self.picks(path, directory=False))

    def _compiled(self) -> GitIgnoreSpec:
        if self._spec is None:
            # Most runs meet no pattern at all, and the library costs more than they do.
            from pathspec import GitIgnoreSpec  # noqa: PLC0415

            self._spec = GitIgnoreSpec.from_lines(line for line in self._lines if _is_valid(line))
        return self._spec


def _is_valid(line: str) -> bool:
    """Whether a line is a pattern at all; to git, one that is not matches nothing."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415

    with warnings.catch_warnings():
        # A bracket that may be a mistake is told to whoever writes regular expressions, not to whoever runs a linter.
        warnings.simplefilter("ignore")
        try:
            GitIgnoreSpec.from_lines((line,))
        except ValueError:
            return False
    return True
