"""Every rule's page and deep cases hold, and the harness that says so can say no."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import DEEP_CASES, RULE_PAGES, Page, PageError, check_bad, check_fix, check_section, projects, read_page

from inngest_lint.model.function import Language
from inngest_lint.rule import Rule, all_rules

RULES = list(all_rules().values())
SECTIONS = ("Why", "Bad", "Good", "Fix", "Options", "When it is wrong", "Sources")
OPTIONAL = {"Fix", "Options"}
BLOCKS = {Language.PYTHON: ("python",), Language.TYPESCRIPT: ("typescript", "tsx", "javascript")}


def names(rule: Rule) -> str:
    return rule.name


def page_of(rule: Rule) -> Page:
    return read_page(RULE_PAGES / f"{rule.name}.md")


def test_every_page_belongs_to_a_rule_and_every_rule_has_one() -> None:
    pages = {page.stem for page in RULE_PAGES.glob("*.md")}

    assert pages == set(all_rules())


def test_every_file_of_deep_cases_belongs_to_a_rule_and_every_rule_has_one() -> None:
    cases = {page.stem for page in DEEP_CASES.glob("*.md")}

    assert cases == set(all_rules())


@pytest.mark.parametrize("rule", RULES, ids=names)
def test_a_page_is_titled_by_its_rule_and_opens_with_its_summary(rule: Rule) -> None:
    page = page_of(rule)

    assert (page.title, page.summary) == (rule.name, rule.summary)


@pytest.mark.parametrize("rule", RULES, ids=names)
def test_a_page_has_its_sections_in_order(rule: Rule) -> None:
    titles = [section.title for section in page_of(rule).sections[1:]]

    assert titles == [title for title in SECTIONS if title not in OPTIONAL or title in titles]


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
@pytest.mark.parametrize("title", ["Bad", "Good"])
@pytest.mark.parametrize("rule", RULES, ids=names)
def test_a_page_shows_code_in_each_language_of_its_rule_and_in_no_other(
    rule: Rule, title: str, language: Language
) -> None:
    section = page_of(rule).section(title)

    assert section is not None
    assert bool(section.of(*BLOCKS[language])) == (language in rule.languages)


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
@pytest.mark.parametrize("rule", RULES, ids=names)
def test_the_deep_cases_go_through_each_language_of_a_rule(rule: Rule, language: Language) -> None:
    sections = read_page(DEEP_CASES / f"{rule.name}.md").sections

    assert language not in rule.languages or any(section.of(*BLOCKS[language]) for section in sections)


@pytest.mark.parametrize("rule", RULES, ids=names)
def test_bad_code_is_reported_where_the_page_says(rule: Rule, tmp_path: Path) -> None:
    check_bad(page_of(rule), tmp_path)


@pytest.mark.parametrize("rule", RULES, ids=names)
def test_good_code_is_silent_under_all_rules(rule: Rule, tmp_path: Path) -> None:
    page = page_of(rule)
    good = page.section("Good")

    assert good is not None
    check_section(page, good, tmp_path, ("all",))


@pytest.mark.parametrize("rule", RULES, ids=names)
def test_a_fix_gives_what_the_page_says(rule: Rule, tmp_path: Path) -> None:
    check_fix(page_of(rule), tmp_path)


@pytest.mark.parametrize("rule", RULES, ids=names)
def test_the_deep_cases_hold(rule: Rule, tmp_path: Path) -> None:
    page = read_page(DEEP_CASES / f"{rule.name}.md")

    assert any(list(projects(section)) for section in page.sections)
    for index, section in enumerate(page.sections):
        check_section(page, section, tmp_path / str(index), ("recommended", rule.name))


SILENT_PAGE = """\
# console-logging

A handler prints.

## Bad

```python
import inngest

client = inngest.Inngest(app_id="app")


@client.create_function(fn_id="quiet", trigger=inngest.TriggerEvent(event="a/b"))
async def quiet(ctx: inngest.Context) -> None:
    await ctx.step.run("work", lambda: 1){mark}
```
"""


def page_with(text: str, directory: Path) -> Page:
    path = directory / "console-logging.md"
    path.write_text(text, encoding="utf-8")
    return read_page(path)


def test_a_bad_block_that_reports_nothing_is_rejected(tmp_path: Path) -> None:
    page = page_with(SILENT_PAGE.format(mark="  # error"), tmp_path)

    with pytest.raises(PageError, match="nothing is reported: console-logging"):
        check_bad(page, tmp_path / "project")


def test_a_bad_block_without_a_mark_is_rejected(tmp_path: Path) -> None:
    page = page_with(SILENT_PAGE.format(mark=""), tmp_path)

    with pytest.raises(PageError, match="nothing is marked"):
        check_bad(page, tmp_path / "project")


def test_code_that_reports_what_no_mark_says_is_rejected(tmp_path: Path) -> None:
    text = SILENT_PAGE.format(mark='\n    print("done")').replace("## Bad", "## Good")
    page = page_with(text, tmp_path)

    with pytest.raises(PageError, match="unexpectedly reported: console-logging"):
        check_section(page, page.sections[-1], tmp_path / "project", ("all",))


def test_a_block_in_a_language_that_nothing_runs_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="which nothing runs"):
        page_with("# x\n\n```pyhton\n```\n", tmp_path)
