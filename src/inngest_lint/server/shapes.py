"""Shapes: diagnostics, places and edits as the protocol's own types."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types
from lsprotocol.converters import get_converter

from inngest_lint.config import Mistake
from inngest_lint.diagnostic import Diagnostic
from inngest_lint.fix import Edit
from inngest_lint.report import Report
from inngest_lint.reporters import lsp
from inngest_lint.server.settings import SECTION
from inngest_lint.text import ColumnUnit, Span

_CONVERTER = get_converter()
_UNITS = {
    types.PositionEncodingKind.Utf8: ColumnUnit.BYTES,
    types.PositionEncodingKind.Utf16: ColumnUnit.UTF16,
    types.PositionEncodingKind.Utf32: ColumnUnit.CHARACTERS,
}


def unit_of(encoding: str | None) -> ColumnUnit:
    """What columns count in a position encoding of the protocol, UTF-16 where none was agreed on."""
    return _UNITS[types.PositionEncodingKind(encoding or types.PositionEncodingKind.Utf16)]


def diagnostic(report: Report, given: Diagnostic, unit: ColumnUnit) -> types.Diagnostic:
    """A diagnostic as it is published."""
    return _CONVERTER.structure(lsp.told(report, given, unit), types.Diagnostic)


def extent(report: Report, span: Span, unit: ColumnUnit) -> types.Range:
    """A span as a range of lines and columns."""
    return _CONVERTER.structure(lsp.extent(report, span, unit), types.Range)


def edits(report: Report, given: Iterable[Edit], unit: ColumnUnit) -> dict[str, list[types.TextEdit]]:
    """Edits by the files they are for."""
    files: dict[str, list[types.TextEdit]] = {}
    for edit in given:
        files.setdefault(edit.span.file, []).append(types.TextEdit(extent(report, edit.span, unit), edit.text))
    return files


def touch(one: types.Range, other: types.Range) -> bool:
    """Whether two ranges share a place, if only the one between two characters."""
    return _key(one.start) <= _key(other.end) and _key(other.start) <= _key(one.end)


def mistake(given: Mistake) -> types.Diagnostic:
    """What is wrong in a configuration file, on its line."""
    line = (given.line or 1) - 1
    return types.Diagnostic(
        range=types.Range(types.Position(line, 0), types.Position(line + 1, 0)),
        message=given.message,
        severity=types.DiagnosticSeverity.Error,
        source=SECTION,
    )


def _key(position: types.Position) -> tuple[int, int]:
    return position.line, position.character
