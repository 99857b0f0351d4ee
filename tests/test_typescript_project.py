"""What is asked of a project of TypeScript files: clients, libraries and comments, wherever they come from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from inngest_lint.effects import Effect, catalogue
from inngest_lint.frontends import lower
from inngest_lint.linter import Request, lint
from inngest_lint.model.body import Call
from inngest_lint.model.function import Language
from inngest_lint.model.walk import everywhere
from inngest_lint.project import Project
from inngest_lint.report import Report
from inngest_lint.text import Source

NEW = 'import { Inngest } from "inngest";\n'
NAMED = NEW + 'export const client = new Inngest({ id: "shop" });\n'
ROUTE = '\nexport async function POST() {\n  await client.send({ name: "a/b" });\n}\n// inngest\n'
HANDLER = (
    '\nexport default client.createFunction({ id: "a" }, { event: "a/b" }, async ({ step }) => {\n'
    '  await step.run("b", () => 1);\n  FAULT\n});\n'
)


@pytest.fixture(autouse=True)
def _inside_an_empty_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(tmp_path, ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def project(files: Mapping[str, str]) -> Project:
    """A project of files."""
    modules = [lower(Source(file, text.encode())) for file, text in files.items()]
    return Project(modules, {Language.TYPESCRIPT: catalogue(Language.TYPESCRIPT)})


def sends(found: Project, file: str) -> list[str | None]:
    """The client methods that the functions of a file call."""
    calls = (o for body in found.module(file).bodies for o in everywhere(body.block) if isinstance(o, Call))
    return [method for method in map(found.client_method, calls) if method]


CLIENTS: dict[str, tuple[str, Mapping[str, str]]] = {
    "by name": ('import { client } from "./client";', {"src/client.ts": NAMED}),
    "under another name": (
        'import { inngest as client } from "./client";',
        {"src/client.ts": NAMED + "export { client as inngest };\n"},
    ),
    "by default": (
        'import client from "./client";',
        {"src/client.ts": NEW + 'export default new Inngest({ id: "shop" });\n'},
    ),
    "by default, from a name": (
        'import client from "./client";',
        {"src/client.ts": NAMED + "export default client;\n"},
    ),
    "through a whole module": (
        'import * as shop from "./client";\nconst client = shop.client;',
        {"src/client.ts": NAMED},
    ),
    "through a re-export": (
        'import { client } from ".";',
        {"src/index.ts": 'export { client } from "./lib/client"; // inngest\n', "src/lib/client.ts": NAMED},
    ),
    "through a re-export of the default": (
        'import { client } from ".";',
        {
            "src/index.ts": 'export { default as client } from "./client"; // inngest\n',
            "src/client.ts": NEW + 'export default new Inngest({ id: "shop" });\n',
        },
    ),
    "through a re-export of everything": (
        'import { client } from ".";',
        {"src/index.ts": 'export * from "./other";\nexport * from "./client"; // inngest\n', "src/client.tsx": NAMED},
    ),
    "through a re-export of a whole module": (
        'import { shop } from ".";\nconst client = shop.client;',
        {"src/index.ts": 'export * as shop from "./client"; // inngest\n', "src/client.ts": NAMED},
    ),
    "through an alias": ('import { client } from "@/client";', {"src/client.mts": NAMED}),
}


@pytest.mark.parametrize(("imported", "files"), CLIENTS.values(), ids=CLIENTS)
def test_a_client_is_known_through_an_import(imported: str, files: Mapping[str, str]) -> None:
    found = project({**files, "src/route.ts": imported + ROUTE})

    assert sends(found, "src/route.ts") == ["send"]


def test_re_exports_in_a_circle_are_no_client() -> None:
    files = {
        "a.ts": 'export { client } from "./b"; // inngest\n',
        "b.ts": 'export { client } from "./a"; // inngest\n',
        "route.ts": 'import { client } from "./a";' + ROUTE,
    }

    assert sends(project(files), "route.ts") == []


LIBRARIES = {
    "by default": 'import axios from "axios";\naxios.get("x");',
    "by name": 'import { get } from "axios";\nget("x");',
    "whole": 'import * as axios from "axios";\naxios.get("x");',
    "required": 'const axios = require("axios");\naxios.get("x");',
}


@pytest.mark.parametrize("text", LIBRARIES.values(), ids=LIBRARIES)
def test_a_library_is_known_however_it_is_imported(text: str) -> None:
    head, call = text.split("\n")
    found = project({"a.ts": f"{head}\n{NAMED}{HANDLER.replace('FAULT', call)}"})
    (function,) = found.functions()

    assert [outside.source.spelling for outside in found.effects(function.handler, Effect.NETWORK)]


class Silent:
    """A progress that shows nothing."""

    def begin(self, total: int) -> None: ...

    def advance(self, file: str) -> None: ...


def linted(text: str, file: str = "a.tsx") -> Report:
    Path(file).write_text(text)
    rules = ("nondeterminism-outside-step", "unused-suppression")
    return lint(Request((file,), isolated=True, select=rules), Silent())


@pytest.mark.parametrize(
    "fault",
    [
        "return Date.now(); // inngest-lint: ignore[nondeterminism-outside-step] logged",
        "return Date.now(); /* inngest-lint: ignore[nondeterminism-outside-step] */",
        "// inngest-lint: ignore[nondeterminism-outside-step]\n  return Date.now();",
        "/**\n   * Logged.\n   * inngest-lint: ignore[nondeterminism-outside-step]\n   */\n  return Date.now();",
        "return (<b>\n    {/* inngest-lint: ignore[nondeterminism-outside-step] */}\n    {Date.now()}\n  </b>);",
        "/* inngest-lint: ignore-file[nondeterminism-outside-step] */\n  Date.now();\n  return Date.now();",
    ],
)
def test_a_comment_suppresses_what_it_covers(fault: str) -> None:
    assert linted(NAMED + HANDLER.replace("FAULT", fault)).diagnostics == ()


@pytest.mark.parametrize(
    "fault",
    [
        'return Date.now() + "// inngest-lint: ignore[nondeterminism-outside-step]";',
        "return Date.now() + `// inngest-lint: ignore[nondeterminism-outside-step]`;",
        "return <b>{Date.now()} // inngest-lint: ignore[nondeterminism-outside-step]</b>;",
        "return [Date.now(), /[/*] inngest-lint: ignore[nondeterminism-outside-step] [*/]/];",
    ],
)
def test_text_that_looks_like_a_comment_does_not(fault: str) -> None:
    report = linted(NAMED + HANDLER.replace("FAULT", fault))

    assert [found.rule for found in report.diagnostics] == ["nondeterminism-outside-step"]
