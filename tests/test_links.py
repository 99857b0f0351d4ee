"""What the functions of a run use of files that do not mention Inngest is read, and no more than that."""

from __future__ import annotations

from pathlib import Path

import pytest

from inngest_lint.linter import Request, Session, lint
from inngest_lint.progress import Bar
from inngest_lint.report import Report

Files = dict[str, str]

CLIENT = 'import { Inngest } from "inngest";\nexport const inngest = new Inngest({ id: "a" });'
PRISMA = 'import { PrismaClient } from "@prisma/client";\n'
RULES = ("nondeterminism-outside-step", "side-effect-outside-step")
TYPESCRIPT_FUNCTION = """
import { inngest } from "./client";
import { USE } from "FROM";
export const ship = inngest.createFunction({ id: "ship" }, { event: "shop/paid" }, async ({ step }) => {
  await step.run("pack", () => 1);
  CALL;
});
"""
PYTHON_FUNCTION = """
import inngest
from FROM import USE
client = inngest.Inngest(app_id="shop")
@client.create_function(fn_id="ship", trigger=inngest.TriggerEvent(event="shop/paid"))
async def ship(ctx: inngest.Context) -> None:
    await ctx.step.run("pack", lambda: 1)
    CALL
"""


def typescript(use: str, source: str, call: str) -> Files:
    text = TYPESCRIPT_FUNCTION.replace("USE", use).replace("FROM", source).replace("CALL", call)
    return {
        "ship.ts": text,
        "client.ts": 'import { Inngest } from "inngest";\nexport const inngest = new Inngest({ id: "a" });',
    }


def python(use: str, source: str, call: str) -> Files:
    return {"shop/ship.py": PYTHON_FUNCTION.replace("USE", use).replace("FROM", source).replace("CALL", call)}


def write(files: Files) -> None:
    for file, text in files.items():
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(text, encoding="utf-8")


def linted(files: Files) -> Report:
    write(files)
    return lint(Request((".",), isolated=True, select=RULES), Bar(visible=False))


def told(report: Report) -> list[tuple[str, str]]:
    """Where a report has something to say: the text of the place, and that of the last note."""
    sliced = [
        (report.sources[d.span.file].slice(d.span), report.sources[n.span.file].slice(n.span))
        for d in report.diagnostics
        for n in d.finding.notes[-1:]
    ]
    return sliced or [(report.sources[d.span.file].slice(d.span), "") for d in report.diagnostics]


EFFECTS: dict[str, tuple[Files, tuple[str, str]]] = {
    "a function of another file": (
        typescript("save", "./store", "await save()")
        | {"store.ts": 'import fs from "fs";\nexport async function save() { fs.writeFileSync("a", "b"); }'},
        ("save()", 'fs.writeFileSync("a", "b")'),
    ),
    "an arrow, passed on by an index file": (
        typescript("save", "./lib", "await save()")
        | {
            "lib/index.ts": 'export * from "./store";',
            "lib/store.ts": 'import { rmSync } from "node:fs";\nexport const save = async () => { rmSync("a"); };',
        },
        ("save()", 'rmSync("a")'),
    ),
    "a client that another file makes": (
        typescript("db", "./db", "await db.user.create({})")
        | {"db.ts": PRISMA + "export const db = globalThis.db ?? new PrismaClient();"},
        ("db.user.create({})", ""),
    ),
    "a client that a function of another file gives": (
        typescript("getDb", "./db", "await getDb().user.create({})")
        | {"db.ts": PRISMA + "export function getDb() { return new PrismaClient(); }"},
        ("getDb().user.create({})", ""),
    ),
    "a function two files away": (
        typescript("one", "./one", "await one()")
        | {
            "one.ts": 'import two from "./two";\nexport const one = () => two();',
            "two.ts": 'import fs from "fs";\nexport default function () { fs.rmSync("a"); }',
        },
        ("one()", 'fs.rmSync("a")'),
    ),
    "Python: a function of another file": (
        python("save", ".store", "await save()")
        | {"shop/__init__.py": "", "shop/store.py": 'import shutil\nasync def save():\n    shutil.rmtree("a")\n'},
        ("save()", 'shutil.rmtree("a")'),
    ),
    "Python: a method of an instance that another file makes": (
        python("store", "shop.store", "store.save()")
        | {
            "shop/__init__.py": "",
            "shop/store.py": 'import shutil\nclass S:\n    def save(self):\n        shutil.rmtree("a")\nstore = S()\n',
        },
        ("store.save()", 'shutil.rmtree("a")'),
    ),
}


