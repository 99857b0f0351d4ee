"""Reporters: a report as text, one module for each format."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from inngest_lint.report import Report

FORMATS = ("full", "concise", "json", "lsp", "sarif", "github", "gitlab", "junit", "rdjson", "markdown")


class Sink(Protocol):
    """What a report is written to."""

    def write(self, text: str, /) -> object:
        """Take a piece of text."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a report is to look.

    `width` is how many columns it may take; `summary` the lines after the findings; `unresolved`
    the places that were not understood; `suppressed` the findings that comments suppress.
    """

    colour: bool = False
    width: int = 140
    summary: bool = True
    unresolved: bool = False
    suppressed: bool = False


class Reporter(Protocol):
    """The one function a format's module must have."""

    def __call__(self, report: Report, out: Sink, style: Style) -> None:
        """Write a report."""


def load(name: str) -> Reporter:
    """The reporter of a format; its module is imported only when it is asked for."""
    reporter: Reporter = import_module(f"{__name__}.{name}").report
    return reporter
