"""Reports: everything a run has to say, before any format is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Diagnostic, Severity, Suppressed
from inngest_lint.text import Source

if TYPE_CHECKING:
    from inngest_lint.accepted import Entry
    from inngest_lint.project.unresolved import Unresolved


class FailureKind(Enum):
    """Why something that was asked for could not be done."""

    INTERNAL = "internal"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    UNWRITTEN = "unwritten"


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be done for a file; `details` is the traceback of a bug of ours."""

    kind: FailureKind
    file: str
    message: str
    details: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a run.

    `files` are all that were read, `sources` the texts of those that were looked into, `partly` those
    of which some part could not be checked; `fail_level` is the severity from which on
    the run has failed. `accepted` counts the findings that a baseline holds, `stale` are its entries that match
    nothing any more.
    """

    diagnostics: tuple[Diagnostic, ...]
    files: tuple[str, ...]
    sources: Mapping[str, Source] = field(default_factory=dict)
    partly: frozenset[str] = frozenset()
    failures: tuple[Failure, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    accepted: int = 0
    stale: tuple[Entry, ...] = ()
    fail_level: Severity = Severity.WARNING

    def count(self, severity: Severity) -> int:
        """How many diagnostics have a severity."""
        return sum(diagnostic.severity is severity for diagnostic in self.diagnostics)

    def reaches(self, level: Severity) -> bool:
        """Whether any diagnostic is at least as bad as `level`."""
        return any(diagnostic.severity.reaches(level) for diagnostic in self.diagnostics)
