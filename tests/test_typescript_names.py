"""Which file an import of TypeScript leads to, as compilers, bundlers and workspaces have it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from inngest_lint.model.function import Language, Module
from inngest_lint.model.value import Constant
from inngest_lint.project.names import Names

IMPORTER = "app/jobs/ship.ts"
MANIFESTS = (".json",)


@pytest.fixture(autouse=True)
def _inside_an_empty_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(tmp_path, ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def module(file: str, *names: str, stars: tuple[str, ...] = ()) -> Module:
    known = {name: Constant(file) for name in names}
    return Module(file, Language.TYPESCRIPT, names=known, stars=tuple((star,) for star in stars))


def names(files: Mapping[str, object] | tuple[str, ...], importer: str = IMPORTER) -> Names:
    """The names among files: JSON is written to the disk, anything else is a module of the run."""
    written = files if isinstance(files, Mapping) else dict.fromkeys(files)
    for file, content in written.items():
        if file.endswith(MANIFESTS):
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            Path(file).write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return Names([module(file) for file in (*written, importer) if not file.endswith(MANIFESTS)])


def led(specifier: str, files: Mapping[str, object] | tuple[str, ...], importer: str = IMPORTER) -> str | None:
    """The file that a specifier leads to."""
    found = names(files, importer).find((specifier, "x"), importer)
    return found[0].file if found is not None else None


@pytest.mark.parametrize(
    ("specifier", "file"),
    [
        ("./client", "app/jobs/client.ts"),
        ("./client", "app/jobs/client.tsx"),
        ("./client", "app/jobs/client.cjs"),
        ("./client.js", "app/jobs/client.ts"),
        ("./client.js", "app/jobs/client.js"),
        ("./client.jsx", "app/jobs/client.tsx"),
        ("./client.mjs", "app/jobs/client.mts"),
        ("./client.ts", "app/jobs/client.ts"),
        ("./client.server", "app/jobs/client.server.ts"),
        ("./client", "app/jobs/client/index.ts"),
        ("./client/", "app/jobs/client/index.tsx"),
        ("../client", "app/client.ts"),
        ("../../client", "client.ts"),
        (".", "app/jobs/index.ts"),
        ("..", "app/index.js"),
    ],
)
def test_a_relative_specifier_leads_to_the_file_beside(specifier: str, file: str) -> None:
    assert led(specifier, (file,)) == file


def test_a_file_is_found_before_a_folder() -> None:
    assert led("./client", ("app/jobs/client/index.ts", "app/jobs/client.ts")) == "app/jobs/client.ts"


@pytest.mark.parametrize("specifier", ["./ship", "./client", "stripe", "fs/promises", "@acme/db", "", "../../../up"])
def test_a_specifier_that_leads_to_no_other_file_of_the_run_finds_none(specifier: str) -> None:
    assert led(specifier, ("app/stripe.ts", "promises.ts")) is None


def test_the_hops_behind_the_specifier_are_left() -> None:
    found = names(("app/jobs/client.ts",)).find(("./client", "client", "send"), IMPORTER)

    assert found is not None
    assert found[1] == ("client", "send")


def test_files_outside_the_working_directory_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    client, importer = f"{tmp_path}/app/client.ts", f"{tmp_path}/app/ship.ts"

    assert led("./client", (client,), importer) == client


def test_python_does_not_import_typescript() -> None:
    found = Names([Module("shop/a.py", Language.PYTHON), module("shop/client.ts")])

    assert found.find(("shop", "client", "x"), "shop/a.py") is None


def paths(**aliases: list[str]) -> dict[str, object]:
    return {"compilerOptions": {"paths": {key.replace("_", "/"): value for key, value in aliases.items()}}}


CONFIGURED: dict[str, tuple[str, Mapping[str, object], str]] = {
    "a pattern": ("@/db", {"tsconfig.json": paths(**{"@_*": ["./lib/*"]}), "lib/db.ts": 0}, "lib/db.ts"),
    "a name": ("db", {"tsconfig.json": paths(db=["./lib/db.ts"]), "lib/db.ts": 0}, "lib/db.ts"),
    "the second target": (
        "@/db",
        {"tsconfig.json": paths(**{"@_*": ["./gone/*", "./lib/*"]}), "lib/db.ts": 0},
        "lib/db.ts",
    ),
    "the longest pattern": (
        "@/lib/db",
        {"tsconfig.json": paths(**{"@_*": ["./a/*"], "@_lib_*": ["./b/*"]}), "a/lib/db.ts": 0, "b/db.ts": 0},
        "b/db.ts",
    ),
    "javascript": ("@/db", {"jsconfig.json": paths(**{"@_*": ["./lib/*"]}), "lib/db.js": 0}, "lib/db.js"),
    "the nearest": (
        "@/db",
        {
            "tsconfig.json": paths(**{"@_*": ["./a/*"]}),
            "app/tsconfig.json": paths(**{"@_*": ["./b/*"]}),
            "a/db.ts": 0,
            "app/b/db.ts": 0,
        },
        "app/b/db.ts",
    ),
    "comments and trailing commas": (
        "@/db",
        {
            "tsconfig.json": '{ // "paths": no\n "compilerOptions": { /* , */ "paths": { "@/*": ["./lib/*",], }, }, }',
            "lib/db.ts": 0,
        },
        "lib/db.ts",
    ),
    "targets below the base": (
        "@/db",
        {
            "tsconfig.json": {"compilerOptions": {"baseUrl": "./src", "paths": {"@/*": ["lib/*"]}}},
            "src/lib/db.ts": 0,
        },
        "src/lib/db.ts",
    ),
    "the base alone": (
        "lib/db",
        {"tsconfig.json": {"compilerOptions": {"baseUrl": "src"}}, "src/lib/db.ts": 0},
        "src/lib/db.ts",
    ),
    "what it extends": (
        "@/db",
        {"app/tsconfig.json": {"extends": "../base"}, "base.json": paths(**{"@_*": ["./lib/*"]}), "lib/db.ts": 0},
        "lib/db.ts",
    ),
    "the last of those it extends": (
        "@/db",
        {
            "tsconfig.json": {"extends": ["./a.json", "@tsconfig/next", "./b.json"]},
            "a.json": paths(**{"@_*": ["./a/*"]}),
            "b.json": paths(**{"@_*": ["./b/*"]}),
            "a/db.ts": 0,
            "b/db.ts": 0,
        },
        "b/db.ts",
    ),
    "what it refers to": (
        "@/db",
        {
            "tsconfig.json": {"files": [], "references": [{"path": "./tsconfig.app.json"}, {"path": "./node"}]},
            "tsconfig.app.json": paths(**{"@_*": ["./lib/*"]}),
            "lib/db.ts": 0,
        },
        "lib/db.ts",
    ),
    "the place of the one that extends": (
        "@/db",
        {
            "app/tsconfig.json": {"extends": "../base.json"},
            "base.json": paths(**{"@_*": ["${configDir}/lib/*"]}),
            "app/lib/db.ts": 0,
        },
        "app/lib/db.ts",
    ),
    "nothing, in a framework": ("@/lib/db", {"src/lib/db.ts": 0}, "src/lib/db.ts"),
    "nothing, in another": ("~/lib/db", {"app/lib/db.ts": 0}, "app/lib/db.ts"),
}


@pytest.mark.parametrize(("specifier", "files", "file"), CONFIGURED.values(), ids=CONFIGURED)
def test_an_alias_leads_where_the_compiler_is_told(specifier: str, files: Mapping[str, object], file: str) -> None:
    assert led(specifier, files) == file


DB = {"name": "@acme/db", "version": "1.0.0"}
WORKSPACE: dict[str, tuple[str, Mapping[str, object], str]] = {
    "no entry": (
        "@acme/db",
        {"packages/db/package.json": DB, "packages/db/src/index.ts": 0},
        "packages/db/src/index.ts",
    ),
    "no entry and no src": (
        "@acme/db",
        {"packages/db/package.json": DB, "packages/db/index.ts": 0},
        "packages/db/index.ts",
    ),
    "a main": (
        "@acme/db",
        {"packages/db/package.json": {**DB, "main": "./client.ts"}, "packages/db/client.ts": 0},
        "packages/db/client.ts",
    ),
    "a built main": (
        "@acme/db",
        {"packages/db/package.json": {**DB, "main": "dist/client.js"}, "packages/db/src/client.ts": 0},
        "packages/db/src/client.ts",
    ),
    "built types": (
        "@acme/db",
        {"packages/db/package.json": {**DB, "types": "./dist/cjs/client.d.ts"}, "packages/db/src/client.tsx": 0},
        "packages/db/src/client.tsx",
    ),
    "an export": (
        "@acme/db",
        {"packages/db/package.json": {**DB, "exports": "./client.ts"}, "packages/db/client.ts": 0},
        "packages/db/client.ts",
    ),
    "an export under conditions": (
        "@acme/db",
        {
            "packages/db/package.json": {**DB, "exports": {".": {"import": {"default": "./dist/client.mjs"}}}},
            "packages/db/src/client.mts": 0,
        },
        "packages/db/src/client.mts",
    ),
    "an exported path": (
        "@acme/db/orders",
        {"packages/db/package.json": {**DB, "exports": {"./orders": "./src/o.ts"}}, "packages/db/src/o.ts": 0},
        "packages/db/src/o.ts",
    ),
    "an exported pattern": (
        "@acme/db/tables/orders",
        {"packages/db/package.json": {**DB, "exports": {"./*": "./src/*.ts"}}, "packages/db/src/tables/orders.ts": 0},
        "packages/db/src/tables/orders.ts",
    ),
    "a path that nothing exports": (
        "@acme/db/orders",
        {"packages/db/package.json": DB, "packages/db/orders.ts": 0},
        "packages/db/orders.ts",
    ),
    "a name without a scope": ("db", {"db/package.json": {"name": "db"}, "db/index.ts": 0}, "db/index.ts"),
    "its own name": ("shop/db", {"package.json": {"name": "shop"}, "src/db.ts": 0}, "src/db.ts"),
    "the nearer of two": (
        "db",
        {
            "db/package.json": {"name": "db"},
            "app/db/package.json": {"name": "db"},
            "db/index.ts": 0,
            "app/db/index.ts": 0,
        },
        "app/db/index.ts",
    ),
    "a private import": (
        "#lib/db",
        {"package.json": {"imports": {"#lib/*": "./src/lib/*.ts"}}, "src/lib/db.ts": 0},
        "src/lib/db.ts",
    ),
    "a private import of what is built": (
        "#db",
        {"package.json": {"imports": {"#db": {"node": "./dist/db.js"}}}, "src/db.ts": 0},
        "src/db.ts",
    ),
}


@pytest.mark.parametrize(("specifier", "files", "file"), WORKSPACE.values(), ids=WORKSPACE)
def test_a_package_of_the_workspace_is_found_by_its_manifest(
    specifier: str, files: Mapping[str, object], file: str
) -> None:
    assert led(specifier, files) == file


def test_a_package_of_another_repository_is_not_found(tmp_path: Path) -> None:
    for name in ("one", "two"):
        Path(tmp_path, name, ".git").mkdir(parents=True)
    files = {"one/package.json": {"name": "db"}, "one/index.ts": 0}

    assert led("db", files, "two/ship.ts") is None


@pytest.mark.parametrize("specifier", ["inngest", "inngest/next"])
def test_the_sdk_is_a_library_in_its_own_repository_too(specifier: str) -> None:
    files = {"sdk/package.json": {"name": "inngest"}, "sdk/src/index.ts": 0, "sdk/src/next.ts": 0}
    known = names(files)

    assert (known.find((specifier, "Inngest"), IMPORTER), known.is_local((specifier,), IMPORTER)) == (None, False)


BROKEN = ("", "{", "[]", "null", '{"compilerOptions": 1}', '{"name": 1, "exports": [null, {}]}', "[" * 100_000)


@pytest.mark.parametrize("text", [*BROKEN, '{"extends": "./tsconfig.json"}', '{"references": [1, {"path": 2}]}'])
@pytest.mark.parametrize("name", ["tsconfig.json", "package.json"])
def test_a_broken_manifest_says_nothing(name: str, text: str) -> None:
    assert led("db", {name: text, "lib/db.ts": 0}) is None


@pytest.mark.parametrize(
    ("path", "absolute"),
    [
        (("stripe", "default"), ("stripe",)),
        (("stripe", "default", "(_)", "charges"), ("stripe", "(_)", "charges")),
        (("stripe", "Stripe", "default"), ("stripe", "Stripe", "default")),
        (("./client", "default"), ("./client", "default")),
        (("./gone", "default"), ("./gone", "default")),
        (("@/gone", "default"), ("@/gone", "default")),
        (("@acme/db", "default"), ("@acme/db", "default")),
    ],
)
def test_what_a_library_exports_by_default_is_the_library(path: tuple[str, ...], absolute: tuple[str, ...]) -> None:
    known = names({"app/jobs/client.ts": 0, "db/package.json": DB, "db/index.ts": 0})

    assert known.absolute(path, IMPORTER) == absolute


def test_a_file_that_was_not_loaded_is_local() -> None:
    known = names({"tsconfig.json": {"compilerOptions": {"baseUrl": "."}}})
    Path("redis.ts").touch()

    assert [known.is_local((name, "get"), IMPORTER) for name in ("redis", "stripe")] == [True, False]


def test_types_of_a_library_in_an_alias_are_not_local() -> None:
    Path("node_modules/react").mkdir(parents=True)
    Path("node_modules/react/index.js").touch()
    known = names({"tsconfig.json": paths(react=["./node_modules/react"])})

    assert not known.is_local(("react",), IMPORTER)


def declared(*modules: Module, name: str = "client") -> str:
    found = Names([*modules, module("ship.ts")]).find(("./index", name), "ship.ts")
    assert found is not None
    return found[0].file


def test_a_name_is_followed_through_whole_re_exports() -> None:
    barrels = module("index.ts", stars=("./a", "./lib")), module("lib/index.ts", stars=("./client",))

    assert declared(*barrels, module("a.ts", "other"), module("lib/client.ts", "client")) == "lib/client.ts"


def test_a_name_of_the_file_itself_comes_before_re_exports() -> None:
    assert declared(module("index.ts", "client", stars=("./a",)), module("a.ts", "client")) == "index.ts"


def test_a_default_is_not_re_exported() -> None:
    assert declared(module("index.ts", stars=("./a",)), module("a.ts", "default"), name="default") == "index.ts"


def test_whole_re_exports_in_a_circle_end() -> None:
    assert declared(module("index.ts", stars=("./a",)), module("a.ts", stars=("./index",))) == "index.ts"


def test_a_long_chain_of_re_exports_is_followed_to_its_end() -> None:
    chain = [module(f"m{number}.ts", stars=(f"./m{number + 1}",)) for number in range(3000)]

    assert declared(module("index.ts", stars=("./m0",)), *chain, module("m3000.ts", "client")) == "m3000.ts"


WORKSPACES: dict[str, dict[str, str]] = {
    "npm": {"package.json": '{"workspaces": ["packages/*"]}'},
    "yarn": {"package.json": '{"workspaces": {"packages": ["./packages/*/"]}}'},
    "any depth": {"package.json": '{"workspaces": ["packages/**"]}'},
    "the folder itself too": {"package.json": '{"workspaces": [".", "packages/*"]}'},
    "a pattern that is none": {"package.json": '{"workspaces": ["**x", "", "[", "packages/*"]}'},
    "pnpm": {"pnpm-workspace.yaml": "packages:\n  - 'apps/*'\n  # ours\n  - packages/*\n\ncatalog:\n  zod: ^4\n"},
}


@pytest.mark.parametrize("manifests", WORKSPACES.values(), ids=WORKSPACES)
def test_a_package_that_the_workspace_lists_is_found_on_the_disk(manifests: dict[str, str]) -> None:
    files = {**manifests, "packages/db/package.json": '{"name": "@acme/db"}', "packages/db/src/index.ts": ""}
    for file, text in files.items():
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(text, "utf-8")

    found = Names([module(IMPORTER)]).place(("@acme/db", "save"), IMPORTER)

    assert found == ("packages/db/src/index.ts", ("save",))
