"""Places: where a span stands, as people and programs are told."""

from __future__ import annotations

from inngest_lint.report import Report
from inngest_lint.reporters.escape import safe_path
from inngest_lint.text import ColumnUnit, Position, Span


def bounds(report: Report, span: Span, unit: ColumnUnit) -> tuple[Position, Position]:
    """The start and end of a span; the top of the file where its text is not at hand."""
    source = report.sources.get(span.file)
    if source is None:
        return Position(0, 0), Position(0, 0)
    return source.position(span.start, unit), source.position(span.end, unit)


def written(report: Report, span: Span) -> str:
    """The start of a span as `path:line:column`."""
    start, _ = bounds(report, span, ColumnUnit.CHARACTERS)
    return f"{safe_path(span.file)}:{start.line + 1}:{start.column + 1}"
