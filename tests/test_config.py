"""Configuration: which file counts, what it may say, and what is told of mistakes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inngest_lint.config import Config, ConfigError, Configs, load_config
from inngest_lint.config.check import Check
from inngest_lint.config.keys import KEYS
from inngest_lint.config.layer import RuleSettings
from inngest_lint.config.places import Places
from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects import Effect
from inngest_lint.model.body import Call
from inngest_lint.model.function import Language, Module
from inngest_lint.model.value import Origin, Ref
from inngest_lint.rule import Category, Preset, Rule, rule
from inngest_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@pytest.fixture(autouse=True)
def _inside_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(files: Mapping[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def loaded(text: str) -> Config:
    write({"inngest-lint.toml": text})
    return load_config(Path("inngest-lint.toml"))


def told(text: str, name: str = "inngest-lint.toml") -> list[str]:
    write({name: text})
    with pytest.raises(ConfigError) as caught:
        load_config(Path(name))
    return str(caught.value).splitlines()


@dataclass(frozen=True)
class Limits:
    longest_wait: int = 7
    allow: tuple[str, ...] = ()
    strict: bool = False
    unit: str = "days"


@rule(on=Module, severity=Severity.WARNING, category=Category.STEPS, since="0.1", preset=Preset.STRICT, options=Limits)
def long_wait(_module: Module) -> Iterator[Finding]:
    """A wait is long."""
    return iter(())


@rule(on=Module, severity=Severity.ERROR, category=Category.EVENTS, since="0.1")
def lost_event(_module: Module) -> Iterator[Finding]:
    """An event is lost."""
    return iter(())


@rule(on=Module, severity=Severity.INFO, category=Category.EVENTS, since="0.1", preset=Preset.ALL)
def odd_event(_module: Module) -> Iterator[Finding]:
    """An event is odd."""
    return iter(())


RULES: dict[str, Rule] = {each.name: each for each in (long_wait, lost_event, odd_event)}


def checked(settings: Mapping[str, object]) -> tuple[Mapping[str, RuleSettings], list[str]]:
    check = Check(Path("inngest-lint.toml"), Places(""), (), RULES)
    layer = check.layer({"rules": settings})
    return layer.rules, [mistake.message for mistake in check.mistakes]


def test_the_nearest_configuration_counts_and_is_not_merged() -> None:
    write({"inngest-lint.toml": 'ignore = ["steps"]', "app/pyproject.toml": "[tool.inngest-lint]", "app/x/a.py": ""})
    configs = Configs()

    assert [configs.for_file(Path(file)).ignore for file in ("b.py", "app/x/a.py")] == [("steps",), ()]


@pytest.mark.parametrize(
    ("names", "first"),
    [
        ((".inngest-lint.toml", "inngest-lint.toml", "pyproject.toml"), ".inngest-lint.toml"),
        (("inngest-lint.toml", "pyproject.toml"), "inngest-lint.toml"),
        (("pyproject.toml",), "pyproject.toml"),
    ],
)
def test_of_several_files_in_a_directory_the_most_particular_counts(names: tuple[str, ...], first: str) -> None:
    write({name: "[tool.inngest-lint]\n" if name == "pyproject.toml" else "" for name in names})

    assert Configs().for_directory(Path("a/b")).path == Path(first).absolute()


def test_a_pyproject_without_the_section_does_not_count() -> None:
    write({"inngest-lint.toml": "", "app/pyproject.toml": '[project]\ndependencies = ["inngest-lint"]\n'})

    assert Configs().for_directory(Path("app")).path == Path("inngest-lint.toml").absolute()


def test_a_project_without_python_is_configured_from_any_directory_of_it() -> None:
    write({"package.json": "{}", "inngest-lint.toml": 'ignore = ["steps"]', "apps/web/src/package.json": "{}"})
    configs = Configs()

    assert configs.for_file(Path("apps/web/src/ship.ts")).ignore == ("steps",)


def test_the_names_of_the_effects_of_typescript_are_those_of_packages() -> None:
    config = loaded('[effects.typescript]\n"@acme/audit.record" = "database"\n')
    call = Call(Span("a.ts", 0, 1), Ref(Origin.IMPORT, ()), (), "")

    assert config.catalogue(Language.TYPESCRIPT).classify(("@acme/audit", "record"), call) is Effect.DATABASE


def test_a_broken_pyproject_that_says_nothing_of_the_linter_does_not_count() -> None:
    write({"pyproject.toml": "[tool.other\n"})

    assert Configs().for_directory(Path()).path is None


def test_a_directory_named_like_a_configuration_does_not_count() -> None:
    Path("inngest-lint.toml").mkdir()
    Path("pyproject.toml").mkdir()

    assert Configs().for_directory(Path()).path is None


def test_a_configuration_that_is_given_counts_for_every_file() -> None:
    write({"other/strict.toml": 'select = ["strict"]', "app/inngest-lint.toml": ""})
    configs = Configs(Path("other/strict.toml"))

    config = configs.for_file(Path("app/a.py"))

    assert (config.select, config.root) == (("strict",), Path.cwd())


def test_a_run_without_configuration_reads_none() -> None:
    write({"inngest-lint.toml": "nonsense"})

    assert Configs(isolated=True).for_file(Path("a.py")) == Config()


def test_files_of_one_configuration_share_it() -> None:
    write({"inngest-lint.toml": ""})
    configs = Configs()

    assert configs.for_file(Path("a/b.py")) is configs.for_file(Path("c/d.py"))


def test_what_a_file_says_lies_over_what_it_extends() -> None:
    write(
        {
            "base.toml": 'select = ["all"]\nignore = ["steps"]\n[rules]\nsyntax-error = "info"\n'
            'unused-suppression = "off"\n[per-file-ignores]\n"tests/**" = ["steps"]\n',
            "app/inngest-lint.toml": 'extends = "../base.toml"\nignore = []\n[rules]\nunused-suppression = "error"\n',
        }
    )

    config = load_config(Path("app/inngest-lint.toml"))

    assert (config.select, config.ignore, config.per_file_ignores, config.rules) == (
        ("all",),
        (),
        {"tests/**": ("steps",)},
        {"syntax-error": RuleSettings(Severity.INFO), "unused-suppression": RuleSettings(Severity.ERROR)},
    )


def test_of_several_files_that_are_extended_the_later_wins() -> None:
    write(
        {"a.toml": 'select = ["all"]\nignore = ["steps"]', "pyproject.toml": '[tool.inngest-lint]\nselect = ["strict"]'}
    )

    config = loaded('extends = ["a.toml", "pyproject.toml"]')

    assert (config.select, config.ignore) == (("strict",), ("steps",))


def test_a_circle_of_files_that_extend_each_other_is_told() -> None:
    write({"b.toml": 'extends = ["inngest-lint.toml"]'})

    assert told('extends = "b.toml"') == ["b.toml:1: `extends` leads back to this file through `inngest-lint.toml`"]


def test_a_file_to_extend_that_does_not_exist_is_told() -> None:
    assert told('\nextends = ["../base.toml"]') == [
        "inngest-lint.toml:2: `extends` names `../base.toml`, which does not exist"
    ]


def test_mistakes_in_a_file_that_is_extended_are_told_with_its_name() -> None:
    write({"base.toml": "\nselct = []"})

    assert told('extends = "base.toml"') == ["base.toml:2: unknown key `selct`, did you mean `select`?"]


def test_every_mistake_is_told_with_its_line_and_the_nearest_name() -> None:
    text = """\
