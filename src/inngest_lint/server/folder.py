"""Folders: a directory of the workspace, linted again and again with what editors hold of its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from inngest_lint.linter import Request, Session
from inngest_lint.report import Report
from inngest_lint.server.settings import Wishes
from inngest_lint.server.shown import Shown, shown


class StaleError(Exception):
    """A run that nobody waits for any more."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The progress of a run that ends itself, with a `StaleError`, once it is `stale`."""

    stale: Callable[[], bool]

    def begin(self, total: int) -> None:  # noqa: ARG002 - no bar is drawn
        """End the run if it is stale."""
        self.advance("")

    def advance(self, file: str) -> None:  # noqa: ARG002 - as above
        """End the run if it is stale."""
        if self.stale():
            raise StaleError


class Folder:
    """A directory that is linted whole, or one `file` outside of all folders of the workspace."""

    def __init__(self, directory: str, wishes: Wishes, file: str | None = None) -> None:
        self.directory = directory
        self.is_whole = file is None
        self.shown: Mapping[str, Shown] = {}
        self._path = file or directory
        self.configure(wishes)

    def configure(self, wishes: Wishes) -> None:
        """Begin anew with other wishes."""
        config = str(Path(self.directory, wishes.config)) if wishes.config else None
        self._session = Session(
            Request(
                paths=(self._path,),
                config=config,
                isolated=wishes.isolated,
                select=wishes.select,
                extend_select=wishes.extend_select,
                ignore=wishes.ignore,
                directory=self.directory,
            )
        )

    def holds(self, file: str) -> bool:
        """Whether an absolute path leads to a file of this folder."""
        return Path(file) == Path(self._path) or Path(file).is_relative_to(self._path)

    def lint(self, unsaved: Mapping[str, str], watch: Watch) -> Report:
        """The report with these texts in place of the files; raises a `ConfigError`, or a `StaleError`."""
        session = self._session
        session.edit(unsaved)
        return session.report(watch)

    def take(self, report: Report, unsaved: Mapping[str, str]) -> None:
        """Show what a run has found."""
        self.shown = shown(self.shown, report, unsaved)
