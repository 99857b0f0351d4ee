"""Twin pages: each construct, in every language, is lowered to the one dump its page shows.

`pytest --update` writes the dump of the Python block into a page; read it before it is committed.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import ROOT, read_page

from inngest_lint.frontends import lower
from inngest_lint.model.dump import dump
from inngest_lint.text import Source

TWINS = sorted((ROOT / "tests" / "fixtures" / "parity").glob("*.md"))
SUFFIXES = {"python": ".py"}


def dumps(page: Path) -> dict[str, str]:
    """The dump of each language's block."""
    blocks = [block for section in read_page(page).sections for block in section.of(*SUFFIXES)]
    return {
        block.language: dump(lower(Source(f"twin{SUFFIXES[block.language]}", block.text.encode()))) for block in blocks
    }


def model_of(page: Path) -> str:
    """The dump a page shows."""
    return next(block.text for section in read_page(page).sections for block in section.of("model"))


@pytest.mark.parametrize("page", TWINS, ids=lambda page: page.stem)
def test_each_language_gives_the_dump_the_page_shows(page: Path, request: pytest.FixtureRequest) -> None:
    lowered = dumps(page)
    if request.config.getoption("--update"):
        before, _, after = page.read_text(encoding="utf-8").partition("```model\n")
        rest = after.partition("```\n")[2]
        page.write_text(f"{before}```model\n{lowered['python']}```\n{rest}", encoding="utf-8", newline="\n")

    assert lowered == dict.fromkeys(lowered, model_of(page))


@pytest.mark.parametrize("page", TWINS, ids=lambda page: page.stem)
def test_a_twin_page_shows_an_inngest_function(page: Path) -> None:
    assert model_of(page).startswith("function ")
