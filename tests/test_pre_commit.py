"""pre-commit: the hooks of this repository, as the real pre-commit runs them on another one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NEEDED = (".pre-commit-hooks.yaml", "LICENSE", "README.md", "pyproject.toml", "rules", "src")

BAD = """\
import inngest

client = inngest.Inngest(app_id="shop")


@client.create_function(fn_id="ship", trigger=inngest.TriggerEvent(event="shop/ship"))
async def ship(ctx: inngest.Context) -> None:
    ctx.step.run("pack", pack)


async def pack() -> None: ...
"""
CLEAN = BAD.replace("ctx.step.run", "await ctx.step.run")
TYPESCRIPT = """\
import { Inngest } from "inngest";

const inngest = new Inngest({ id: "shop" });

export const ship = inngest.createFunction({ id: "ship" }, { event: "shop/ship" }, async ({ step }) => {
  step.run("pack", pack);
});

async function pack() {}
"""

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="pre-commit needs git")


def git(directory: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=directory, env=environment(), capture_output=True, check=True)


def environment() -> dict[str, str]:
    """The environment without what git, when it starts a test run itself, says about its own repository."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def committed(directory: Path) -> Path:
    """A directory as a repository with one commit."""
    git(directory, "init", "--quiet")
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--no-verify", "--message", "everything")
    return directory


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository as it lies in the working tree, uncommitted changes included."""
    copy = tmp_path_factory.mktemp("hooks")
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    return committed(copy)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A repository with a bad file in each language, a clean one, what nobody wrote, and a script without a suffix."""
    Path(tmp_path, "bad.py").write_text(BAD)
    Path(tmp_path, "clean.py").write_text(CLEAN)
    for name in ("bad.mts", "bad.min.js", "bad.d.ts"):
        Path(tmp_path, name).write_text(TYPESCRIPT)
    script = Path(tmp_path, "script")
    script.write_text(f"#!/usr/bin/env python3\n{BAD}")
    script.chmod(0o755)
    return committed(tmp_path)


def try_repo(hooks: Path, hook: str, *arguments: str, directory: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), hook, "--color", "never", *arguments]
    return subprocess.run(
        command, cwd=directory, env=environment(), capture_output=True, text=True, check=False, timeout=600
    )


def test_the_hook_reports_the_bad_file_and_passes_over_the_others(hooks: Path, scratch: Path) -> None:
    done = try_repo(hooks, "inngest-lint", "--all-files", directory=scratch)

    assert "--> bad.py:8:5" in done.stdout, done.stdout + done.stderr
    assert "--> bad.mts:6:3" in done.stdout
    assert "Found 2 errors in 2 files." in done.stdout
    assert done.returncode == 1


def test_the_full_hook_reports_a_file_that_did_not_change(hooks: Path, scratch: Path) -> None:
    done = try_repo(hooks, "inngest-lint-full", "--files", "clean.py", directory=scratch)

    assert "--> bad.py:8:5" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 1


def test_the_hook_passes_where_only_clean_files_changed(hooks: Path, scratch: Path) -> None:
    done = try_repo(hooks, "inngest-lint", "--files", "clean.py", directory=scratch)

    assert done.returncode == 0, done.stdout + done.stderr
