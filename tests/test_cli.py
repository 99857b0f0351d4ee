"""The command line: exit codes, streams, colour, and what each command prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from inngest_lint.cli import run

CLEAN = "import inngest\n"
WARNED = "import inngest  # inngest-lint: ignore\n"
SPOILED = b'import inngest\nname = "\xff"\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of its own for each test, which no configuration from outside reaches."""
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM", "INNGEST_LINT_OUTPUT_FORMAT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    Path("inngest-lint.toml").touch()
    return tmp_path


def program(
    *arguments: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "inngest_lint", *arguments]
    return subprocess.run(
        command, input=stdin, capture_output=True, env={**os.environ, **(environment or {})}, check=False, timeout=60
    )


def test_clean_files_end_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(CLEAN)

    assert run(["check"]) == 0
    assert capsys.readouterr() == ("All clean: 1 file checked.\n", "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 1),
        (("--fail-level", "warning"), 1),
        (("--fail-level", "info"), 1),
        (("--fail-level", "error"), 0),
        (("--exit-zero",), 0),
        (("--ignore", "unused-suppression"), 0),
        (("--select", "syntax-error,unused-suppression"), 1),
        (("--select", "steps", "--extend-select", "unused-suppression"), 1),
        (("--exclude", "a.py"), 0),
        (("--exclude", "b.py"), 1),
        (("--stdin-filename", "b.py"), 0),
    ],
)
def test_findings_decide_the_exit_code(arguments: tuple[str, ...], code: int) -> None:
    Path("a.py").write_text(WARNED)

    assert program("check", *arguments).returncode == code


def test_a_project_in_both_languages_is_checked_in_one_run() -> None:
    Path("a.py").write_text(WARNED)
    Path("b.ts").write_text("const x = 1; // inngest-lint: ignore\n")

    lines = program("check", "--output-format", "concise").stdout.splitlines()

    assert [line.partition(b":")[0] for line in lines if b"unused-suppression" in line] == [b"a.py", b"b.ts"]


def test_the_configuration_can_set_the_fail_level() -> None:
    Path("a.py").write_text(WARNED)
    Path("inngest-lint.toml").write_text('fail-level = "error"\n')

    assert run(["check"]) == 0


def test_the_command_line_wins_over_the_configured_fail_level() -> None:
    Path("a.py").write_text(WARNED)
    Path("inngest-lint.toml").write_text('fail-level = "error"\n')

    assert run(["check", "--fail-level", "warning"]) == 1


def test_an_isolated_run_reads_no_configuration() -> None:
    Path("a.py").write_text(WARNED)
    Path("inngest-lint.toml").write_text("this is not toml")

    assert run(["check", "--isolated"]) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("check", "--no-such-option"),
        ("chekc",),
        ("check", "--output-format", "xml"),
        ("check", "--statistics", "--output-format", "lsp"),
        ("check", "--statistics", "--output-format", "sarif"),
        ("check", "--select", "no-such-rule"),
        ("check", "--config", "gone.toml"),
        ("check", "gone.py"),
        ("check", "gone.py", "--exit-zero"),
        ("explain",),
        ("explain", "no-such-rule"),
        ("dump", "gone.py"),
        ("completions", "cmd"),
    ],
)
def test_what_cannot_be_done_ends_with_2(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*arguments]) == 2
    assert capsys.readouterr().err


