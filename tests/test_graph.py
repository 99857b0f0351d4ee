"""The graph: flows, the formats they are written in, and the command that shows them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from graphs import ROOT, charted, shown

from inngest_lint.cli import run
from inngest_lint.graph import FORMATS

GOLDENS = Path(__file__).parent / "fixtures" / "graphs"
README = (ROOT / "README.md").read_text(encoding="utf-8")

Golden = Callable[[str, str], str]

ORDER = """
import { Inngest } from "inngest";
const inngest = new Inngest({ id: "shop" });
export const order = inngest.createFunction({ id: "order", triggers: { event: "shop/paid" } }, async ({ step }) => {
  await step.run("a", f);
});
"""


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """What a golden graph holds; with `--update`, what the test got is written to it first."""

    def expected(name: str, got: str) -> str:
        path = GOLDENS / name
        if request.config.getoption("--update"):
            path.write_text(got, encoding="utf-8", newline="\n")
        return path.read_text(encoding="utf-8")

    return expected


@pytest.mark.parametrize("name", FORMATS)
def test_the_examples_are_shown(name: str, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    got = shown(name, charted("examples"))

    assert got == golden(f"examples.{name}", got)


@pytest.mark.parametrize("name", FORMATS)
def test_one_function_is_shown_with_its_steps(name: str, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    got = shown(name, charted("examples/typescript").only("fulfil-order"))

    assert got == golden(f"fulfil-order.{name}", got)


def test_the_readme_shows_what_the_program_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    tree = shown("tree", charted("examples/typescript").only("fulfil-order"))

    assert f"```text\n{tree}```" in README


def test_the_picture_in_the_readme_is_what_the_program_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    assert (ROOT / "examples" / "graph.svg").read_text(encoding="utf-8") == shown("svg", charted("examples"))


@pytest.mark.parametrize("name", FORMATS)
def test_the_order_of_the_paths_changes_nothing(name: str) -> None:
    python, typescript = str(ROOT / "examples" / "python"), str(ROOT / "examples" / "typescript")

    assert shown(name, charted(python, typescript)) == shown(name, charted(typescript, python))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "order.ts").write_text(ORDER)
    return tmp_path


@pytest.mark.usefixtures("here")
def test_the_command_shows_the_tree_of_this_directory(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--isolated"]) == 0
    assert capsys.readouterr().out.startswith("shop · order.ts\n\n  order  line 4\n")


def test_the_graph_is_written_to_a_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--isolated", "--format", "svg", "--output", "graph.svg"]) == 0
    assert capsys.readouterr() == ("", "")
    assert (here / "graph.svg").read_text(encoding="utf-8").startswith("<svg ")


@pytest.mark.usefixtures("here")
def test_a_file_that_cannot_be_written_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--isolated", "--output", "no/graph.svg"]) == 2
    assert "`no/graph.svg` could not be written" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_a_path_that_does_not_exist_is_told_and_the_rest_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--isolated", "order.ts", "no.ts"]) == 2
    shown_, told = capsys.readouterr()
    assert "run a" in shown_
    assert told == "error: no.ts: no such file or directory\n"


@pytest.mark.usefixtures("here")
def test_an_unknown_function_is_told_with_one_that_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--isolated", "--function", "ordr"]) == 2
    assert capsys.readouterr() == ("", "error: there is no function with the id `ordr`, did you mean `order`?\n")


@pytest.mark.parametrize("name", FORMATS)
def test_code_that_is_nested_deep_is_shown(name: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "order.ts").write_text(
        ORDER.replace("await", f"{'if (a) { ' * 200}await").replace(";\n});", f";{'}' * 200}\n}});")
    )

    assert run(["graph", "--isolated", "--function", "order", "--format", name]) == 0
    assert "run" in capsys.readouterr().out


def test_a_directory_without_functions_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "order.ts").write_text("export {};\n")

    assert run(["graph", "--isolated"]) == 0
    assert capsys.readouterr().err == "warning: there are no Inngest functions in these files\n"


def test_a_mistake_in_the_configuration_ends_with_2(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "inngest-lint.toml").write_text("selct = []\n")

    assert run(["graph"]) == 2
    assert "selct" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_colour_is_for_the_tree_and_only_where_it_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    run(["graph", "--isolated", "--color", "always"])

    assert "\x1b[" in capsys.readouterr().out


def test_a_stream_that_takes_ascii_only_is_given_ascii(here: Path) -> None:
    command = [sys.executable, "-m", "inngest_lint", "graph", "--isolated"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}

    done = subprocess.run(command, cwd=here, env=environment, capture_output=True, check=True)

    assert b"`- run a" in done.stdout
