"""Twin pages: each construct, in every language that has it, is lowered to the one dump its page shows.

`pytest --update` writes the dump of the Python block into a page, or of the first block where there is no
Python; read it before it is committed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import ROOT, SUFFIXES, Page, PageBlock, read_page

from inngest_lint.frontends import lower
from inngest_lint.model.dump import dump
from inngest_lint.text import Source

TWINS = sorted((ROOT / "tests" / "fixtures" / "parity").glob("*.md"))
# A page of a construct that only one language has gives the reason in a line of its own.
ONLY = re.compile(r"^Only in (Python|TypeScript): \S", re.MULTILINE)


def blocks(page: Page) -> list[PageBlock]:
    """The blocks of a page that are lowered, those in Python first."""
    found = [block for section in page.sections for block in section.of(*SUFFIXES)]
    return sorted(found, key=lambda block: block.language != "python")


def lowered(block: PageBlock) -> str:
    return dump(lower(Source(f"twin{SUFFIXES[block.language]}", block.text.encode())))


def model_of(page: Page) -> str:
    """The dump a page shows."""
    return next(block.text for section in page.sections for block in section.of("model"))


@pytest.mark.parametrize("path", TWINS, ids=lambda path: path.stem)
def test_each_language_gives_the_dump_the_page_shows(path: Path, request: pytest.FixtureRequest) -> None:
    page = read_page(path)
    dumps = {block.language: lowered(block) for block in blocks(page)}
    if request.config.getoption("--update"):
        before, _, after = path.read_text(encoding="utf-8").partition("```model\n")
        rest = after.partition("```\n")[2]
        path.write_text(f"{before}```model\n{next(iter(dumps.values()))}```\n{rest}", encoding="utf-8", newline="\n")
        page = read_page(path)

    assert dumps == dict.fromkeys(dumps, model_of(page))


@pytest.mark.parametrize("path", TWINS, ids=lambda path: path.stem)
def test_a_twin_page_shows_an_inngest_function(path: Path) -> None:
    assert model_of(read_page(path)).startswith("function ")


@pytest.mark.parametrize("path", TWINS, ids=lambda path: path.stem)
def test_a_page_shows_both_languages_or_says_why_it_does_not(path: Path) -> None:
    page = read_page(path)
    shown = {"Python" if block.language == "python" else "TypeScript" for block in blocks(page)}
    excused = {match.group(1) for section in page.sections for match in ONLY.finditer(section.prose)}

    assert shown == (excused or {"Python", "TypeScript"})
