"""Which release of the SDK a TypeScript project asks for, from its package.json and its lock files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inngest_lint.frontends import lower
from inngest_lint.model.function import Language, Module
from inngest_lint.project import Project
from inngest_lint.project.versions import Release, Sdk, sdk_of
from inngest_lint.text import Source

RELEASES = st.tuples(st.integers(1, 99), st.integers(0, 99), st.integers(0, 99))

LOCKS = {
    "package-lock.json": (
        '{{"packages": {{"": {{"dependencies": {{"inngest": "^1.0.0"}}}},\n'
        '    "node_modules/inngest-cli": {{\n      "version": "0.9.9"}},\n'
        '    "node_modules/inngest": {{\n      "version": "{}",\n      "resolved": "x"}}}}}}'
    ),
    "npm-shrinkwrap.json": '{{"dependencies": {{\n    "inngest": {{\n      "version": "{}"}}}}}}',
    "pnpm-lock.yaml": (
        "importers:\n  .:\n    dependencies:\n      inngest:\n        specifier: ^1.0.0\n\n"
        "packages:\n  '@acme/inngest@0.9.9':\n    resolution: {{}}\n  inngest@{}:\n    resolution: {{}}\n"
    ),
    "yarn.lock": 'inngest-cli@^1:\n  version "0.9.9"\n\ninngest@^1.0.0, inngest@^1.2.0:\n  version "{}"\n',
    "bun.lock": '{{"packages": {{"inngest-cli": ["inngest-cli@0.9.9"], "inngest": ["inngest@{}", "", {{}}]}}}}',
}
OTHER_LOCKS = {
    "pnpm-lock.yaml": ("lockfileVersion: 5.4\npackages:\n\n  /inngest/{}_typescript@5.0.0:\n    resolution: {{}}\n"),
    "yarn.lock": '"inngest@npm:^1.0.0":\n  version: {}\n  resolution: "inngest@npm:1.0.0"\n',
    "package-lock.json": '{{"apps/web/node_modules/inngest": {{"version": "{}"}}, "inngest": {{"link": true}}}}',
}


@pytest.fixture(autouse=True)
def _inside_an_empty_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(tmp_path, ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def manifest(asked: str, section: str = "dependencies") -> str:
    return json.dumps({"name": "shop", section: {"inngest-cli": "^0.1.0", "inngest": asked, "next": "^99.0.0"}})


def sdk(files: Mapping[str, str], folder: str = ".") -> Sdk | None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, "utf-8")
    return sdk_of(Path(folder).absolute(), Language.TYPESCRIPT)


def dotted(release: Release) -> str:
    return ".".join(map(str, release))


@pytest.mark.parametrize(
    ("asked", "release"),
    [
        ("^3.27.0", (3, 27, 0)),
        ("~4.1", (4, 1)),
        ("3.27.4", (3, 27, 4)),
        ("v3.27.4", (3, 27, 4)),
        ("=3.27.4", (3, 27, 4)),
        ("3", (3,)),
        ("3.x", (3,)),
        ("3.27.*", (3, 27)),
        (">=3 <5", (3,)),
        (">= 3.1.0 < 5", (3, 1, 0)),
        ("3.1.0 - 4.0.0", (3, 1, 0)),
        ("^4.0.0 || ^3.2.0", (3, 2, 0)),
        ("4.0.0-beta.1", (4, 0, 0)),
        ("workspace:^3.1.0", (3, 1, 0)),
        ("npm:inngest@^3.1.0", (3, 1, 0)),
        ("<5", None),
        ("*", None),
        ("", None),
        ("latest", None),
        ("^3.0.0 || *", None),
        ("workspace:*", None),
        ("catalog:", None),
        ("npm:@acme/inngest@^3.1.0", None),
        ("file:../3.0.0", None),
        ("github:inngest/inngest-js#v3.0.0", None),
        ("https://example.com/inngest-3.0.0.tgz", None),
    ],
)
def test_a_range_says_its_lower_end(asked: str, release: Release | None) -> None:
    found = sdk({"package.json": manifest(asked)})

    assert (found and found.release) == release


@pytest.mark.parametrize("section", ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"])
def test_every_section_of_a_manifest_counts(section: str) -> None:
    assert sdk({"package.json": manifest("^3.1.0", section)}) == Sdk((3, 1, 0), "package.json")


def test_the_lowest_of_several_sections_counts() -> None:
    text = json.dumps({"peerDependencies": {"inngest": ">=2.0.0"}, "devDependencies": {"inngest": "^3.0.0"}})

    assert sdk({"package.json": text}) == Sdk((2, 0, 0), "package.json", is_open=True)


@pytest.mark.parametrize("asked", [">=3.0.0", "^3.0.0 || ^4.0.0", ">3.0.0"])
def test_a_range_that_goes_beyond_a_major_is_open(asked: str) -> None:
    found = sdk({"package.json": manifest(asked)})

    assert found is not None
    assert (found.release, found.is_open) == ((3, 0, 0), True)


@pytest.mark.parametrize("asked", ["^3.0.0", "~3.0.0", "3.0.0", "3.0.x"])
def test_a_range_within_a_major_is_not_open(asked: str) -> None:
    found = sdk({"package.json": manifest(asked)})

    assert found is not None
    assert not found.is_open


@pytest.mark.parametrize("asked", ["file:../inngest.tgz", "link:../inngest", "github:inngest/inngest-js"])
@pytest.mark.parametrize(("name", "text"), LOCKS.items(), ids=LOCKS)
def test_a_build_of_the_project_s_own_is_of_no_known_release(asked: str, name: str, text: str) -> None:
    assert sdk({"package.json": manifest(asked), name: text.format("1.27.4")}) is None


@pytest.mark.parametrize("asked", ["^1.0.0", ">=1", "latest", "*", "1.x"])
@pytest.mark.parametrize(
    ("name", "text"), [*LOCKS.items(), *OTHER_LOCKS.items()], ids=[*LOCKS, *(f"another {name}" for name in OTHER_LOCKS)]
)
def test_a_locked_release_says_more_than_a_range(name: str, text: str, asked: str) -> None:
    found = sdk({"package.json": manifest(asked), name: text.format("1.27.4")})

    assert found == Sdk((1, 27, 4), name)


@settings(deadline=None)
@given(RELEASES, st.sampled_from(["", "-beta.1", "(typescript@5.4.0)", "-alpha.0"]))
def test_a_lock_file_says_the_release_it_locks(
    tmp_path_factory: pytest.TempPathFactory, release: Release, rest: str
) -> None:
    folder = tmp_path_factory.mktemp("shop")
    Path(folder, ".git").mkdir()
    Path(folder, "package.json").write_text(manifest("latest"))
    Path(folder, "pnpm-lock.yaml").write_text(LOCKS["pnpm-lock.yaml"].format(dotted(release) + rest))

    assert sdk_of(folder, Language.TYPESCRIPT) == Sdk(release, "pnpm-lock.yaml")


@pytest.mark.parametrize(("asked", "locked"), [("3.1.0", "3.9.0"), ("^4.0.0", "3.9.0"), ("^2.0.0", "3.9.0")])
def test_a_locked_release_out_of_the_range_is_another_packages(asked: str, locked: str) -> None:
    found = sdk({"package.json": manifest(asked), "yarn.lock": LOCKS["yarn.lock"].format(locked)})

    assert found is not None
    assert found.file == "package.json"


def test_a_workspace_of_several_releases_gives_each_package_its_own() -> None:
    files = {
        "pnpm-lock.yaml": "packages:\n  inngest@2.7.2:\n    a: b\n  inngest@3.27.4(express@4.0.0):\n    a: b\n",
        "old/package.json": manifest("^2.0.0"),
        "new/package.json": manifest("^3.0.0"),
    }

    assert [str(sdk(files, folder)) for folder in ("old", "new")] == ["2.7.2", "3.27.4"]


@pytest.mark.parametrize("asked", ["catalog:", "catalog:jobs"])
def test_a_catalogue_of_the_workspace_is_asked(asked: str) -> None:
    catalog = "packages:\n  - apps/*\n\ncatalogs:\n  jobs:\n    inngest-cli: ^1.0.0\n    'inngest': ^3.4.0 # jobs\n"
    found = sdk({"apps/web/package.json": manifest(asked), "pnpm-workspace.yaml": catalog}, "apps/web")

    assert found == Sdk((3, 4, 0), "pnpm-workspace.yaml")


def test_the_nearest_manifest_that_asks_for_the_sdk_counts() -> None:
    files = {
        "package.json": manifest("^2.0.0"),
        "web/package.json": manifest("^3.0.0"),
        "web/src/package.json": '{"type": "module"}',
    }

    assert sdk(files, "web/src") == Sdk((3, 0, 0), "package.json")


@pytest.mark.parametrize(("locked", "release"), [(("3.27.4",), (3, 27, 4)), (("2.7.2", "3.27.4"), None)])
def test_a_package_that_does_not_ask_has_the_only_locked_release(locked: tuple[str, ...], release: Release) -> None:
    entries = "".join(f"  inngest@{each}:\n    resolution: x\n" for each in locked)
    found = sdk({"web/package.json": '{"name": "web"}', "pnpm-lock.yaml": f"packages:\n{entries}"}, "web")

    assert (found and found.release) == release


def test_nothing_outside_the_repository_counts() -> None:
    Path("web/.git").mkdir(parents=True)

    assert sdk({"package.json": manifest("^3.0.0")}, "web") is None


@settings(deadline=None)
@given(st.sampled_from(["package.json", "pnpm-workspace.yaml", *LOCKS]), st.text(), st.text())
def test_no_text_is_too_strange_to_be_read(
    tmp_path_factory: pytest.TempPathFactory, name: str, before: str, after: str
) -> None:
    folder = tmp_path_factory.mktemp("shop")
    Path(folder, ".git").mkdir()
    Path(folder, "package.json").write_text(manifest("catalog:"))
    Path(folder, name).write_text(f'{before}"inngest": "{after}', "utf-8", "surrogatepass")
    found = sdk_of(folder, Language.TYPESCRIPT)

    assert found is None or found.release


def test_a_file_has_the_release_of_its_language() -> None:
    sdk({"package.json": manifest("^3.0.0"), "requirements.txt": "inngest==0.5.18\n"})
    modules = lower(Source("a.py", b"import inngest\n")), Module("a.ts", Language.TYPESCRIPT)
    found = Project(modules, {})

    assert [str(found.sdk(file)) for file in ("a.py", "a.ts")] == ["0.5.18", "3.0.0"]
