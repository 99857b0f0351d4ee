"""Ignores: on every page and deep case, what is found can be suppressed by comments that change nothing else."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pages import DEEP_CASES, RULE_PAGES, SUFFIXES, projects, read_page

from inngest_lint.adoption import add_ignores
from inngest_lint.cli import main
from inngest_lint.frontends import lower
from inngest_lint.linter import Request, lint
from inngest_lint.model.dump import dump
from inngest_lint.progress import Bar
from inngest_lint.text import Source

PAGES = sorted([*RULE_PAGES.glob("*.md"), *DEEP_CASES.glob("*.md")])

HEAD = """import { Inngest } from "inngest";
const inngest = new Inngest({ id: "shop" });
export default inngest.createFunction({ id: "a" }, { event: "a" }, async ({ step }) => {
  await step.run("a", () => 1);
"""
PYTHON_HEAD = """import inngest, datetime
client = inngest.Inngest(app_id="shop")
@client.create_function(fn_id="a", trigger=inngest.TriggerEvent(event="a"))
async def a(ctx: inngest.Context) -> None:
    await ctx.step.run("a", lambda: 1)
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def request(directory: Path) -> Request:
    return Request((str(directory),), isolated=not list(directory.glob("inngest-lint.toml")), extend_select=("all",))


def places(path: Path, directory: Path) -> Iterator[Path]:
    """The projects of a page, each written to a directory of its own."""
    for number, section in enumerate(read_page(path).sections):
        for index, blocks in enumerate(projects(section)):
            place = directory / f"{number}-{index}"
            for block in blocks:
                (place / block.file).parent.mkdir(parents=True, exist_ok=True)
                (place / block.file).write_text(block.text, encoding="utf-8")
            yield place


def texts(directory: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in directory.rglob("*") if path.suffix in SUFFIXES.values()}


def understood(file: Path, text: bytes) -> str:
    """The model of a file without the words of suppressions, for code that mentions Inngest is looked at closer."""
    return dump(lower(Source(str(file), re.sub(rb"inngest-lint: ignore[^\r\n*]*", b"x", text))))


def suppressed(request: Request, reason: str = "") -> None:
    add_ignores(request, reason, Bar(visible=False), quiet=True)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", "--isolated", *arguments], standalone_mode=False)


def with_ignores(name: str, text: str, reason: str = "") -> str:
    """A file after its findings of one rule are suppressed; they are gone afterwards."""
    Path(name).write_bytes(text.encode())
    asked = Request((name,), isolated=True, select=("nondeterminism-outside-step", "unused-suppression"))
    assert lint(asked, Bar(visible=False)).diagnostics
    suppressed(asked, reason)
    assert not lint(asked, Bar(visible=False)).diagnostics
    return Path(name).read_bytes().decode()


def typescript(body: str, name: str = "a.ts") -> str:
    return with_ignores(name, f"{HEAD}{body}}});\n").removeprefix(HEAD).removesuffix("});\n")


def python(body: str) -> str:
    return with_ignores("a.py", PYTHON_HEAD + body).removeprefix(PYTHON_HEAD)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_pages_show_can_be_suppressed_without_a_change_of_the_code(path: Path, tmp_path: Path) -> None:
    for place in places(path, tmp_path):
        before = texts(place)
        suppressed(request(place), "old code")
        after = texts(place)

        assert not lint(request(place), Bar(visible=False)).diagnostics
        for file, text in after.items():
            assert understood(file, text) == understood(file, before[file])
        suppressed(request(place), "old code")
        assert texts(place) == after


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("  Date.now();\n", "  Date.now(); // inngest-lint: ignore[nondeterminism-outside-step]\n"),
        (
            "  Date.now(); // a clock\n",
            "  Date.now(); // a clock // inngest-lint: ignore[nondeterminism-outside-step]\n",
        ),
        (
            "  const a = `\n  ${Date.now()}\n  `;\n",
            "  const a = `\n  ${/* inngest-lint: ignore[nondeterminism-outside-step] */ Date.now()}\n  `;\n",
        ),
        (
            "  Date.now(); // inngest-lint: ignore[nested-step] kept\n",
            "  Date.now(); // inngest-lint: ignore[nested-step, nondeterminism-outside-step] kept\n",
        ),
        (
            "  // inngest-lint: ignore[nested-step] kept\n  Date.now();\n",
            "  // inngest-lint: ignore[nested-step, nondeterminism-outside-step] kept\n  Date.now();\n",
        ),
    ],
)
def test_comments_stand_where_typescript_takes_them(body: str, expected: str) -> None:
    assert typescript(body) == expected


