"""The versions of Python projects: lock files, requirements, and every tool's own manifest."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from configparser import ConfigParser
from configparser import Error as IniError
from functools import lru_cache
from pathlib import Path

from inngest_lint.project.versions.ranges import Sdk, Stated, allowed
from inngest_lint.toml import loads

_PACKAGE = "inngest"
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock")
_MANIFESTS = ("pyproject.toml", "requirements*.txt", "requirements*.in", "requirements/*.txt", "Pipfile")
_OLD_MANIFESTS = ("setup.cfg", "setup.py")

_LOCKED = re.compile(rf'^name = "{_PACKAGE}"\s+version = "([^"]*)"', re.MULTILINE | re.IGNORECASE)
_REQUIREMENT = re.compile(rf"\s*{_PACKAGE}(?![\w.-])\s*(?:\[[^\]]*\])?\s*\(?\s*((?=[<>=!~])[^;#)]*)", re.IGNORECASE)
_CONTINUED = re.compile(r"\\\r?\n")
_STRING = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")


@lru_cache(maxsize=1024)
def python_sdk(directory: Path) -> Sdk | None:
    """What the nearest dependency file above a directory, or in it, asks for; None where none says a release."""
    found = _in_folder(directory)
    if found is not None or directory == directory.parent or (directory / ".git").exists():
        return found
    return python_sdk(directory.parent)


def _in_folder(folder: Path) -> Sdk | None:
    # A locked release says more than a pinned one, and a pinned one more than a range.
    return _first(folder, _LOCKS) or _first(folder, (*_MANIFESTS, *_OLD_MANIFESTS))


def _first(folder: Path, patterns: Iterable[str]) -> Sdk | None:
    ranged: Sdk | None = None
    for file in _files(folder, patterns):
        stated = stated_in(file.name, _text(file))
        if stated is None:
            continue
        sdk = Sdk(stated.release, file.relative_to(folder).as_posix())
        if stated.is_exact:
            return sdk
        ranged = ranged or sdk
    return ranged


def _files(folder: Path, patterns: Iterable[str]) -> Iterator[Path]:
    return (file for pattern in patterns for file in _matching(folder, pattern))


def _matching(folder: Path, pattern: str) -> list[Path]:
    try:
        found = sorted(folder.glob(pattern)) if "*" in pattern else [folder / pattern]
        return [file for file in found if file.is_file()]
    except OSError:
        return []


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError:
        return ""
    # What PowerShell redirects into a file.
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if is_wide else "utf-8-sig", "replace")


def stated_in(name: str, text: str) -> Stated | None:
    """What the text of a dependency file of this name asks for; the lowest of all where it asks more than once."""
    if _PACKAGE not in text.lower():
        return None
    try:
        return min(filter(None, _reader(name)(text)), default=None)
    except (ValueError, IniError, RecursionError):
        # A file that is none of what its name says is a file that says nothing.
        return None


def _reader(name: str) -> Callable[[str], Iterator[Stated | None]]:
    match name:
        case "Pipfile.lock":
            return _pipfile_lock
        case "uv.lock" | "poetry.lock" | "pdm.lock" | "pylock.toml":
            return _lock
        case "pyproject.toml" | "Pipfile":
            return _toml
        case "setup.cfg":
            return _setup_cfg
        case "setup.py":
            return _setup_py
    return _requirements


# Locks


def _lock(text: str) -> Iterator[Stated | None]:
    return (allowed(version) for version in _LOCKED.findall(text))


def _pipfile_lock(text: str) -> Iterator[Stated | None]:
    for _, section in _table(json.loads(text)):
        yield from _named(section)


# Manifests


def _requirements(text: str) -> Iterator[Stated | None]:
    return map(_requirement, _CONTINUED.sub(" ", text).splitlines())


def _setup_py(text: str) -> Iterator[Stated | None]:
    # Reading the strings is as far as one gets without running the file.
    return (_requirement(double or single) for double, single in _STRING.findall(text))


def _setup_cfg(text: str) -> Iterator[Stated | None]:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    for section in parser.values():
        for value in section.values():
            yield from map(_requirement, value.splitlines())


def _toml(text: str) -> Iterator[Stated | None]:
    return _anywhere(loads(text))


def _anywhere(value: object) -> Iterator[Stated | None]:
    """The requirements in lists and in tables of dependencies, in whichever tool's section they stand."""
    if isinstance(value, list):
        yield from (_requirement(item) for item in value if isinstance(item, str))
    for key, inner in _table(value):
        if key.lower().endswith(("dependencies", "packages")):
            yield from _named(inner)
        yield from _anywhere(inner)


def _named(table: object) -> Iterator[Stated | None]:
    """The entries of a table from packages to what is asked of them: a range, or a table or list of tables with one."""
    listed = (asked if isinstance(asked, list) else [asked] for key, asked in _table(table) if key.lower() == _PACKAGE)
    for choice in (choice for choices in listed for choice in choices):
        version = dict(_table(choice)).get("version", choice)
        yield allowed(version) if isinstance(version, str) else None


def _table(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from ((str(key), inner) for key, inner in value.items())


# Requirements


def _requirement(line: str) -> Stated | None:
    """What a requirement such as `inngest[connect]>=0.5; python_version >= "3.10"` allows."""
    match = _REQUIREMENT.match(line)
    return allowed(match.group(1)) if match is not None else None
