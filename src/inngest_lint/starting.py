"""Starting: a first configuration, beside what is there already."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inngest_lint.accepted import DEFAULT as BASELINE
from inngest_lint.config import ConfigError, Configs, Mistake
from inngest_lint.config.files import PYPROJECT, find, parse
from inngest_lint.config.keys import KEYS
from inngest_lint.console import say
from inngest_lint.diagnostic import Severity
from inngest_lint.files.reading import Unreadable, contents
from inngest_lint.files.writing import replace
from inngest_lint.toml import loads

FILE = "inngest-lint.toml"
"""The name of the file that is written where there is no pyproject.toml."""

_TABLE = "[tool.inngest-lint]"


@dataclass(frozen=True, slots=True)
class _Setting:
    """A key with a value to start from; one that is not `set` stands there as a comment."""

    key: str
    value: str
    set: bool


def start() -> int:
    """Write a configuration for the working directory, and give the exit code."""
    here = Path.cwd()
    pyproject = here / PYPROJECT
    try:
        above = Configs().for_directory(here).path
        file = _added_to(pyproject) if os.path.lexists(pyproject) else _made(here / FILE)
    except ConfigError as error:
        for mistake in error.mistakes:
            say(Severity.ERROR, str(mistake))
        return 2
    except OSError as error:
        say(Severity.ERROR, f"the configuration could not be written: {error.strerror}")
        return 2
    say(Severity.INFO, f"the configuration is in `{file}`; `inngest-lint config` tells what it may say")
    if above is not None:
        say(Severity.WARNING, f"`{os.path.relpath(above)}` does not count for this directory any more")
    return 0


def _made(file: Path) -> str:
    """Make a file of its own; raises an `OSError`, and a `ConfigError` where there is a configuration."""
    _refuse_another(file.parent)
    with file.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(_text(file.parent))
    return file.name


def _added_to(pyproject: Path) -> str:
    """Add a table after everything in a pyproject.toml; raises what `_made` does."""
    _refuse_another(pyproject.parent)
    data = contents(str(pyproject))
    if isinstance(data, Unreadable):
        raise ConfigError([Mistake(pyproject, None, "", f"cannot be read: {data.reason}")])
    parse(pyproject)
    after = data + _gap(data) + f"{_TABLE}\n{_text(pyproject.parent)}".encode()
    if b"\r\n" in data:
        after = data + after[len(data) :].replace(b"\n", b"\r\n")
    try:
        loads(after.decode("utf-8-sig").replace("\r\n", "\n"))
    except ValueError:
        # `tool = {…}` on one line takes no table below it.
        message = f"`tool` takes no further table; write `{FILE}` instead"
        raise ConfigError([Mistake(pyproject, None, "tool", message)]) from None
    replace(str(pyproject), after)
    return pyproject.name


def _refuse_another(directory: Path) -> None:
    path = find(directory)
    if path is not None:
        raise ConfigError([Mistake(path, None, "", "configures inngest-lint already, and is left as it is")])


def _gap(data: bytes) -> bytes:
    """What parts a new table from what stands above it."""
    if not data.strip():
        return b""
    return b"\n" if data.endswith((b"\n", b"\r")) else b"\n\n"


def _text(directory: Path) -> str:
    meanings = {key.name: key.meaning for key in KEYS}
    return "\n".join(
        f"# {setting.key}: {meanings[setting.key]}\n{'' if setting.set else '# '}{setting.key} = {setting.value}\n"
        for setting in _settings(directory)
    )


def _settings(directory: Path) -> Iterator[_Setting]:
    manifest = "inngest-manifest.json"
    yield _Setting("select", '["recommended"]', set=True)
    yield _Setting("ignore", "[]", set=False)
    yield _Setting("per-file-ignores", '{ "tests/**" = ["observability"] }', set=False)
    yield _Setting("fail-level", '"warning"', set=True)
    yield _Setting("exclude", '["generated/"]', set=False)
    yield _Setting("baseline", f'"{BASELINE}"', set=(directory / BASELINE).is_file())
    yield _Setting("against", f'"{manifest}"', set=(directory / manifest).is_file())
