"""Graphs: what is charted of files, for the tests that look at it."""

from __future__ import annotations

from pathlib import Path

from inngest_lint.graph import Canvas, load
from inngest_lint.graph.chart import Chart, chart
from inngest_lint.linter import Request, linked
from inngest_lint.reporters.paint import painter

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
PLAIN = Canvas(painter(colour=False))
"""A canvas without colours and without end."""


class _Silence:
    def begin(self, total: int) -> None: ...

    def advance(self, file: str) -> None: ...


def charted(*paths: str) -> Chart:
    """The chart of some paths, all of whose files can be read."""
    found = linked(Request(paths, isolated=True), _Silence())
    assert not found.failures
    return chart(found.project, found.sources)


def shown(name: str, whole: Chart) -> str:
    """A chart in a format."""
    return load(name)(whole, PLAIN)