@pytest.mark.parametrize(("files", "places"), EFFECTS.values(), ids=EFFECTS)
def test_an_effect_in_another_file_is_told_at_the_call_in_the_handler(
    files: Files, places: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert told(linted(files)) == [places]


def test_the_steps_that_another_file_takes_are_those_of_the_handler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = typescript("ask", "./ask", "await ask(step)") | {
        "ask.ts": "export const ask = (steps) => steps.run('ask', async () => { await steps.sleep('s', '1m'); });"
    }
    write(files)

    report = lint(Request((".",), isolated=True, select=("nested-step",)), Bar(visible=False))

    assert [d.rule for d in report.diagnostics] == ["nested-step"]


FAILURES = {
    "typescript": {
        "pay.ts": """
import { Inngest } from "inngest";
import { failed } from "./failing";
const inngest = new Inngest({ id: "shop" });
export const pay = inngest.createFunction({ id: "pay", onFailure: failed }, { event: "shop/paid" }, async () => 1);
""",
        "failing.ts": "export const failed = async (given) => given.event.data.order;",
    },
    "python": {
        "pay.py": """
import inngest
from failing import failed
client = inngest.Inngest(app_id="shop")
@client.create_function(fn_id="pay", on_failure=failed, trigger=inngest.TriggerEvent(event="shop/paid"))
async def pay(ctx: inngest.Context) -> None: ...
""",
        "failing.py": "async def failed(given): return given.event.data['order']",
    },
}


@pytest.mark.parametrize("files", FAILURES.values(), ids=FAILURES)
def test_a_failure_handler_in_another_file_is_read(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(files)

    report = lint(Request((".",), isolated=True, select=("failure-handler-event-shape",)), Bar(visible=False))

    assert [Path(d.span.file).stem for d in report.diagnostics] == ["failing"]


def test_a_file_that_no_function_uses_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = typescript("save", "./store", "await save()") | {
        "store.ts": 'import "./other";\nimport { unused } from "./unused";\nexport const save = () => 1;',
        "other.ts": "export const a = 1;",
        "unused.ts": "export const unused = 1;",
    }

    assert linted(files).sources.keys() & {"store.ts", "other.ts", "unused.ts"} == {"store.ts"}


def test_a_file_that_is_only_used_is_not_counted_as_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("outside").mkdir()
    files = typescript("save", "../outside/store", "await save()")
    Path("outside/store.ts").write_text("export const save = () => 1;", encoding="utf-8")
    Path("inside").mkdir()
    monkeypatch.chdir("inside")

    assert set(linted(files).files) == {"ship.ts", "client.ts"}


def test_files_that_use_each_other_in_a_circle_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = typescript("a", "./a", "await a()") | {
        "a.ts": 'import { b } from "./b";\nexport * from "./b";\nexport const a = () => b();',
        "b.ts": 'import { a } from "./a";\nexport * from "./a";\nexport const b = () => a();',
    }

    assert linted(files).failures == ()


# What is lowered again


SESSION = typescript("save", "./store", "await save()") | {
    "store.ts": 'import { write } from "./disk";\nexport const save = () => write();\nexport const load = () => 1;',
    "disk.ts": 'import fs from "fs";\nexport const write = () => fs.rmSync("a");\nexport const read = () => 1;',
    "mail.ts": "export const mail = () => 1;\nexport const post = () => 2;",
    "other.ts": typescript("mail", "./mail", "mail()")["ship.ts"],
}
CHANGES: dict[str, tuple[tuple[str, str, str], set[str]]] = {
    "nothing": (("ship.ts", "pack", "pack"), set()),
    "what uses others": (("ship.ts", '"pack"', '"wrap"'), {"ship.ts"}),
    "what others use": (("disk.ts", '"a"', '"b"'), {"disk.ts"}),
    "what others use, and uses others": (("store.ts", "=> 1", "=> 2"), {"store.ts"}),
    "what is used": (("store.ts", "write }", "write, read }"), {"store.ts"}),
    "what it uses": (("store.ts", "write", "read"), {"store.ts", "disk.ts"}),
    "which file is used": (("other.ts", "./mail", "./store"), {"other.ts", "store.ts"}),
    "which name of it": (("other.ts", "mail }", "post as mail }"), {"other.ts", "mail.ts"}),
}


@pytest.mark.parametrize(("change", "again"), CHANGES.values(), ids=CHANGES)
def test_only_what_depends_on_a_change_is_lowered_again(
    change: tuple[str, str, str], again: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    session = begun(SESSION)
    file, before, after = change
    changed = {**SESSION, file: SESSION[file].replace(before, after)}

    write(changed)
    report = session.report(Bar(visible=False))

    assert (set(session.lowered), report.diagnostics) == (again, linted(changed).diagnostics)


def test_a_file_that_is_handed_the_context_no_more_is_lowered_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = typescript("save", "./store", "await save(step)") | {"store.ts": "export const save = (s) => s?.run('a');"}
    session = begun(files)

    write({"ship.ts": files["ship.ts"].replace("save(step)", "save()")})
    session.report(Bar(visible=False))

    assert set(session.lowered) == {"ship.ts", "store.ts"}


def begun(files: Files) -> Session:
    """A session that has reported on some files."""
    write(files)
    session = Session(Request((".",), isolated=True, select=RULES))
    session.report(Bar(visible=False))
    return session


# What is not followed


@pytest.mark.parametrize(
    ("module", "is_known"), [("node:vm", True), ("path", True), ("inspector/promises", True), ("leftpad", False)]
)
def test_the_modules_of_node_are_known(
    module: str,
    is_known: bool,  # noqa: FBT001 - a column of the table
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    write(typescript("save", "./store", "library.use()") | {"store.ts": ""})
    Path("ship.ts").write_text(f'import library from "{module}";\n' + Path("ship.ts").read_text("utf-8"), "utf-8")

    report = lint(Request((".",), isolated=True, select=RULES, unresolved=True), Bar(visible=False))

    assert (report.unresolved == ()) is is_known
