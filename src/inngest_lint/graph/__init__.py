"""Graphs: what triggers, sends, awaits and invokes what, and the flow of the steps of each function."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from inngest_lint.graph.chart import Chart
    from inngest_lint.reporters.paint import Painter

FORMATS = ("tree", "mermaid", "dot", "json", "svg")


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a graph is drawn on: its paint, its columns if they are limited, and whether it takes ASCII only."""

    paint: Painter
    columns: int | None = None
    plain: bool = False


class Writer(Protocol):
    """The one function a format's module must have."""

    def __call__(self, chart: Chart, canvas: Canvas) -> str:
        """The text of a graph."""


def load(name: str) -> Writer:
    """The writer of a format; its module is imported only when it is asked for."""
    writer: Writer = import_module(f"{__name__}.{name}").write
    return writer
