"""Bad input: whatever a file holds, the run ends in good order and the file beside it is checked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

RULE = "unawaited-step"
SYNTAX = "syntax-error"

HANDLER = """\
import inngest

client = inngest.Inngest(app_id="shop")


@client.create_function(fn_id="ship", trigger=inngest.TriggerEvent(event="shop/ship"))
async def ship(ctx: inngest.Context) -> None:
    BODY
    ctx.step.run("pack", pack)


async def pack() -> None: ...
"""
BAD = HANDLER.replace("BODY", "pass")


TYPESCRIPT = """\
import { Inngest } from "inngest";

const inngest = new Inngest({ id: "shop" });

export const ship = inngest.createFunction({ id: "ship" }, { event: "shop/ship" }, async ({ step }) => {
  BODY
  step.run("pack", pack);
});

async function pack() {}
"""


@dataclass(frozen=True)
class Outcome:
    """What a run told its caller."""

    code: int
    stdout: bytes
    stderr: str

    def reported(self) -> dict[str, set[str]]:
        """The rules that reported something, by file."""
        found: dict[str, set[str]] = {}
        for diagnostic in json.loads(self.stdout)["diagnostics"]:
            found.setdefault(diagnostic["path"], set()).add(diagnostic["rule"])
        return found


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a bad handler in it, which no configuration from outside reaches."""
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "INNGEST_LINT_OUTPUT_FORMAT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    Path("inngest-lint.toml").touch()
    Path("beside.py").write_text(BAD)
    return tmp_path


def check(*arguments: str | bytes, output_format: str = "json") -> Outcome:
    command = [sys.executable, "-m", "inngest_lint", "check", "--select", RULE, "--output-format", output_format]
    done = subprocess.run([*command, *arguments], capture_output=True, check=False, timeout=120)
    return Outcome(done.returncode, done.stdout, done.stderr.decode())


def within(statement: str) -> bytes:
    """A bad handler with one more statement in it."""
    return HANDLER.replace("BODY", statement).encode()


def elifs(count: int) -> str:
    return "if pack:\n        pass\n" + "".join(f"    elif pack == {each}:\n        pass\n" for each in range(count))


READ = {
    "a byte order mark": b"\xef\xbb\xbf" + BAD.encode(),
    "CRLF": BAD.replace("\n", "\r\n").encode(),
    "a lone CR at the end of each line": BAD.replace("\n", "\r").encode(),
    "form feeds": BAD.replace("\n@", "\n\f@").replace("\nasync", "\n\fasync").encode(),
    "no line end": BAD.rstrip().encode() + b" # inngest",
    "another encoding": b"# coding: latin-1\n" + BAD.encode() + b'name = "\xff"\n',
    "50,000 lines": BAD.encode() + b"def helper():\n    return [1, 2]\n" * 25_000,
    "an escape that is none": within(r'x = "\x"'),
    "a name of a character that is none": within(r'x = "\N{nobody}"'),
    "an escape that is doubtful": within(r'x = "\d"'),
    "bytes that are no ASCII": within('x = b"é"'),
    "a number of 5,000 digits": within("x = " + "9" * 5_000),
    "a lone surrogate": within(r'x = "\ud800"'),
    "a template string": within('x = t"{pack} and {pack!r:>{10}}"'),
    "exceptions without brackets": within("try:\n        pass\n    except ValueError, TypeError:\n        pass"),
    "groups without brackets": within("try:\n        pass\n    except* ValueError, TypeError:\n        pass"),
    "quotes in quotes": within('x = f"{pack["a"]} {f\'{1}\'}"'),
    "type parameters": within("type X[T] = list[T]"),
}

SPOILED = {
    "NUL bytes": b"import inngest\n\0\n",
    "invalid UTF-8": BAD.encode() + b'name = "\xff"\n',
    "an unknown encoding": b"# coding: nothing\n" + BAD.encode(),
    "5,000 nested brackets": within("x = " + "[" * 5_000 + "]" * 5_000),
    "5,000 brackets that never close": within("x = " + "(" * 5_000),
    "a chain of 1,000 methods": within("x = pack" + ".a()" * 1_000),
    "a chain of 5,000 attributes": within("x = pack" + ".a" * 5_000),
    "a sum of 5,000 terms": within("x = " + " + ".join("1" * 5_000)),
    "5,000 times not": within("x = " + "not " * 5_000 + "pack"),
    "5,000 lambdas": within("x = " + "lambda: " * 5_000 + "1"),
    "5,000 conditions": within("x = " + "1 if pack else " * 5_000 + "1"),
    "1,000 times elif": within(elifs(1_000)),
    "150 times if": within("\n".join(f"{'    ' * level}if pack:" for level in range(151)).lstrip() + " pass"),
    "a bracket that never closes": within("x = ("),
    "a string that never closes": within('x = "'),
    "Python 2": within('print "hello"'),
    "tabs and spaces": within("if pack:\n\tx = 1\n        y = 2"),
}

