"""Documents: what they say of commands, options, keys, names and places is so, and nothing is left out."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inngest_lint.cli import main
from inngest_lint.config import Config, load_config
from inngest_lint.config.layer import Layer
from inngest_lint.effects import Effect
from inngest_lint.model.language import Language
from inngest_lint.rule import Category, Preset, all_rules

if TYPE_CHECKING:
    import click

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "inngest_lint"
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

GENERATED = {".git", ".venv", ".hypothesis", "__pycache__", "dist"}
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("rules/*.md"), *ROOT.glob("examples/**/*.md")])
TOP_LEVEL = sorted(
    path.stem for path in PACKAGE.iterdir() if (path.is_dir() and path.name != "__pycache__") or path.suffix == ".py"
)

FOREIGN = (
    *("/root/", "/home/", f"{ROOT}/"),
    # Put together here, so that this file names no registry either.
    *(f"{name}.org" for name in ("pypi", "pythonhosted", "npmjs")),
    "extra-index-url",
)

_LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)")
_NAME = re.compile(r"`([a-z_]+(?:\.\w+)+)`")


def texts() -> Iterator[Path]:
    """Every file of the repository that somebody wrote, but for this one, which says what is looked for."""
    for path in ROOT.rglob("*"):
        below = path.relative_to(ROOT).parts
        if (
            path.is_file()
            and path != Path(__file__)
            and not any(part in GENERATED or part.endswith(("_cache", ".egg-info")) for part in below)
        ):
            yield path


def section(document: str, title: str) -> str:
    """The text under a heading, up to the next one of any level."""
    match = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", document, re.MULTILINE | re.DOTALL)
    assert match, f"there is no section {title}"
    return match[1]


def first_column(text: str) -> list[str]:
    """What the rows of a table are about."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def fenced(document: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", document, re.MULTILINE | re.DOTALL)


def options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts if name.startswith("--")}


def lint(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "inngest_lint", "check", "--isolated", *arguments]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_readme_has_every_command() -> None:
    named = [row.split()[1] for row in first_column(section(README, "Use")) if row.startswith("inngest-lint ")]

    assert named == list(main.commands)


def test_the_readme_has_every_option_of_check() -> None:
    named = {row.split()[0] for row in first_column(section(README, "Use")) if row.startswith("--")}

    assert named == options(main.commands["check"])


@pytest.mark.parametrize("command", ["", *main.commands])
def test_help_has_every_option_and_command(command: str) -> None:
    shown = main.commands[command] if command else main
    arguments = [command, "--help"] if command else ["--help"]

    text = subprocess.run(
        [sys.executable, "-m", "inngest_lint", *arguments], capture_output=True, text=True, check=True
    ).stdout

    assert not {name for name in options(shown) if name not in text}
    assert not {name for name in (main.commands if shown is main else ()) if name not in text}


def test_the_readme_has_every_configuration_key() -> None:
    named = first_column(section(README, "Configuration"))

    # `extends` is followed before layers are laid over one another.
    assert {*named} == {"extends", *(field.name.replace("_", "-") for field in fields(Layer))}


@pytest.mark.parametrize("text", fenced(README, "toml"))
def test_configuration_in_the_readme_is_accepted(text: str, tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(text)

    assert load_config(file) != Config()


def test_the_readme_has_every_effect() -> None:
    named = {name for name in re.findall(r"`([a-z-]+)`", section(README, "Effects")) if name in {*map(_value, Effect)}}

    assert named == {*map(_value, Effect)}


def test_the_readme_has_every_category_and_preset() -> None:
    text = section(README, "Rules")

    assert not {each.value for each in (*Category, *Preset) if f"`{each.value}`" not in text}


def test_the_readme_shows_what_the_program_prints(tmp_path: Path) -> None:
    example, printed = fenced(README, "python")[0], fenced(README, "text")[0]
    (tmp_path / "orders.py").write_text(example)

    assert lint(tmp_path, "orders.py").stdout.rstrip() == printed.rstrip()


def test_the_readme_shows_what_the_program_prints_of_typescript(tmp_path: Path) -> None:
    example, printed = fenced(README, "typescript")[0], fenced(README, "text")[1]
    (tmp_path / "orders.ts").write_text(example)

    assert lint(tmp_path, "--output-format", "concise", "orders.ts").stdout.rstrip() == printed.rstrip()


def test_every_language_has_an_example_and_nothing_else_has() -> None:
    assert {path.name for path in (ROOT / "examples").iterdir() if path.is_dir()} == {each.value for each in Language}


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_the_examples_show_what_people_would_act_on(language: Language) -> None:
    done = lint(ROOT / "examples", "--output-format", "json", language.value)
    found = [(item["path"], item["rule"]) for item in json.loads(done.stdout)["diagnostics"]]

    assert len({rule for _, rule in found}) >= 12
    assert not {rule for path, rule in found if Path(path).stem == "invoices"}


def test_what_contributing_calls_followed_is_followed_and_nothing_else(tmp_path: Path) -> None:
    text = fenced(section(CONTRIBUTING, "What is not followed"), "python")[0]
    (tmp_path / "limits.py").write_text(text)
    marked = {number for number, line in enumerate(text.splitlines(), 1) if line.endswith("# followed")}

    done = lint(tmp_path, "--select", "raw-fetch", "--output-format", "json")

    assert {item["line"] for item in json.loads(done.stdout)["diagnostics"]} == marked


@pytest.mark.parametrize("name", TOP_LEVEL)
def test_the_architecture_mentions_every_part(name: str) -> None:
    assert name == "__init__" or re.search(rf"`{name}`", ARCHITECTURE)


def test_every_name_in_the_architecture_exists() -> None:
    named = {name for name in _NAME.findall(ARCHITECTURE) if name.split(".")[0] in TOP_LEVEL}

    assert named
    assert not {name for name in named if not _exists(name)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_files_lead_somewhere(document: Path) -> None:
    targets = _LINK.findall(re.sub(r"^```.*?^```$", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL))
    files = {target.split("#")[0] for target in targets if "://" not in target and not target.startswith("#")}

    assert not {file for file in files if not (document.parent / file).exists()}


def test_no_file_names_a_place_on_some_machine_or_a_registry() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {foreign}"
        for path in texts()
        for foreign in FOREIGN
        if foreign.encode() in path.read_bytes()
    }

    assert not found


def test_no_rule_is_listed_in_a_shared_document() -> None:
    named = {name for name in all_rules() if f"| `{name}`" in README + ARCHITECTURE}

    assert not named


def _value(effect: Effect) -> str:
    return str(effect.value)


def _exists(name: str) -> bool:
    """Whether a dotted name below the package is a module, or something in one."""
    if (PACKAGE / name).exists():
        return True
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(("inngest_lint", *parts[:length])))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part, None)
        return found is not None
    return False
