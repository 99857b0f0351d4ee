"""Fingerprints: what a finding is known by from one run to the next, wherever its lines have moved."""

from __future__ import annotations

import hashlib
import re
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from inngest_lint.diagnostic import Diagnostic
from inngest_lint.report import Report
from inngest_lint.text import Source

_UTF16 = "utf-16-le" if sys.byteorder == "little" else "utf-16-be"
_LINE_END = re.compile(r"\r\n?")
_BLANK = re.compile(r"[ \t]")

# GitHub takes the next hundred characters of each line as the digits of a number.
_BASE, _MASK, _WINDOW = 37, 2**64 - 1, 100
_LEAVING = pow(_BASE, _WINDOW, 2**64)
_NEWLINE, _END = 10, 0xFFFF


def fingerprints(report: Report, diagnostics: Iterable[Diagnostic]) -> tuple[str, ...]:
    """The fingerprint of each diagnostic, in the order given; no two are equal.

    It knows the rule, the file and the code, spaces aside; findings that agree in all three are counted.
    """
    seen: Counter[str] = Counter()
    made: list[str] = []
    for diagnostic in diagnostics:
        whole = "\0".join((diagnostic.rule, diagnostic.span.file, _code(report, diagnostic)))
        seen[whole] += 1
        digest = hashlib.sha256(f"{whole}\0{seen[whole]}".encode("utf-8", "surrogatepass"))
        made.append(digest.hexdigest()[:32])
    return tuple(made)


def line_hashes(source: Source) -> tuple[str, ...]:
    """The `primaryLocationLineHash` that GitHub's code scanning would give each line of a file.

    The upload says so where another one is given, so this is its computation: over UTF-16 code units, without
    blanks, with the number of the lines so far that have the same hash.
    """
    seen: Counter[int] = Counter()
    told: list[str] = []
    for value in _rolling(_units(source)):
        seen[value] += 1
        told.append(f"{value:x}:{seen[value]}")
    return tuple(told)


def _code(report: Report, diagnostic: Diagnostic) -> str:
    source = report.sources.get(diagnostic.span.file)
    return source.code(diagnostic.span) if source is not None else ""


def _units(source: Source) -> Sequence[int]:
    text = source.text.decode("utf-8", "replace")
    lines = _BLANK.sub("", _LINE_END.sub("\n", text))
    return [*array("H", lines.encode(_UTF16)), _END]


def _rolling(units: Sequence[int]) -> Iterator[int]:
    """The number that begins at each start of a line; there are noughts after the end."""
    value = 0
    padded = [*[0] * _WINDOW, *units, *[0] * _WINDOW]
    for index in range(len(units) + _WINDOW):
        value = (_BASE * value + padded[index + _WINDOW] - _LEAVING * padded[index]) & _MASK
        start = index - _WINDOW + 1
        if 0 <= start < len(units) and (start == 0 or units[start - 1] == _NEWLINE):
            yield value