def test_in_jsx_a_comment_stands_between_braces_above() -> None:
    body = "  return (\n    <b>\n      {Date.now()}\n    </b>\n  );\n"

    assert typescript(body, "a.tsx") == (
        "  return (\n    <b>\n      {/* inngest-lint: ignore[nondeterminism-outside-step] */}\n"
        "      {Date.now()}\n    </b>\n  );\n"
    )


def test_words_of_jsx_are_not_parted_by_a_comment() -> None:
    body = "  return (\n    <b>\n      it is\n      now {Date.now()}\n    </b>\n  );\n"

    assert "it is\n      now {/* inngest-lint: ignore[nondeterminism-outside-step] */ Date.now()}" in typescript(
        body, "a.tsx"
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("    datetime.datetime.now()\n", "    datetime.datetime.now()  # inngest-lint: ignore[{rule}]\n"),
        ("    datetime.datetime.now()", "    datetime.datetime.now()  # inngest-lint: ignore[{rule}]"),
        ("    datetime.datetime.now()\r\n", "    datetime.datetime.now()  # inngest-lint: ignore[{rule}]\r\n"),
        (
            "    datetime.datetime.now()  # noqa: DTZ005\n",
            "    datetime.datetime.now()  # noqa: DTZ005  # inngest-lint: ignore[{rule}]\n",
        ),
        (
            "    x = datetime.datetime.now() - \\\n        None\n",
            "    # inngest-lint: ignore[{rule}]\n    x = datetime.datetime.now() - \\\n        None\n",
        ),
    ],
)
def test_comments_stand_where_python_takes_them(body: str, expected: str) -> None:
    assert python(body) == expected.replace("{rule}", "nondeterminism-outside-step")


def test_where_a_line_takes_no_comment_the_file_is_told_at_its_top() -> None:
    text = f'#!/usr/bin/env python\n{PYTHON_HEAD}    f"""\n    {{datetime.datetime.now()}}\n    """\n'

    got = with_ignores("a.py", text, "old code")

    line = "# inngest-lint: ignore-file[nondeterminism-outside-step] old code\n"
    assert got == text.replace("python\n", f"python\n{line}", 1)


def test_rules_that_report_on_one_line_share_a_comment() -> None:
    Path("a.py").write_text(f'{PYTHON_HEAD}    ctx.step.run("b", print, datetime.datetime.now())\n')

    assert run("--add-ignores", "--reason", "old code", "a.py").return_value == 0
    comments = re.findall(r"ignore\[(.*)\] old code", Path("a.py").read_text())
    assert comments == ["nondeterminism-outside-step, unawaited-step"]


def test_encoding_line_ends_and_permissions_are_kept() -> None:
    text = f"# coding: latin-1\n{PYTHON_HEAD}    print('é', datetime.datetime.now())\n".replace("\n", "\r\n")
    Path("a.py").write_bytes(text.encode("latin-1"))
    Path("a.py").chmod(0o750)

    run("--add-ignores", "--select", "nondeterminism-outside-step", "a.py")

    comment = "  # inngest-lint: ignore[nondeterminism-outside-step]\r\n"
    assert Path("a.py").read_bytes() == (text.removesuffix("\r\n") + comment).encode("latin-1")
    assert stat.S_IMODE(Path("a.py").stat().st_mode) == 0o750


def test_a_reason_that_the_encoding_has_no_room_for_leaves_the_file_as_it_is() -> None:
    text = f"# coding: latin-1\n{PYTHON_HEAD}    print('é', datetime.datetime.now())\n".encode("latin-1")
    Path("a.py").write_bytes(text)

    assert run("--add-ignores", "--reason", "später → nie", "a.py").return_value == 1
    assert Path("a.py").read_bytes() == text
    assert os.listdir() == ["a.py"]  # noqa: PTH208 - the names alone are compared


@pytest.mark.parametrize(
    "arguments",
    [
        ("--add-ignores", "--reason", "a */ b", "."),
        ("--add-ignores", "--reason", "a\nb", "."),
        ("--add-ignores", "-"),
        ("--reason", "without comments", "."),
    ],
)
def test_what_cannot_be_written_is_refused(arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, ["check", *arguments])

    assert done.exit_code == 2


def test_a_comment_in_a_file_that_never_mentioned_inngest_stands_beside_the_code() -> None:
    Path("a.ts").write_text(f'import {{ onFailure }} from "./b";\n{HEAD.replace("{ id", "{ onFailure, id")}}});\n')
    fault = "  await step.run('tell', () => console.log(event.data.userId));"
    Path("b.ts").write_text(f"export const onFailure = async ({{ event, step }}) => {{\n{fault}\n}};\n")

    run("--add-ignores", "--select", "failure-handler-event-shape", ".")

    assert f"{fault} // inngest-lint: ignore[failure-handler-event-shape]\n" in Path("b.ts").read_text()
