"""Findings and diagnostics: what a rule says, and what is reported of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from inngest_lint.fix import Fix
from inngest_lint.text import Span


class Severity(Enum):
    """How bad a fault is, worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Nought for the worst."""
        return tuple(Severity).index(self)

    def reaches(self, level: Severity) -> bool:
        """Whether this is at least as bad as `level`."""
        return self.rank <= level.rank


class Confidence(Enum):
    """How often a finding of this kind holds on real code: 95 % and more, 80 % and more, less."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Note:
    """A further place that belongs to a finding, and what is seen there."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault a rule has found.

    `label` stands under the span, `help` says what to do. `severity` and `confidence` are
    given where this finding is weaker or stronger than its rule; one that is `advice` is told only to who selects
    all rules.
    """

    span: Span
    message: str
    help: str = ""
    label: str = ""
    notes: tuple[Note, ...] = ()
    fix: Fix | None = None
    severity: Severity | None = None
    confidence: Confidence | None = None
    advice: bool = False


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding under the name of its rule, with the severity in force."""

    rule: str
    severity: Severity
    confidence: Confidence
    finding: Finding

    @property
    def span(self) -> Span:
        """Where the fault is."""
        return self.finding.span


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A diagnostic that a comment keeps from being reported, and the reason that the comment gives, if any."""

    diagnostic: Diagnostic
    reason: str = ""
