"""The table of rules fits the terminal it is shown on, and the README has the tables that it says it has."""

from __future__ import annotations

import re

import pytest
from pages import ROOT, RULE_PAGES

from inngest_lint import pages
from inngest_lint.guideline import Guideline
from inngest_lint.listing import as_markdown, as_table
from inngest_lint.rule import all_rules

README = ROOT / "README.md"
_TABLES = re.compile(r"^\| guideline \| rules \|\n.*?(?=^### )", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("width", [66, 80, 100, 140])
def test_no_line_of_the_table_is_wider_than_the_terminal(width: int) -> None:
    table = as_table(colour=False, width=width)

    assert max(len(line) for line in table.splitlines()) <= width


@pytest.mark.parametrize("width", [60, 100, None])
def test_breaking_lines_loses_no_word(width: int | None) -> None:
    table = as_table(colour=False, width=width)

    assert table.split() == as_table(colour=False, width=None).split()


def test_where_nothing_shows_the_table_each_rule_has_one_line() -> None:
    table = as_table(colour=False, width=None)

    assert [line.split()[0] for line in table.splitlines()] == list(all_rules())


def test_the_readme_has_the_tables_of_guidelines_and_contracts(request: pytest.FixtureRequest) -> None:
    text = README.read_text(encoding="utf-8")
    if request.config.getoption("--update"):
        text = _TABLES.sub(lambda _: f"{as_markdown()}\n", text)
        README.write_text(text, encoding="utf-8")

    assert _TABLES.findall(text) == [f"{as_markdown()}\n"]


@pytest.mark.parametrize("guideline", Guideline, ids=lambda guideline: guideline.name.lower())
def test_each_guideline_is_checked_by_a_rule(guideline: Guideline) -> None:
    assert any(rule.guideline is guideline for rule in all_rules().values())


def test_each_rule_stands_once_in_the_tables() -> None:
    assert sorted(re.findall(r"\[([a-z-]+)\]", as_markdown())) == list(all_rules())


def test_a_rule_has_a_fix_where_its_page_shows_one() -> None:
    shown = {page.stem for page in RULE_PAGES.glob("*.md") if "\n## Fix\n" in page.read_text(encoding="utf-8")}

    assert {name for name in all_rules() if pages.shows_fix(name)} == shown
