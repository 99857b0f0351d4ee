"""Precision: what the rules say of real code, and how often they are right.

`precision.toml` is the record: the repositories that were linted, and for each rule its findings there, how many of
them somebody opened and judged, and how many of those were right. `python benchmarks/precision.py CHECKOUTS` lints the
repositories again, each in a directory `owner__name`, and prints where the findings are no longer as many.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from inngest_lint.rule import Preset, Rule, all_rules
from inngest_lint.toml import load

RECORD = Path(__file__).with_name("precision.toml")


class _Judged(TypedDict, total=False):
    findings: int
    opened: int
    right: int
    note: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of a rule on real code: its findings, how many were opened, and how many of those were right."""

    findings: int
    opened: int
    right: int
    note: str

    @property
    def rate(self) -> float | None:
        """The part of the opened findings that was right; None where there were none."""
        return self.right / self.opened if self.opened else None


@dataclass(frozen=True, slots=True)
class Record:
    """The record: when it was made, of which repositories at which commits, and what of each rule."""

    date: str
    repositories: Mapping[str, str]
    rules: Mapping[str, Judged]


def record() -> Record:
    """The record as it is kept."""
    with RECORD.open("rb") as file:
        read = load(file)
    judged: dict[str, _Judged] = read["rules"]
    rules = {
        name: Judged(one.get("findings", 0), one.get("opened", 0), one.get("right", 0), one.get("note", ""))
        for name, one in judged.items()
    }
    return Record(read["date"], read["repositories"], rules)


def page(known: Record) -> str:
    """The record as a page in Markdown."""
    return "\n".join((*_head(known), *_table(known), *_repositories(known), ""))


def _head(known: Record) -> Iterator[str]:
    findings = sum(one.findings for one in known.rules.values())
    opened = sum(one.opened for one in known.rules.values())
    right = sum(one.right for one in known.rules.values())
    yield "# False alarms"
    yield ""
    yield "How often each rule is right on code that nobody wrote for it."
    where = f"the {len(known.repositories)} public repositories below"
    yield f"On {known.date} the rules found {findings:,} things in {where};"
    yield f"{opened:,} of these findings were opened, and the claim of the rule's page held for {right:,}."
    yield "All findings of a rule were opened, or twenty and more of them taken at random."
    yield "Some repositories keep copies of the same functions in several apps: there are fewer faults than findings."
    yield ""
    yield "A rule that is right less than nineteen times in twenty is not in `recommended`."
    yield "One without findings there rests on what the SDK does, which its page cites, and on its cases."
    yield ""


def _table(known: Record) -> Iterator[str]:
    yield "| rule | preset | findings | opened | right | what was wrong |"
    yield "|---|---|--:|--:|--:|---|"
    for name, rule in all_rules().items():
        if (one := known.rules.get(name)) is not None:
            rate = "" if one.rate is None else f"{one.rate:.0%}"
            cells = (f"[{name}](rules/{name}.md)", rule.preset.value, one.findings, one.opened, rate, one.note)
            yield f"| {' | '.join(map(str, cells))} |".replace("|  |", "| |")
    yield ""


def _repositories(known: Record) -> Iterator[str]:
    yield "## The repositories"
    yield ""
    yield "| repository | commit |"
    yield "|---|---|"
    for name, commit in known.repositories.items():
        yield f"| {name} | `{commit[:12]}` |"


def count(directory: Path) -> Counter[str]:
    """The findings of each rule in the checkouts of a directory, under the first preset that holds the rule."""
    found: Counter[str] = Counter()
    for name in record().repositories:
        for preset in Preset:
            found.update(rule for rule in _found(directory / name.replace("/", "__"), preset))
    return found


def _found(checkout: Path, preset: Preset) -> Iterator[str]:
    command = [sys.executable, "-m", "inngest_lint", "check", "--isolated", "--exit-zero", "--output-format", "json"]
    ended = subprocess.run(
        [*command, "--select", preset.value, "."], cwd=checkout, capture_output=True, check=True, text=True
    )
    for diagnostic in json.loads(ended.stdout)["diagnostics"]:
        if all_rules()[diagnostic["rule"]].preset is preset:
            yield diagnostic["rule"]


def _differences(counted: Mapping[str, int]) -> Iterator[str]:
    known = record().rules
    for name in all_rules():
        before, now = known[name].findings if name in known else 0, counted.get(name, 0)
        if before != now:
            yield f"{name}: {before} findings in the record, {now} now"


def is_too_often_wrong(rule: Rule, judged: Judged) -> bool:
    """Whether a rule of the default set is right less than nineteen times in twenty."""
    return rule.preset is Preset.RECOMMENDED and judged.rate is not None and judged.rate < 0.95


if __name__ == "__main__":
    sys.stdout.write("\n".join(_differences(count(Path(sys.argv[1])))) or "as recorded")
    sys.stdout.write("\n")
