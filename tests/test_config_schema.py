"""The schema of the configuration takes what the linter takes, and refuses what is of another shape."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # it comes without types
from pages import ROOT
from test_config import RULES, WRONG_OPTIONS

from inngest_lint.config import ConfigError, load_config
from inngest_lint.config.check import Check, selectors
from inngest_lint.config.keys import KEYS
from inngest_lint.config.places import Places
from inngest_lint.config.schema import URL, as_json, schema
from inngest_lint.effects import Condition, Effect
from inngest_lint.rule import Category, Preset, all_rules
from inngest_lint.toml import loads

FILE = ROOT / "inngest-lint.schema.json"
SCHEMA = json.loads(as_json())
VALIDATOR = Draft7Validator(SCHEMA)
Table = dict[str, object]

# Keys of tables that the linter reads as something else, or splits at commas and brackets.
_NAMES = st.text("abcdefgh.*", min_size=1, max_size=6).filter(
    lambda name: name.strip(".*") == name and ".." not in name
)
_GLOBS = st.text("abc/*!.", max_size=6)
_LEVELS = ("error", "warning", "info", "off")


def _lists(items: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(items, max_size=3)


def _libraries() -> st.SearchStrategy[Table]:
    effects = st.sampled_from([effect.value for effect in Effect])
    conditions = st.sampled_from([condition.value for condition in Condition])
    deeds = effects | st.fixed_dictionaries({"effect": effects}, optional={"when": conditions})
    nested = st.recursive(deeds, lambda inner: st.dictionaries(_NAMES, inner, max_size=2), max_leaves=4)
    aliases = st.fixed_dictionaries({}, optional={"alias": st.dictionaries(_NAMES, _NAMES, max_size=2)})
    return st.builds(lambda plain, named: {**plain, **named}, st.dictionaries(_NAMES, nested, max_size=3), aliases)


def _rules() -> st.SearchStrategy[Table]:
    levels = st.sampled_from(_LEVELS)
    options: dict[str, st.SearchStrategy[object]] = {
        "severity": levels,
        "longest-wait": st.integers(),
        "allow": _lists(_NAMES),
        "strict": st.booleans(),
        "unit": _NAMES,
    }
    plain = levels | st.fixed_dictionaries({}, optional={"severity": levels})
    return st.fixed_dictionaries(
        {},
        optional={"long-wait": levels | st.fixed_dictionaries({}, optional=options), "lost-event": plain},
    )


def accepted() -> st.SearchStrategy[Table]:
    """Configurations without a mistake, of the rules that the tests of the configuration declare."""
    chosen = _lists(st.sampled_from(sorted(selectors(RULES))))
    values: dict[str, st.SearchStrategy[object]] = {
        "extends": _NAMES | _lists(_NAMES),
        **dict.fromkeys(("select", "extend-select", "ignore"), chosen),
        "per-file-ignores": st.dictionaries(_GLOBS, chosen, max_size=2),
        "fail-level": st.sampled_from(_LEVELS[:3]),
        **dict.fromkeys(("include", "exclude", "extend-exclude"), _lists(_GLOBS)),
        "respect-gitignore": st.booleans(),
        **dict.fromkeys(("against", "baseline"), _NAMES),
        "rules": _rules(),
        "effects": st.fixed_dictionaries({}, optional={"python": _libraries(), "typescript": _libraries()}),
    }
    return st.fixed_dictionaries({}, optional=values)


def anything() -> st.SearchStrategy[object]:
    """Values as TOML has them."""
    scalars = st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
        max_leaves=4,
    )


def mistakes(table: Table) -> list[str]:
    check = Check(Path("inngest-lint.toml"), Places(""), (), RULES)
    check.layer(table)
    return [mistake.message for mistake in check.mistakes]


def refused(table: object) -> bool:
    return not Draft7Validator(json.loads(json.dumps(schema(RULES)))).is_valid(table)


def test_the_schema_beside_the_readme_is_the_one_of_the_code(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        FILE.write_text(as_json(), encoding="utf-8", newline="\n")

    assert FILE.read_text(encoding="utf-8") == as_json()


def test_the_command_prints_the_schema() -> None:
    command = [sys.executable, "-m", "inngest_lint", "config", "--schema"]

    printed = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout

    assert printed == as_json()


def test_the_schema_follows_the_schema_of_schemas() -> None:
    Draft7Validator.check_schema(SCHEMA)


def test_the_schema_is_named_by_its_address() -> None:
    assert (SCHEMA["$id"], Path(URL).name) == (URL, FILE.name)


def test_every_key_and_every_rule_says_what_it_means() -> None:
    properties = SCHEMA["properties"]

    described = {**properties, **properties["rules"]["properties"]}

    assert list(properties) == [key.name for key in KEYS]
    assert not {name for name, one in described.items() if not one["description"].strip(".")}


def test_every_rule_category_preset_and_effect_is_a_choice_with_a_description() -> None:
    choices = [*SCHEMA["definitions"]["selector"]["oneOf"], *SCHEMA["definitions"]["effect"]["oneOf"]]
    names = {*all_rules(), *(str(each.value) for kind in (Category, Preset, Effect) for each in kind)}

    assert {choice["const"] for choice in choices if choice["description"].endswith(".")} == names


def test_the_defaults_are_valid() -> None:
    defaults = {name: one["default"] for name, one in SCHEMA["properties"].items() if "default" in one}

    assert VALIDATOR.is_valid(defaults)


@given(accepted())
@settings(max_examples=150, deadline=None)
def test_what_the_linter_takes_is_valid(table: Table) -> None:
    assert mistakes(table) == []
    assert not refused(table)


@given(accepted(), st.sampled_from([key.name for key in KEYS if key.name != "extends"]), anything())
@settings(max_examples=300, deadline=None)
def test_whatever_the_linter_takes_is_valid(table: Table, key: str, value: object) -> None:
    changed = {**table, key: value}

    assert mistakes(changed) or not refused(changed)


@given(accepted(), st.text("abc-", min_size=1))
@settings(max_examples=50, deadline=None)
def test_a_key_that_is_not_known_is_refused(table: Table, key: str) -> None:
    assert refused({**deepcopy(table), key: 1})


@pytest.mark.parametrize(
    "text",
    [
        'select = ["sintax-error"]',
        'ignore = ["determinsm"]',
        "ignore = [3]",
        'select = "steps"',
        'fail-level = "eror"',
        "fail-level = 1",
        'respect-gitignore = "yes"',
        'exclude = "tests"',
        "include = [1]",
        "extends = 7",
        "extends = [7]",
        "against = 7",
        "colour = true",
        "selct = []",
        "rules = 1",
        '[rules]\nsyntax-error = "warn"',
        '[rules]\nunused-supression = "off"',
        '[rules.unused-suppression]\nseverty = "error"',
        '[rules.unused-suppression]\nseverity = "eror"',
        "[rules.unknown-event]\nexternal = 1",
        '[per-file-ignores]\n"tests/**" = ["stepz"]',
        '[per-file-ignores]\n"docs/**" = "steps"',
        "per-file-ignores = []",
        'effects = "pure"',
        '[effects]\npyton = { x = "mail" }',
        '[effects.python]\n"shop.mail".send = "male"',
        '[effects.python."shop.db"]\n"*" = "databse"',
        '[effects.python]\n"shop.mail".send = { effect = "mail", if = "x" }',
        '[effects.python]\n"shop.mail".send = { effect = "mail", when = "never" }',
        '[effects.python]\n"shop.mail".send = { when = "no-arguments" }',
        '[effects.python]\n"shop.mail".send = 1',
        "[effects.python.alias]\nx = 1",
        "[effects.python]\nalias = 1",
    ],
)
def test_a_mistake_of_shape_is_refused_as_by_the_linter(text: str, tmp_path: Path) -> None:
    file = tmp_path / "inngest-lint.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError):
        load_config(file)
    assert not VALIDATOR.is_valid(loads(text))


@pytest.mark.parametrize("options", [options for options, _ in WRONG_OPTIONS])
def test_a_wrong_option_is_refused(options: Table) -> None:
    assert refused({"rules": {"long-wait": options}})


@pytest.mark.parametrize("name", ["pyproject.toml", "README.md"])
def test_what_the_documents_show_is_valid(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    shown = [part.split("```")[0] for part in text.split("```toml\n")[1:]] if name.endswith(".md") else [text]

    tables = [table.get("tool", {}).get("inngest-lint", table) for table in map(loads, shown) if "project" not in table]

    assert [error.message for table in tables for error in VALIDATOR.iter_errors(table)] == []