HALF_SPOILED = {
    "nested brackets that nothing asks for": BAD.encode() + b"x = " + b"(" * 5_000 + b")" * 5_000,
    "brackets that never close, before": b"x = (1,\n" + BAD.encode(),
    "a string that never closes, after": BAD.encode() + b'x = """ once upon a time\n',
    "NUL in a string": within('x = "\0"'),
    "a function that never closes": b"async def f(ctx: inngest.Context\n\n" + BAD.encode(),
    "brackets that never close": BAD.encode() + b"x = inngest.Event(name=",
    "a string that never closes": BAD.encode() + b'x = inngest.Event("shop\ny = 1\n',
    "a decorator that never closes": BAD.encode() + b'\n@client.create_function(fn_id="f", trigger=',
    "a class that never closes": BAD.encode() + b"class Shop(inngest.Middleware",
}

SILENT = {
    "nothing": b"",
    "one word": b"inngest",
    "2,000 decorators": b"@inngest.middleware\n" * 2_000 + b"def f(): ...\n",
    "UTF-16": BAD.encode("utf-16"),
}


def around(statement: str) -> bytes:
    """A bad handler of TypeScript with one more statement in it."""
    return TYPESCRIPT.replace("BODY", statement).encode()


BAD_TYPESCRIPT = around("pack;")
READ_TYPESCRIPT = {
    "a byte order mark": b"\xef\xbb\xbf" + BAD_TYPESCRIPT,
    "CRLF": BAD_TYPESCRIPT.replace(b"\n", b"\r\n"),
    "no line end": BAD_TYPESCRIPT.rstrip() + b" // inngest",
    "a line for a shell": b"#!/usr/bin/env node\n" + BAD_TYPESCRIPT,
    "a directive": b'"use server";\n' + BAD_TYPESCRIPT,
    "no semicolons": BAD_TYPESCRIPT.replace(b";", b""),
    "all on one line": BAD_TYPESCRIPT.replace(b"\n", b" "),
    "20,000 lines": BAD_TYPESCRIPT + b"function help() {\n  return [1, 2];\n}\n" * 7_000,
    "a line of 500,000 characters": BAD_TYPESCRIPT + b"const x = '" + b"x" * 500_000 + b"';\n",
    "other line ends": around("pack;\u2028pack;\u2029pack;"),
    "a lone surrogate": around(r'const x = "\ud800";'),
    "names of other alphabets": around("const größe = 1, 数 = 2;"),
    "a name with an escape": around(r"const \u0061b = 1;"),
    "a regular expression": around("const x = /[/\\]'`\"]+/u;"),
    "templates in templates": around("const x = `a ${`b ${pack}`}`;"),
    "a label": around("outer: for (;;) break outer;"),
    "no spaces": around("const x=pack?.a??1,y=x**2;"),
}
# What tree-sitter makes of these is its own business; nothing may come of it but findings.
STRANGE_TYPESCRIPT = {
    "nothing": b"",
    "one word": b"inngest",
    "NUL bytes": b"inngest\0\0" + BAD_TYPESCRIPT,
    "invalid UTF-8": BAD_TYPESCRIPT + b'const x = "\xff";\n',
    "UTF-16": TYPESCRIPT.encode("utf-16"),
    "5,000 nested brackets": around("const x = " + "[" * 5_000 + "]" * 5_000 + ";"),
    "5,000 brackets that never close": around("const x = " + "(" * 5_000),
    "5,000 nested functions": around("const x = " + "() => " * 5_000 + "1;"),
    "5,000 nested blocks": around("{" * 5_000 + "}" * 5_000),
    "5,000 nested elements": around("const x = " + "<a>" * 5_000 + "</a>" * 5_000),
    "a chain of 5,000 methods": around("pack" + ".a()" * 5_000 + ";"),
    "a sum of 5,000 terms": around("const x = " + " + ".join("1" * 5_000) + ";"),
    "5,000 conditions": around("const x = " + "pack ? 1 : " * 5_000 + "1;"),
    "5,000 times else if": around("if (pack) {}" + " else if (pack) {}" * 5_000),
    "5,000 times not": around("const x = " + "!" * 5_000 + "pack;"),
    "a template that never closes": around("const x = `${"),
    "a comment that never closes": BAD_TYPESCRIPT + b"/* inngest-lint: ignore[unawaited-step]",
    "a merge conflict": around("<<<<<<< HEAD\n  pack();\n=======\n  pack(1);\n>>>>>>> theirs"),
    "another language": b"<?php echo 'inngest'; ?>",
}


@pytest.mark.parametrize("name", READ_TYPESCRIPT)
def test_odd_typescript_is_read_like_any_other(name: str) -> None:
    files = ("odd.cjs", "odd.mts", "odd.tsx")
    for file in files:
        Path(file).write_bytes(READ_TYPESCRIPT[name])

    outcome = check()

    assert outcome.reported() == {file: {RULE} for file in ("beside.py", *files)}
    assert (outcome.code, outcome.stderr) == (1, "")


