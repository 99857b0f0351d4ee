"""Listings: all rules, as a table or for programs."""

from __future__ import annotations

import json

from inngest_lint import pages
from inngest_lint.reporters.paint import of, painter
from inngest_lint.rule import Rule, all_rules


def as_table(*, colour: bool) -> str:
    """A line for each rule, with its severity, the first preset that holds it, and what it finds."""
    paint = painter(colour=colour)
    rules = tuple(all_rules().values())
    name, category = (
        max((len(text) for text in texts), default=0)
        for texts in ([rule.name for rule in rules], [rule.category.value for rule in rules])
    )
    return "".join(
        f"{rule.name:<{name}}  {paint(f'{rule.severity.value:<7}', of(rule.severity))}  "
        f"{rule.category.value:<{category}}  {rule.preset.value:<11}  {rule.summary}\n"
        for rule in rules
    )


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
