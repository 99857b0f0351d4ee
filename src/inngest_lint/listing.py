"""Listings: all rules, as a table, in Markdown or for programs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator

from inngest_lint import pages
from inngest_lint.guideline import Guideline
from inngest_lint.model.language import Language
from inngest_lint.reporters.paint import Painter, of, painter
from inngest_lint.rule import Category, Rule, all_rules

# A summary that has less room than this beside the other columns stands below them.
_NARROWEST = 30
_GAP = "  "
_SHORT = {Language.PYTHON: "py", Language.TYPESCRIPT: "ts"}


def as_table(*, colour: bool, width: int | None) -> str:
    """A line for each rule: severity, category, languages, whether it has a fix, its first preset, and what it finds.

    What a rule finds is broken into lines where a width is given.
    """
    rules = tuple(all_rules().values())
    sizes = [max(len(cell) for cell in column) for column in zip(*map(_cells, rules), strict=True)]
    before = sum(size + len(_GAP) for size in sizes)
    paint = painter(colour=colour)
    if width is not None and width - before < _NARROWEST:
        return "".join(_below(rule, paint, width) for rule in rules)
    table = ""
    for rule in rules:
        name, severity, *others = (f"{cell:<{size}}" for cell, size in zip(_cells(rule), sizes, strict=True))
        summary = [rule.summary] if width is None else textwrap.wrap(rule.summary, width - before)
        head = _GAP.join((name, paint(severity, of(rule.severity)), *others))
        table += f"{head}{_GAP}" + f"\n{' ' * before}".join(summary) + "\n"
    return table


def _below(rule: Rule, paint: Painter, width: int) -> str:
    name, severity, *others = filter(None, _cells(rule))
    lines = [_GAP.join(others), *textwrap.wrap(rule.summary, width - len(_GAP))]
    return f"{name}{_GAP}{paint(severity, of(rule.severity))}\n" + "".join(f"{_GAP}{line}\n" for line in lines)


def _cells(rule: Rule) -> tuple[str, ...]:
    languages = " ".join(short for language, short in _SHORT.items() if language in rule.languages)
    fix = "fix" if pages.shows_fix(rule.name) else ""
    return (rule.name, rule.severity.value, rule.category.value, languages, fix, rule.preset.value)


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
        "fix": pages.shows_fix(rule.name),
        "guideline": rule.guideline.value if rule.guideline else None,
        "since": rule.since,
        "url": pages.url(rule.name),
    }


def as_markdown() -> str:
    """The rules as tables in Markdown: those of each guideline, and the others by their category."""
    rules = all_rules().values()
    guided = [(one.value, [rule for rule in rules if rule.guideline is one]) for one in Guideline]
    others = [(one.value, [rule for rule in rules if not rule.guideline and rule.category is one]) for one in Category]
    return "\n".join((*_rows("guideline", guided), "", *_rows("contract of the SDKs and the platform", others), ""))


def _rows(head: str, groups: Iterable[tuple[str, list[Rule]]]) -> Iterator[str]:
    yield f"| {head} | rules |"
    yield "|---|---|"
    for text, rules in groups:
        if rules:
            yield f"| {text} | {', '.join(f'[{rule.name}](rules/{rule.name}.md)' for rule in rules)} |"
