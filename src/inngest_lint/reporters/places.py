"""Places: where a span stands, as people and programs are told."""

from __future__ import annotations

import os

from inngest_lint.report import Report
from inngest_lint.reporters.escape import safe_path
from inngest_lint.text import ColumnUnit, Position, Span, absolute, directory_prefix


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


def below(file: str, variable: str) -> str:
    """The path of a file from the root of the repository, which CI names in a variable.

    It is the path as it was found where there is no such variable, or the file lies elsewhere.
    """
    root = os.environ.get(variable)
    path = absolute(file)
    if root and path.startswith(directory_prefix(absolute(root))):
        file = path.removeprefix(directory_prefix(absolute(root)))
    return file