[project]
name = "shop"

[tool.inngest-lint]
select = [
    "recommended",
    "sintax-error",
]
ignore = ["determinsm", 3]
fail-level = "eror"
respect-gitignore = "yes"
exclude = "tests"
extends = 7
colour = true

[tool.inngest-lint.rules]
"syntax-error" = "warn"
unused-supression = "off"

[tool.inngest-lint.rules.unused-suppression]
severty = "error"

[tool.inngest-lint.per-file-ignores]
"tests/**" = ["stepz"]
"docs/**" = "steps"
"""

    assert told(text, "pyproject.toml") == [
        "pyproject.toml:7: unknown rule `sintax-error` in `select`, did you mean `syntax-error`?",
        "pyproject.toml:9: `ignore` takes strings, not a whole number",
        "pyproject.toml:9: unknown rule `determinsm` in `ignore`, did you mean `determinism`?",
        'pyproject.toml:10: `fail-level` takes "error", "warning" or "info", not "eror", did you mean `error`?',
        "pyproject.toml:11: `respect-gitignore` takes true or false, not a string",
        "pyproject.toml:12: `exclude` takes a list of strings, not a string",
        "pyproject.toml:13: `extends` takes a list of strings, not a whole number",
        "pyproject.toml:14: unknown key `colour`",
        (
            'pyproject.toml:17: `syntax-error` takes "error", "warning", "info" or "off", not "warn", '
            "did you mean `warning`?"
        ),
        "pyproject.toml:18: unknown rule `unused-supression` in `rules`, did you mean `unused-suppression`?",
        "pyproject.toml:21: unknown key `severty` in `rules.unused-suppression`, did you mean `severity`?",
        "pyproject.toml:24: unknown rule `stepz` in `tests/**`, did you mean `steps`?",
        "pyproject.toml:25: `docs/**` takes a list of strings, not a string",
    ]


@pytest.mark.parametrize("key", [key.name for key in KEYS])
def test_a_key_with_a_letter_missing_is_recognised(key: str) -> None:
    wrong = key[:2] + key[3:]

    assert told(f"{wrong} = 1") == [f"inngest-lint.toml:1: unknown key `{wrong}`, did you mean `{key}`?"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'select = ["all"]\nignore = [', "inngest-lint.toml:2: not valid TOML: "),
        (b"select = all\n", "inngest-lint.toml:1: not valid TOML: "),
        (b"a = 1\na = 2\n", "inngest-lint.toml:2: not valid TOML: "),
        (b"# caf\xe9\n", "inngest-lint.toml:1: not valid UTF-8"),
        (b"ignore = " + b"[" * 100_000, "inngest-lint.toml: nested too deeply"),
        (b"a = " + b"9" * 10_000, "inngest-lint.toml"),
        (b"a = 2024-13-45\n", "inngest-lint.toml:1: "),
        (b"a = \x00\n", "inngest-lint.toml:1: not valid TOML: "),
    ],
)
def test_a_file_that_is_no_toml_is_told(data: bytes, message: str) -> None:
    Path("inngest-lint.toml").write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        load_config(Path("inngest-lint.toml"))

    assert str(caught.value).startswith(message)


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert loaded('\ufeffselect = ["all"]').select == ("all",)


@pytest.mark.parametrize("name", ["missing.toml", "directory.toml", "pipe.toml"])
def test_a_configuration_that_cannot_be_read_is_told(name: str) -> None:
    Path("directory.toml").mkdir()
    os.mkfifo("pipe.toml")
    with pytest.raises(ConfigError) as caught:
        Configs(Path(name))

    assert str(caught.value).startswith(f"{name}: cannot be read: ")


def test_a_section_that_is_no_table_is_told() -> None:
    assert told("[tool]\ninngest-lint = 3\n", "pyproject.toml") == [
        "pyproject.toml:2: `tool.inngest-lint` is not a table"
    ]


def test_what_would_move_the_cursor_is_spelt_out() -> None:
    assert told('"a\\u001b[2J" = 1') == ["inngest-lint.toml:1: unknown key `a\\x1b[2J`"]


@pytest.mark.parametrize(
    ("settings", "enabled"),
    [
        ({}, {"lost-event"}),
        ({"select": ("strict",)}, {"lost-event", "long-wait"}),
        ({"select": ("all",)}, {"lost-event", "long-wait", "odd-event"}),
        ({"select": ("steps",)}, {"long-wait"}),
        ({"extend_select": ("odd-event",)}, {"lost-event", "odd-event"}),
        ({"select": ("all",), "ignore": ("events",)}, {"long-wait"}),
        ({"extend_select": ("odd-event",), "ignore": ("odd-event",)}, {"lost-event"}),
    ],
)
def test_rules_are_selected_by_name_category_and_preset(
    settings: Mapping[str, tuple[str, ...]], enabled: set[str]
) -> None:
    config = Config(
        select=settings.get("select", ("recommended",)),
        ignore=settings.get("ignore", ()),
        extend_select=settings.get("extend_select", ()),
    )

    assert config.enabled(RULES) == enabled


def test_to_give_a_rule_a_severity_selects_it() -> None:
    config = loaded('select = []\n[rules]\nsyntax-error = "info"\n')

    assert (config.extend_select, config.rules["syntax-error"].severity) == (("syntax-error",), Severity.INFO)


def test_a_rule_that_is_off_is_ignored() -> None:
    assert loaded('[rules]\nsyntax-error = "off"\n').ignore == ("syntax-error",)


def test_the_severity_of_a_rule_is_its_own_unless_it_is_set() -> None:
    config = Config(rules={"long-wait": RuleSettings(Severity.INFO)})

    assert [config.severity(each) for each in (long_wait, lost_event)] == [Severity.INFO, Severity.ERROR]


def test_the_options_of_a_rule_are_read_and_the_others_keep_their_defaults() -> None:
    settings, _ = checked({"long-wait": {"longest-wait": 3, "allow": ["a", "b"], "strict": True}})

    assert Config(rules=settings).options(long_wait) == Limits(3, ("a", "b"), strict=True)


def test_the_options_of_a_rule_are_its_defaults_where_nothing_is_set() -> None:
    assert Config().options(long_wait) == Limits()


def test_a_rule_without_options_has_none() -> None:
    assert Config().options(lost_event) is None


WRONG_OPTIONS: list[tuple[dict[str, object], str]] = [
    ({"longest-wate": 3}, "unknown key `longest-wate` in `rules.long-wait`, did you mean `longest-wait`?"),
    ({"longest_wait": 3}, "unknown key `longest_wait` in `rules.long-wait`, did you mean `longest-wait`?"),
    ({"longest-wait": "3"}, "`longest-wait` takes a whole number, not a string"),
    ({"longest-wait": True}, "`longest-wait` takes a whole number, not true or false"),
    ({"strict": 1}, "`strict` takes true or false, not a whole number"),
    ({"unit": 1.5}, "`unit` takes a string, not a number"),
    ({"allow": "a"}, "`allow` takes a list of strings, not a string"),
    ({"severity": True}, '`severity` takes "error", "warning", "info" or "off", not true or false'),
]


@pytest.mark.parametrize(("options", "message"), WRONG_OPTIONS)
def test_a_wrong_option_is_told(options: Mapping[str, object], message: str) -> None:
    assert checked({"long-wait": dict(options)})[1] == [message]


def test_the_command_line_is_checked_like_a_file() -> None:
    with pytest.raises(ConfigError) as caught:
        Config().with_overrides(select=["sintax-error"], ignore=["stepz"])

    assert str(caught.value).splitlines() == [
        "unknown rule `sintax-error` in `--select`, did you mean `syntax-error`?",
        "unknown rule `stepz` in `--ignore`, did you mean `steps`?",
    ]


def test_a_selection_on_the_command_line_starts_from_nothing() -> None:
    config = loaded('ignore = ["syntax-error"]\n[rules]\nunused-suppression = "error"\n')

    changed = config.with_overrides(select=["syntax-error"])

    assert (changed.select, changed.ignore, changed.extend_select) == (("syntax-error",), (), ())


def test_what_else_the_command_line_names_is_added() -> None:
    config = loaded('ignore = ["steps"]\nextend-select = ["strict"]')

    changed = config.with_overrides(ignore=["events"], extend_select=["all"])

    assert (changed.ignore, changed.extend_select) == (("steps", "events"), ("strict", "all"))


@pytest.mark.parametrize(
    ("file", "ignored"),
    [
        ("tests/a/b.py", {"long-wait"}),
        ("src/a_test.py", {"lost-event", "odd-event"}),
        ("tests/a_test.py", {"long-wait", "lost-event", "odd-event"}),
        ("src/tests.py", set[str]()),
        ("../tests/a.py", set[str]()),
    ],
)
def test_rules_are_ignored_in_the_files_that_match(file: str, ignored: set[str]) -> None:
    config = Config(per_file_ignores={"/tests": ("long-wait",), "*_test.py": ("events",)})

    assert config.ignored_in(Path(file), RULES) == ignored


def test_a_glob_that_begins_with_a_bang_stands_for_the_other_files() -> None:
    config = Config(per_file_ignores={"!src/**": ("all",)})

    assert [len(config.ignored_in(Path(file), RULES)) for file in ("src/a.py", "scripts/a.py")] == [0, 3]


def test_effects_are_added_to_the_catalogue() -> None:
    config = loaded('[effects.python."shop.db.session()"]\n"*" = "database"\n')
    call = Call(Span("a.py", 0, 1), Ref(Origin.IMPORT, ()), (), "")

    effect = config.catalogue(Language.PYTHON).classify(("shop", "db", "session", "()", "add"), call)

    assert effect is Effect.DATABASE


def test_mistakes_in_effects_are_all_told_with_their_lines() -> None:
    text = (
        '[effects.python]\n"shop.mail".send = "male"\n\n[effects.python."shop.db"]\n"*" = "databse"\n[effects.pyton]\n'
    )

    assert [line[: line.index(" ", 24)] for line in told(text)] == [
        "inngest-lint.toml:2: `effects.python.shop.mail.send`:",
        "inngest-lint.toml:5: `effects.python.shop.db.*`:",
        "inngest-lint.toml:6: unknown",
    ]
