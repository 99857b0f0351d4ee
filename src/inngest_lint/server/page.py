"""Pages: what is shown over a diagnostic, the page of its rule."""

from __future__ import annotations

from lsprotocol import types

from inngest_lint import pages
from inngest_lint.server import shapes
from inngest_lint.server.shown import Shown
from inngest_lint.text import ColumnUnit


def hover(shown: Shown, file: str, position: types.Position, unit: ColumnUnit) -> types.Hover | None:
    """The pages of the rules that report at a position; None where none does."""
    here = types.Range(position, position)
    found = {
        each.rule: place
        for each in shown.diagnostics
        if each.span.file == file and shapes.touch(place := shapes.extent(shown.report, each.span, unit), here)
    }
    told = [page.strip() for page in map(pages.read, found) if page]
    if not told:
        return None
    text = types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(told))
    return types.Hover(text, next(iter(found.values())))
