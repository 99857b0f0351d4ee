"""Starting: the first configuration is accepted, says what counted before, and takes nothing away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from inngest_lint.cli import main
from inngest_lint.config import load_config
from inngest_lint.config.files import NAMES
from inngest_lint.toml import loads


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run() -> Result:
    return CliRunner().invoke(main, ["init"], standalone_mode=False)


PROJECTS = {
    "of a project": '[project]\nname = "shop" # ours\n\n[tool.ruff]\nline-length = 100\n',
    "without a last line end": '[project]\nname = "shop"',
    "of Windows": '[project]\r\nname = "shop"\r\n',
    "with a byte order mark": '\ufeff[project]\nname = "shop"\n',
    "with dotted keys": "tool.ruff.line-length = 100\n",
    "that is empty": "",
    "that only mentions it": '[project]\nname = "inngest-lint"\n',
}


@pytest.mark.parametrize("text", PROJECTS.values(), ids=PROJECTS)
def test_a_pyproject_keeps_every_byte_and_is_given_a_table(text: str) -> None:
    Path("pyproject.toml").write_bytes(text.encode())

    assert run().return_value == 0
    after = Path("pyproject.toml").read_bytes().decode()
    assert after.startswith(text)
    assert loads(after.removeprefix("\ufeff"))["tool"]["inngest-lint"]["select"] == ["recommended"]
    assert "\r\n" not in text or after.count("\n") == after.count("\r\n")


def test_without_a_pyproject_there_is_a_file_of_its_own() -> None:
    assert run().return_value == 0
    assert load_config(Path("inngest-lint.toml")).select == ("recommended",)


def test_every_setting_that_is_only_a_comment_can_be_made_one_that_counts() -> None:
    run()
    lines = Path("inngest-lint.toml").read_text().splitlines()
    set_ = [line.removeprefix("# ") for line in lines if " = " in line]
    Path("inngest-lint.toml").write_text("\n".join(set_))

    assert len(set_) == 7
    assert load_config(Path("inngest-lint.toml")).against == Path.cwd() / "inngest-manifest.json"


@pytest.mark.parametrize(
    ("name", "key"), [("inngest-lint-baseline.json", "baseline"), ("inngest-manifest.json", "against")]
)
def test_files_that_are_there_are_named(name: str, key: str) -> None:
    Path(name).write_text(json.dumps({"version": 1}))

    run()

    assert loads(Path("inngest-lint.toml").read_text())[key] == name


@pytest.mark.parametrize("name", [*NAMES, "pyproject.toml"])
def test_a_configuration_that_is_there_is_left_as_it_is(name: str) -> None:
    text = '[tool.inngest-lint]\nselect = ["all"]\n' if name == "pyproject.toml" else 'select = ["all"]\n'
    Path(name).write_text(text)

    done = run()

    assert done.return_value == 2
    assert done.stderr == f"error: {name}: configures inngest-lint already, and is left as it is\n"
    assert [(path.name, path.read_text()) for path in Path().iterdir()] == [(name, text)]


@pytest.mark.parametrize(
    ("text", "told"),
    [("[tool", "pyproject.toml:1: not valid TOML"), ("tool = {ruff = {}}\n", "`tool` takes no further table")],
)
def test_a_pyproject_that_takes_no_table_is_left_as_it_is(text: str, told: str) -> None:
    Path("pyproject.toml").write_text(text)

    done = run()

    assert done.return_value == 2
    assert told in done.stderr
    assert Path("pyproject.toml").read_text() == text


def test_a_configuration_above_is_said_to_count_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("inngest-lint.toml").write_text('select = ["all"]\n')
    Path("app").mkdir()
    monkeypatch.chdir("app")

    done = run()

    assert done.return_value == 0
    assert "warning: `../inngest-lint.toml` does not count for this directory any more" in done.stderr
