"""Keys and options are documented from the code: the README, the pages of rules and the terminal say the same."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from pages import ROOT, RULE_PAGES

from inngest_lint.config import Config, ConfigError
from inngest_lint.config.documents import as_text, keys_as_markdown, options_as_markdown
from inngest_lint.config.keys import KEYS, Key
from inngest_lint.config.layer import Layer
from inngest_lint.config.options import options
from inngest_lint.rule import Rule, all_rules

if TYPE_CHECKING:
    from pathlib import Path

README = ROOT / "README.md"
TUNABLE = [rule for rule in all_rules().values() if rule.options]
_KEYS = re.compile(r"^\| key \|.*\n(?:\|.*\n)*", re.MULTILINE)
_OPTIONS = re.compile(r"^\| option \|.*\n(?:\|.*\n)*", re.MULTILINE)


def held(path: Path, pattern: re.Pattern[str], table: str, *, update: bool) -> list[str]:
    """The tables of a document; to update it is to put the right one in their place."""
    text = path.read_text(encoding="utf-8")
    if update:
        text = pattern.sub(lambda _: table, text)
        path.write_text(text, encoding="utf-8")
    return pattern.findall(text)


def test_the_readme_has_the_table_of_keys(request: pytest.FixtureRequest) -> None:
    table = keys_as_markdown()

    assert held(README, _KEYS, table, update=request.config.getoption("--update")) == [table]


@pytest.mark.parametrize("rule", TUNABLE, ids=lambda rule: rule.name)
def test_the_page_of_a_rule_has_the_table_of_its_options(rule: Rule, request: pytest.FixtureRequest) -> None:
    table = options_as_markdown(rule)
    page = RULE_PAGES / f"{rule.name}.md"

    assert held(page, _OPTIONS, table, update=request.config.getoption("--update")) == [table]


def test_only_rules_with_options_have_a_section_about_them() -> None:
    speaking = {page.stem for page in RULE_PAGES.glob("*.md") if "\n## Options\n" in page.read_text(encoding="utf-8")}

    assert speaking == {rule.name for rule in TUNABLE}


@pytest.mark.parametrize("rule", TUNABLE, ids=lambda rule: rule.name)
def test_every_option_of_a_rule_says_what_it_means(rule: Rule) -> None:
    assert all(option.meaning for option in options(rule))


def test_a_rule_without_options_has_no_table() -> None:
    assert options_as_markdown(all_rules()["syntax-error"]) == ""


def test_every_key_of_a_layer_is_documented_and_no_other() -> None:
    known = [field.name.replace("_", "-") for field in fields(Layer)]

    # `extends` is followed before layers are laid over one another.
    assert sorted(key.name for key in KEYS) == sorted(("extends", *known))


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_the_default_of_a_key_is_that_of_the_configuration(key: Key) -> None:
    default = getattr(Config(), key.name.replace("-", "_"), key.default)

    assert getattr(default, "value", default) == key.default


@pytest.mark.parametrize("width", [40, 80, None])
def test_the_terminal_shows_every_key_within_its_width(width: int | None) -> None:
    lines = as_text((), width).splitlines()

    assert [line for line in lines if line and not line.startswith(" ")] == [key.name for key in KEYS]
    assert max(map(len, lines)) <= (width or 80)


def test_the_terminal_shows_the_keys_that_are_asked_for() -> None:
    assert as_text(("fail-level", "include"), None) == (
        "fail-level\n  the least severity for exit code 1; that of the working directory counts\n"
        '  takes "error", "warning", "info"; by default "warning"\n\n'
        "include\n  only these files are read; without any, all are\n  takes globs; by default []\n"
    )


def test_a_key_that_does_not_exist_is_told_with_the_nearest() -> None:
    with pytest.raises(ConfigError) as caught:
        as_text(("selct", "zzz"), None)

    assert str(caught.value).splitlines() == ["unknown key `selct`, did you mean `select`?", "unknown key `zzz`"]


@pytest.mark.parametrize(("key", "code"), [("select", 0), ("selct", 2)])
def test_the_command_fails_for_a_key_that_does_not_exist(key: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "inngest_lint", "config", key], capture_output=True, text=True, check=False
    )

    assert (done.returncode, bool(done.stdout), bool(done.stderr)) == (code, code == 0, code == 2)