@pytest.mark.parametrize("name", STRANGE_TYPESCRIPT)
def test_whatever_typescript_holds_the_file_beside_it_is_checked(name: str) -> None:
    for file in ("odd.ts", "odd.jsx"):
        Path(file).write_bytes(STRANGE_TYPESCRIPT[name])

    outcome = check()

    assert outcome.reported()["beside.py"] == {RULE}
    assert (outcome.code, outcome.stderr) == (1, "")


@pytest.mark.parametrize("name", READ)
def test_odd_text_is_read_like_any_other(name: str) -> None:
    Path("odd.py").write_bytes(READ[name])

    outcome = check()

    assert outcome.reported() == {"beside.py": {RULE}, "odd.py": {RULE}}
    assert (outcome.code, outcome.stderr) == (1, "")


@pytest.mark.parametrize("name", SPOILED)
def test_what_cannot_be_read_is_reported_and_the_file_beside_it_checked(name: str) -> None:
    Path("odd.py").write_bytes(SPOILED[name])

    outcome = check()

    assert outcome.reported() == {"beside.py": {RULE}, "odd.py": {SYNTAX}}
    assert (outcome.code, outcome.stderr) == (1, "")


@pytest.mark.parametrize("name", HALF_SPOILED)
def test_a_statement_that_is_no_python_spoils_only_itself(name: str) -> None:
    Path("odd.py").write_bytes(HALF_SPOILED[name])

    outcome = check()

    assert outcome.reported() == {"beside.py": {RULE}, "odd.py": {RULE, SYNTAX}}
    assert (outcome.code, outcome.stderr) == (1, "")


@pytest.mark.parametrize("name", SILENT)
def test_text_that_holds_no_handler_is_clean(name: str) -> None:
    Path("odd.py").write_bytes(SILENT[name])

    outcome = check()

    assert outcome.reported() == {"beside.py": {RULE}}
    assert (outcome.code, outcome.stderr) == (1, "")


def test_a_directory_that_holds_itself_is_read_once() -> None:
    Path("loop").mkdir()
    Path("loop", "again").symlink_to("..", target_is_directory=True)
    Path("loop", "inside.py").write_text(BAD)

    outcome = check()

    assert outcome.reported() == {"beside.py": {RULE}, "loop/inside.py": {RULE}}
    assert (outcome.code, outcome.stderr) == (1, "")


def test_a_link_that_leads_to_itself_is_told() -> None:
    Path("loop.py").symlink_to("loop.py")

    outcome = check()

    assert outcome.reported() == {"beside.py": {RULE}}
    assert (outcome.code, outcome.stderr.startswith("error: loop.py: ")) == (2, True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_a_pipe_is_not_waited_for() -> None:
    os.mkfifo("x.py")

    outcome = check()

    assert outcome.reported() == {"beside.py": {RULE}}
    assert (outcome.code, outcome.stderr) == (2, "error: x.py: not a regular file\n")


def test_a_file_that_may_not_be_read_is_told() -> None:
    Path("closed.py").write_text(BAD)
    Path("closed.py").chmod(0)
    if os.access("closed.py", os.R_OK):
        pytest.skip("this user may read everything")

    outcome = check()

    assert outcome.reported() == {"beside.py": {RULE}}
    assert (outcome.code, outcome.stderr) == (2, "error: closed.py: permission denied\n")


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        (b"new\nline.py", b"new\nline"),
        (b"escape\x1b[31m.py", b"\x1b"),
        (b"caf\xe9.py", b"\xe9"),
        (b"right\xe2\x80\xaeleft.py", b"\xe2\x80\xae"),
    ],
)
def test_an_odd_file_name_is_checked_and_shown_in_plain_text(name: bytes, raw: bytes) -> None:
    try:
        Path(os.fsdecode(name)).write_text(BAD)
    except OSError:
        pytest.skip("the file system has no such names")

    outcome = check(output_format="concise")

    assert outcome.stdout.count(f"error[{RULE}]".encode()) == 2
    assert raw not in outcome.stdout


@pytest.mark.parametrize("output_format", ["full", "concise", "json", "lsp", "sarif"])
def test_escape_sequences_in_the_text_never_reach_the_output(output_format: str) -> None:
    Path("beside.py").write_text(BAD.replace('"pack"', '"\x1b[31mpack\x1b]8;;\x07\x9b2J"'))

    outcome = check(output_format=output_format)

    assert outcome.code == 1
    assert not {0x1B, 0x07} & set(outcome.stdout)
    assert "\x9b" not in outcome.stdout.decode()


def test_an_empty_directory_is_clean_with_a_warning() -> None:
    Path("empty").mkdir()

    outcome = check("empty")

    assert (outcome.code, outcome.stderr) == (0, "warning: there are no files to check\n")


def test_a_path_that_leads_nowhere_is_told_and_the_others_are_checked() -> None:
    outcome = check("nowhere", "beside.py")

    assert outcome.reported() == {"beside.py": {RULE}}
    assert (outcome.code, outcome.stderr) == (2, "error: nowhere: no such file or directory\n")