def test_every_mistake_in_the_configuration_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("inngest-lint.toml").write_text('selct = []\nignore = ["unused-supression"]\n')

    assert run(["check"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "error: inngest-lint.toml:1: unknown key `selct`, did you mean `select`?",
        "error: inngest-lint.toml:2: unknown rule `unused-supression` in `ignore`, did you mean `unused-suppression`?",
    ]


def test_a_missing_path_does_not_keep_the_others_from_being_reported(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(WARNED)

    run(["check", "gone.py", "a.py", "--output-format", "concise"])

    out, err = capsys.readouterr()
    assert out.startswith("a.py:1:17: warning[unused-suppression]")
    assert err == "error: gone.py: no such file or directory\n"


def test_no_files_are_no_failure_but_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check"]) == 0
    assert capsys.readouterr() == ("No file was checked.\n", "warning: there are no files to check\n")


def test_a_quiet_run_says_nothing_beside_its_findings(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_verbose_run_says_what_it_read(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(CLEAN)
    Path("b.py").write_text("x = 1\n")

    run(["check", "--verbose"])

    assert capsys.readouterr().err == "info: 2 files read, 1 of them mention Inngest; 0 findings suppressed\n"


def test_bytes_that_are_no_text_are_a_syntax_error_at_their_place(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_bytes(SPOILED)

    assert run(["check", "--output-format", "concise"]) == 1
    assert capsys.readouterr().out.startswith("a.py:2:9: error[syntax-error] the file is not valid utf-8")


def test_who_asks_for_one_rule_is_still_told_of_a_file_that_cannot_be_read() -> None:
    Path("a.py").write_bytes(SPOILED)

    assert run(["check", "--select", "unused-suppression"]) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_a_fifo_neither_hangs_nor_hides_the_other_files() -> None:
    os.mkfifo("pipe.py")
    Path("a.py").write_text(WARNED)

    result = program("check", "--output-format", "concise")

    assert (result.returncode, result.stderr) == (2, b"error: pipe.py: not a regular file\n")
    assert result.stdout.startswith(b"a.py:1:17:")


def test_standard_input_is_checked_under_the_name_it_is_given() -> None:
    result = program("check", "-", "--stdin-filename", "src/a.py", "--output-format", "concise", stdin=WARNED.encode())

    assert result.stdout.startswith(b"src/a.py:1:17: ")


@pytest.mark.parametrize("suffix", ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"])
def test_the_name_of_standard_input_tells_its_language(suffix: str) -> None:
    text = b"const x = 1; // inngest-lint: ignore\n"
    result = program("check", "-", "--stdin-filename", f"a.{suffix}", "--output-format", "concise", stdin=text)

    assert result.stdout.startswith(f"a.{suffix}:1:14: ".encode())


def test_standard_input_takes_the_place_of_the_file_of_its_name() -> None:
    Path("a.py").write_text(WARNED)

    assert program("check", "-", "a.py", "--stdin-filename", "a.py", stdin=CLEAN.encode()).returncode == 0


def test_standard_input_in_another_language_is_refused() -> None:
    assert program("check", "-", "--stdin-filename", "a.css").returncode == 2


def test_the_format_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INNGEST_LINT_OUTPUT_FORMAT", "lsp")

    result = program("check")

    assert json.loads(result.stdout) == []


def test_a_report_can_go_to_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(WARNED)

    assert run(["check", "--output-format", "json", "--output-file", "report.json"]) == 1
    assert json.loads(Path("report.json").read_text())["summary"]["warning"] == 1
    assert capsys.readouterr().out == ""


def test_writing_a_report_leaves_nothing_else_behind(here: Path) -> None:
    run(["check", "--output-file", "report.txt"])

    assert sorted(path.name for path in here.iterdir()) == ["inngest-lint.toml", "report.txt"]


def test_a_report_goes_through_a_link_to_its_file() -> None:
    Path("real.txt").touch()
    Path("link.txt").symlink_to("real.txt")

    run(["check", "--output-file", "link.txt"])

    assert Path("link.txt").is_symlink()
    assert Path("real.txt").read_text() == "No file was checked.\n"


def test_a_report_that_cannot_be_written_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--quiet", "--output-file", "gone/report.txt"]) == 2
    assert capsys.readouterr().err == "error: `gone/report.txt` could not be written: No such file or directory\n"


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_in_a_pipe_is_there_only_when_asked_for(
    arguments: tuple[str, ...],
    environment: dict[str, str],
    coloured: bool,  # noqa: FBT001 - a column of the table
) -> None:
    Path("a.py").write_text(WARNED)

    assert (b"\x1b[" in program("check", *arguments, environment=environment).stdout) is coloured


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colour_on_a_terminal_is_there_unless_refused(
    environment: dict[str, str],
    coloured: bool,  # noqa: FBT001 - a column of the table
) -> None:
    pty = pytest.importorskip("pty")
    Path("a.py").write_text(CLEAN)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "inngest_lint", "check"]
    subprocess.run(command, stdout=theirs, env={**os.environ, "TERM": "xterm", **environment}, check=True, timeout=60)
    os.close(theirs)

    assert (b"\x1b[" in os.read(ours, 4096)) is coloured


def test_a_closed_pipe_is_no_failure() -> None:
    Path("a.py").write_text(WARNED)
    command = [sys.executable, "-m", "inngest_lint", "check"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        error = process.stderr.read()

    assert (process.returncode, error) == (0, b"")


def test_output_in_a_poor_encoding_does_not_fail() -> None:
    Path("漢字.py").write_text(f"name = '漢字'; {WARNED}", encoding="utf-8")

    result = program("check", environment={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"})

    assert (result.returncode, result.stderr) == (1, b"")


def test_a_file_name_cannot_send_escape_sequences() -> None:
    Path("\x1b[31m\n.py").write_text(WARNED)

    result = program("check", "--output-format", "concise", "gone\x1b[31m", ".")

    assert b"\x1b" not in result.stdout + result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="file names have to be text elsewhere")
def test_a_file_name_that_is_no_text_is_shown_by_its_bytes() -> None:
    Path(os.fsdecode(b"\xff.py")).write_text(WARNED)

    assert program("check", "--output-format", "concise").stdout.startswith(b"\\xff.py:1:17: ")


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_told_before_anything_is_imported(option: str) -> None:
    code = "import sys; from inngest_lint.__main__ import main; main(); print('click' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code, option], capture_output=True, text=True, check=True)

    assert result.stdout.splitlines()[1] == "False"


def test_a_run_that_meets_no_inngest_imports_no_parser_and_no_colour() -> None:
    Path("a.py").write_text("x = 1\n")
    code = (
        "import sys; from inngest_lint.cli import run; run(['check']); print({'libcst', 'rich'} & sys.modules.keys())"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.splitlines()[-1] == "set()"


def test_the_help_shows_its_options_in_groups(capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "-h"])

    titles = [line for line in capsys.readouterr().out.splitlines() if line.endswith(":") and line[0] != " "]
    assert titles == ["Rules:", "Fixes:", "Adoption:", "Files:", "Output:", "Other:", "Examples:"]


def test_explain_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "unused-suppression"]) == 0
    assert capsys.readouterr().out.startswith("# unused-suppression\n")


def test_explain_suggests_the_nearest_rule(capsys: pytest.CaptureFixture[str]) -> None:
    run(["explain", "unused-supression"])

    assert capsys.readouterr().err == "error: unknown rule `unused-supression`, did you mean `unused-suppression`?\n"


def test_explain_does_not_read_files_that_are_no_pages() -> None:
    assert run(["explain", "../README"]) == 2


def test_the_table_of_rules_has_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    run(["rules", "--output-format", "json"])
    listed = json.loads(capsys.readouterr().out)
    run(["rules"])

    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [rule["name"] for rule in listed]


def test_statistics_take_the_place_of_the_findings(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(WARNED * 2)

    run(["check", "--statistics", "--output-format", "json"])

    assert json.loads(capsys.readouterr().out)["statistics"] == [
        {"rule": "unused-suppression", "severity": "warning", "count": 2}
    ]


def test_dump_shows_the_model(capsys: pytest.CaptureFixture[str]) -> None:
    from inngest_lint.frontends import lower
    from inngest_lint.model.dump import dump
    from inngest_lint.text import Source

    Path("a.py").write_text(CLEAN)

    assert run(["dump", "a.py"]) == 0
    assert capsys.readouterr().out == dump(lower(Source("a.py", CLEAN.encode())))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_print_a_script_for_the_shell(shell: str) -> None:
    assert f"_INNGEST_LINT_COMPLETE={shell}_complete".encode() in program("completions", shell).stdout


def test_the_shell_is_given_the_commands_that_begin_so() -> None:
    asked = {"_INNGEST_LINT_COMPLETE": "bash_complete", "COMP_WORDS": "inngest-lint ex", "COMP_CWORD": "1"}

    result = program(environment=asked)

    assert result.stdout == b"plain,explain\n"
