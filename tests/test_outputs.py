"""Outputs: several reports of one run, and the action that asks for them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # it comes without types

from inngest_lint.cli import run
from inngest_lint.reporters import FORMATS

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))

WARNED = "import inngest  # inngest-lint: ignore\n"
SUPPRESSED = """\
import inngest

client = inngest.Inngest(app_id="shop")


@client.create_function(fn_id="ship", trigger=inngest.TriggerEvent(event="shop/ship"))
async def ship(ctx: inngest.Context) -> None:
    ctx.step.run("pack", pack)  # inngest-lint: ignore[unawaited-step] packed elsewhere


async def pack() -> None: ...
"""

CI = ("GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY", "CI_PROJECT_DIR", "INNGEST_LINT_OUTPUT_FORMAT", "FORCE_COLOR")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of its own for each test, outside of any job."""
    for name in CI:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    Path("inngest-lint.toml").touch()
    Path("a.py").write_text(WARNED)
    return tmp_path


def test_one_run_writes_every_format() -> None:
    files = [f"{name}.out" for name in FORMATS]

    run(["check", *(f"--output={name}={name}.out" for name in FORMATS)])

    assert not [file for file in files if "unused-suppression" not in Path(file).read_text(encoding="utf-8")]


def test_a_further_report_leaves_standard_output_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "--output", "sarif=a.sarif"])

    assert capsys.readouterr().out.startswith("warning[unused-suppression]: ")


def test_a_report_on_standard_output_takes_the_place_of_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "--output", "json=-", "--output", "sarif=a.sarif"])

    assert json.loads(capsys.readouterr().out)["summary"]["warning"] == 1


def test_the_environment_names_the_report_that_is_not_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INNGEST_LINT_OUTPUT_FORMAT", "concise")

    run(["check", "--output", "json=-"])

    assert json.loads(capsys.readouterr().out)["version"] == 1


def test_a_report_in_a_file_and_one_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "--output-format", "json", "--output-file", "a.json", "--output", "concise=-"])

    assert capsys.readouterr().out.startswith("a.py:1:17: ")
    assert json.loads(Path("a.json").read_text())["version"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--output", "json=-", "--output", "sarif=-"), "two reports cannot both go to standard output"),
        (("--output-format", "full", "--output", "sarif=-"), "two reports cannot both go to standard output"),
        (("--output", "json=a", "--output", "sarif=./a"), "two reports cannot both go to `./a`"),
        (("--statistics", "--output-format", "junit"), "`junit` has no place for --statistics"),
        (("--output", "sarf=a"), "`sarf=a` is no FORMAT=FILE"),
        (("--output", "sarif"), "`sarif` is no FORMAT=FILE"),
        (("--output", "sarif="), "`sarif=` is no FORMAT=FILE"),
    ],
)
def test_reports_that_cannot_be_written_are_refused_before_anything_is_read(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["check", "missing.py", *arguments])

    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert message in told.err
    assert "no such file" not in told.err


def test_statistics_stand_beside_a_whole_report(capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "--statistics", "--output", "json=a.json"])

    assert capsys.readouterr().out.startswith("1  unused-suppression  warning\n")
    assert len(json.loads(Path("a.json").read_text())["diagnostics"]) == 1


def test_a_report_that_cannot_be_written_costs_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["check", "--output", "json=missing/a.json", "--output", "sarif=a.sarif"])

    assert code == 2
    assert "`missing/a.json` could not be written: No such file or directory" in capsys.readouterr().err
    assert Path("a.sarif").exists()


def test_files_have_no_colour_unless_it_is_asked_for() -> None:
    run(["check", "--output", "full=a.txt"])

    assert "\x1b" not in Path("a.txt").read_text()


def test_what_a_comment_suppresses_comes_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(SUPPRESSED)

    code = run(["check", "--select", "unawaited-step", "--show-suppressed", "--output", "sarif=-"])

    ((result,),) = [found["results"] for found in json.loads(capsys.readouterr().out)["runs"]]
    assert result["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "packed elsewhere"},
    ]
    assert code == 0


# The action


def checked(given: Mapping[str, str], directory: Path) -> subprocess.CompletedProcess[str]:
    """The step of the action that checks, run as a runner does."""
    program = directory / "inngest-lint"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m inngest_lint "$@"\n')
    program.chmod(0o755)
    inputs = {name.upper(): str(value["default"]) for name, value in ACTION["inputs"].items()}
    environment = {
        **os.environ,
        **inputs,
        **given,
        "INNGEST_LINT": str(program),
        "GITHUB_STEP_SUMMARY": str(directory / "summary.md"),
        "GITHUB_WORKSPACE": str(directory),
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", ACTION["runs"]["steps"][-1]["run"]]
    return subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)


needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="the action is a script for bash")


@needs_bash
def test_the_action_annotates_and_writes_a_summary(here: Path) -> None:
    done = checked({}, here)

    assert done.stdout.startswith("::warning title=unused-suppression,file=a.py,line=1,"), done.stderr
    assert "| warning | [`unused-suppression`]" in (here / "summary.md").read_text()
    assert done.returncode == 1


@needs_bash
def test_the_action_hands_on_what_it_is_given(here: Path) -> None:
    Path("b c").mkdir()
    Path("b c/d.py").write_text(WARNED)
    given = {
        "PATHS": "b c\n",
        "ARGUMENTS": "--exit-zero\n--fail-level=info\n",
        "SARIF": "x y.sarif",
        "SUMMARY": "false",
    }

    done = checked(given, here)

    ((result,),) = [found["results"] for found in json.loads((here / "x y.sarif").read_text())["runs"]]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "b%20c/d.py"
    assert not (here / "summary.md").exists()
    assert done.returncode == 0, done.stderr


@needs_bash
def test_the_action_runs_nothing_of_what_it_is_given(here: Path) -> None:
    checked({"PATHS": "$(touch owned)\n`touch owned`\n", "ARGUMENTS": "; touch owned", "SARIF": "$(touch owned)"}, here)

    assert not (here / "owned").exists()


def test_the_action_puts_no_input_into_the_text_of_a_script() -> None:
    assert not [step["name"] for step in ACTION["runs"]["steps"] if "${{" in step["run"]]


def test_the_readme_has_every_input_of_the_action() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| input | what it is |")[2].partition("\n\n")[0]

    assert re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE) == list(ACTION["inputs"])


def test_the_readme_has_every_format() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| `--output-format FORMAT` \| (.*?);", readme, re.MULTILINE)

    assert re.findall(r"`([^`]+)`", row) == list(FORMATS)


def test_the_jobs_in_the_readme_are_yaml() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    jobs = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)]

    assert [job for job in jobs if "inngest-lint" in job or "steps" in job]
