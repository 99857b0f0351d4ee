"""Which release of the SDK a project asks for is read from whatever file says so, and from nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inngest_lint.model.language import Language
from inngest_lint.project.versions import Release, Sdk, sdk_of
from inngest_lint.project.versions.python import stated_in

RELEASES = st.lists(st.integers(0, 99), min_size=1, max_size=4).map(tuple)
FILES = (
    "uv.lock",
    "poetry.lock",
    "pylock.toml",
    "Pipfile.lock",
    "pyproject.toml",
    "Pipfile",
    "requirements.txt",
    "setup.cfg",
    "setup.py",
)


def dotted(release: Release) -> str:
    return ".".join(map(str, release))


def locked(package: str, version: str) -> dict[str, str]:
    entry = f'[[package]]\nname = "{package}"\nversion = "{version}"\n'
    return {
        "uv.lock": f'version = 1\n\n{entry}source = {{ registry = "x" }}\n',
        "poetry.lock": f"{entry}optional = false\n",
        "pylock.toml": entry.replace("package", "packages"),
        "Pipfile.lock": json.dumps({"_meta": {}, "default": {package: {"version": f"=={version}"}}}),
    }


def asking(requirement: str) -> dict[str, str]:
    """The files in which a requirement can stand as one."""
    return {
        "pyproject.toml": f"[project]\ndependencies = ['rich>=1', '{requirement}']\n",
        "requirements.txt": f"# what we need\nrich==1.0\n{requirement}  # durable functions\n",
        "setup.cfg": f"[options]\ninstall_requires =\n    rich>=1\n    {requirement}\n",
        "setup.py": f"setup(install_requires=['rich>=1', '{requirement}'])\n",
    }


def release_in(name: str, text: str) -> Release | None:
    stated = stated_in(name, text)
    return stated.release if stated else None


@settings(deadline=None)
@given(RELEASES)
def test_a_lock_file_says_the_release_it_locks(release: Release) -> None:
    files = locked("inngest", dotted(release))

    assert {release_in(name, text) for name, text in files.items()} == {release}


@settings(deadline=None)
@given(
    RELEASES, st.sampled_from(["", "[connect]", " [connect, x]"]), st.sampled_from(["", ' ; python_version>="3.10"'])
)
def test_a_pin_is_read_with_extras_and_markers_around_it(release: Release, extras: str, marker: str) -> None:
    files = asking(f"inngest{extras} == {dotted(release)}{marker}")

    assert {release_in(name, text) for name, text in files.items()} == {release}


@settings(deadline=None)
@given(RELEASES, st.sampled_from(["-encryption", "_encryption", ".x", "2", "js"]))
def test_another_package_says_nothing(release: Release, rest: str) -> None:
    pinned = asking(f"inngest{rest}=={dotted(release)}") | locked(f"inngest{rest}", dotted(release))

    assert not any(stated_in(name, text) for name, text in pinned.items())


@settings(deadline=None)
@given(RELEASES, RELEASES)
def test_the_order_of_the_clauses_of_a_range_does_not_matter(lower: Release, upper: Release) -> None:
    one, other = f">={dotted(lower)}", f"<{dotted(upper)}"

    assert (
        release_in("requirements.txt", f"inngest{one},{other}")
        == release_in("requirements.txt", f"inngest{other}, {one}")
        == lower
    )


@settings(deadline=None)
@given(st.sampled_from(FILES), st.text(), st.text())
def test_no_text_is_too_strange_to_be_read(name: str, before: str, after: str) -> None:
    text = f"{before}inngest{after}"

    assert stated_in(name, text) is None or release_in(name, text)


@pytest.mark.parametrize(
    ("asked", "release"),
    [
        (">=0.5", (0, 5)),
        ("~=0.5.1", (0, 5, 1)),
        (">=0.4.15,<0.5", (0, 4, 15)),
        ("==0.5.*", (0, 5)),
        ("==0.5.0b1", (0, 5, 0)),
        ("<0.5", None),
        ("!=0.4.3", None),
        ("", None),
        (" @ git+https://example.com/inngest-py@v0.5.1", None),
    ],
)
def test_a_range_says_its_lower_end(asked: str, release: Release | None) -> None:
    files = asking(f"inngest{asked}")

    assert {release_in(name, text) for name, text in files.items()} == {release}


@pytest.mark.parametrize(
    ("asked", "release"),
    [
        ('"^0.5"', (0, 5)),
        ('"~0.5.2"', (0, 5, 2)),
        ('"0.4.22"', (0, 4, 22)),
        ('">=0.4,<0.6"', (0, 4)),
        ('"^0.5 || ^0.4"', (0, 4)),
        ('"^0.5 || *"', None),
        ('"*"', None),
        ('{ version = "^0.5", extras = ["connect"] }', (0, 5)),
        ('{ git = "https://example.com/inngest.git", tag = "0.5" }', None),
        ('[{ version = "0.4.22", python = "<3.10" }, { version = "^0.5", python = ">=3.10" }]', (0, 4, 22)),
    ],
)
def test_poetry_writes_ranges_in_its_own_way(asked: str, release: Release | None) -> None:
    text = f'[tool.poetry.dependencies]\npython = "^3.10"\ninngest = {asked}\ninngest-encryption = "0.1"\n'

    assert release_in("pyproject.toml", text) == release


@pytest.mark.parametrize(
    "text",
    [
        "[dependency-groups]\nworker = ['inngest>=0.5']\n",
        "[project.optional-dependencies]\nworker = ['inngest>=0.5']\n",
        "[tool.poetry.group.worker.dependencies]\ninngest = '>=0.5'\n",
        "[tool.pdm.dev-dependencies]\nworker = ['inngest>=0.5']\n",
        "[tool.uv]\ndev-dependencies = ['inngest>=0.5']\n",
        "[tool.hatch.envs.worker]\ndependencies = ['inngest>=0.5']\n",
    ],
)
def test_every_tool_has_its_own_place_in_pyproject(text: str) -> None:
    assert release_in("pyproject.toml", text) == (0, 5)


def test_a_pipfile_is_read() -> None:
    assert release_in("Pipfile", "[packages]\ninngest = '==0.5.18'\n") == (0, 5, 18)


def test_a_requirement_goes_on_after_a_backslash() -> None:
    assert release_in("requirements.txt", "inngest \\\n    ==0.5.18 \\\n    --hash=sha256:00\n") == (0, 5, 18)


def test_the_lowest_of_several_requirements_counts() -> None:
    text = "inngest==0.5.18; python_version>='3.10'\ninngest==0.4.22; python_version<'3.10'\n"

    assert release_in("requirements.txt", text) == (0, 4, 22)


def test_a_lock_file_is_believed_before_a_range(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\ndependencies = ['inngest>=0.4']\n")
    (tmp_path / "uv.lock").write_text(locked("inngest", "0.5.18")["uv.lock"])

    assert sdk_of(tmp_path, Language.PYTHON) == Sdk((0, 5, 18), "uv.lock")


def test_a_pin_is_believed_before_a_range(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\ndependencies = ['inngest>=0.4']\n")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("inngest==0.5.18\n")

    assert sdk_of(tmp_path, Language.PYTHON) == Sdk((0, 5, 18), "requirements/base.txt")


def test_the_nearest_folder_that_says_a_release_counts(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("inngest==0.4.22\n")
    (tmp_path / "app" / "jobs").mkdir(parents=True)
    (tmp_path / "app" / "pyproject.toml").write_text("[project]\ndependencies = ['inngest>=0.5']\n")

    assert sdk_of(tmp_path / "app" / "jobs", Language.PYTHON) == Sdk((0, 5), "pyproject.toml")


def test_nothing_outside_the_repository_counts(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("inngest==0.4.22\n")
    (tmp_path / "app" / ".git").mkdir(parents=True)

    assert sdk_of(tmp_path / "app", Language.PYTHON) is None


def test_a_file_that_powershell_wrote_is_read(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes("rich==1.0\r\ninngest==0.5.18\r\n".encode("utf-16"))

    assert sdk_of(tmp_path, Language.PYTHON) == Sdk((0, 5, 18), "requirements.txt")


def test_a_folder_with_the_name_of_a_file_says_nothing(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "requirements.txt").mkdir()

    assert sdk_of(tmp_path, Language.PYTHON) is None
