"""Listings: all rules, as a table or for programs."""

from __future__ import annotations

import json
import textwrap

from inngest_lint import pages
from inngest_lint.reporters.paint import of, painter
from inngest_lint.rule import Rule, all_rules

# A summary that has less room than this beside the other columns stands below them.
_NARROWEST = 30
_GAP = "  "


def as_table(*, colour: bool, width: int | None) -> str:
    """A line for each rule, with its severity, the first preset that holds it, and what it finds.

    What a rule finds is broken into lines where a width is given.
    """
    rules = tuple(all_rules().values())
    sizes = [max(len(cell) for cell in column) for column in zip(*map(_cells, rules), strict=True)]
    before = sum(size + len(_GAP) for size in sizes)
    if width is not None and width - before < _NARROWEST:
        sizes, before = [0] * len(sizes), len(_GAP)
        between = f"\n{_GAP}"
    else:
        between = _GAP
    paint = painter(colour=colour)
    table = ""
    for rule in rules:
        name, severity, *others = (f"{cell:<{size}}" for cell, size in zip(_cells(rule), sizes, strict=True))
        summary = [rule.summary] if width is None else textwrap.wrap(rule.summary, width - before)
        head = _GAP.join((name, paint(severity, of(rule.severity)), *others))
        table += f"{head}{between}" + f"\n{' ' * before}".join(summary) + "\n"
    return table


def _cells(rule: Rule) -> tuple[str, ...]:
    return (rule.name, rule.severity.value, rule.category.value, rule.preset.value)


def as_json() -> str:
    """The rules as a JSON array."""
    return f"{json.dumps([_described(rule) for rule in all_rules().values()], indent=2)}\n"


def _described(rule: Rule) -> dict[str, object]:
    return {
        "name": rule.name,
        "summary": rule.summary,
        "severity": rule.severity.value,
        "category": rule.category.value,
        "preset": rule.preset.value,
        "confidence": rule.confidence.value,
        "languages": sorted(language.value for language in rule.languages),
        "since": rule.since,
        "url": pages.url(rule.name),
    }
