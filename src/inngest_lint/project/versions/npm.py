"""The versions of TypeScript projects: the nearest package.json, and the lock file beside it or above."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from inngest_lint.project.manifests import PACKAGE, content, document, folders, table
from inngest_lint.project.versions.ranges import Release, Sdk, Stated, allowed

_SDK = "inngest"
_SECTIONS = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_CATALOG = "catalog:"
_WORKSPACE = "pnpm-workspace.yaml"

_ALIAS = re.compile(rf"(?:workspace:|npm:{_SDK}@)+")
_EXACT = re.compile(r"=?\s*v?\d+\.\d+\.\d+(?:[-+][\w.+-]*)?")
# A build of the project's own, whatever release that is.
_ELSEWHERE = re.compile(r"(?:file|link|portal|github|gitlab|https?|git(?:\+\w+)?):")
_RELEASE = r"(\d{1,9}(?:\.\d{1,9})*)"
_CATALOGUED = re.compile(rf"^[ \t]+['\"]?{_SDK}['\"]?:[ \t]*['\"]?([^'\"#\r\n]+)", re.MULTILINE)
# Whole locks take long to parse, and one entry is wanted.
_INSTALLED = re.compile(rf'"(?:(?:[^"\n]*/)?node_modules/)?{_SDK}":\s*\{{\s*"version":\s*"{_RELEASE}')
_LOCKS = {
    "package-lock.json": _INSTALLED,
    "npm-shrinkwrap.json": _INSTALLED,
    "pnpm-lock.yaml": re.compile(rf"^ {{2}}['\"]?/?{_SDK}[@/]{_RELEASE}", re.MULTILINE),
    "yarn.lock": re.compile(rf'^"?{_SDK}@[^\n]*:\r?\n[ \t]+version:? "?{_RELEASE}', re.MULTILINE),
    "bun.lock": re.compile(rf'\["{_SDK}@{_RELEASE}'),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A range as a file states it, and the lowest release in it; None where it has no lower end."""

    text: str
    file: str
    stated: Stated | None

    @property
    def is_open(self) -> bool:
        """Whether releases of a later major are in the range."""
        return self.stated is None or ">" in self.text or "||" in self.text

    def admits(self, release: Release) -> bool:
        """Whether a release is one that a package manager may have chosen for the range."""
        if self.stated is None:
            return True
        lowest = self.stated.release
        return release >= lowest and (self.text.startswith(">") or release[0] == lowest[0])


@lru_cache(maxsize=1024)
def npm_sdk(directory: Path) -> Sdk | None:
    """What the nearest package.json that asks for the SDK may get; a locked release says more than a range.

    Where none asks, a package may have the SDK from its neighbours: the only release that is locked is its own too.
    """
    above = folders(directory)
    for number, folder in enumerate(above):
        asked = tuple(_asked(folder, above[number:]))
        if asked:
            return _sdk(asked, above[number:])
    locks = (folder / name for folder in above for name in _LOCKS)
    return next((Sdk(releases[0], lock.name) for lock in locks if len(releases := _releases(lock)) == 1), None)


def _sdk(asked: tuple[_Asked, ...], above: tuple[Path, ...]) -> Sdk | None:
    if any(_ELSEWHERE.match(each.text) for each in asked):
        return None
    known = [(each.stated, each) for each in asked if each.stated is not None]
    lowest = min(known, key=lambda pair: pair[0])[1] if known else asked[0]
    is_open = any(each.is_open for each in asked)
    stated = Sdk(lowest.stated.release, lowest.file, is_open) if lowest.stated else None
    if lowest.stated is not None and lowest.stated.is_exact:
        return stated
    return next((found for folder in above for found in _locked(folder, lowest)), stated)


def _asked(folder: Path, above: tuple[Path, ...]) -> Iterator[_Asked]:
    manifest = document(folder / PACKAGE)
    for section in _SECTIONS:
        text = table(manifest.get(section)).get(_SDK)
        if not isinstance(text, str):
            continue
        if text.startswith(_CATALOG):
            yield from _catalogued(above) or (_Asked("", PACKAGE, None),)
        else:
            yield _range(text, PACKAGE)


def _range(text: str, file: str) -> _Asked:
    text = _ALIAS.sub("", text.strip())
    lowest = allowed(text)
    is_exact = _EXACT.fullmatch(text) is not None
    return _Asked(text, file, Stated(lowest.release, is_exact) if lowest is not None else None)


def _catalogued(above: tuple[Path, ...]) -> tuple[_Asked, ...]:
    """The ranges in the catalogues of a pnpm workspace, whichever of them is meant."""
    texts = (_CATALOGUED.findall(content(folder / _WORKSPACE)) for folder in above)
    return tuple(_range(text, _WORKSPACE) for text in next(filter(None, texts), ()))


def _locked(folder: Path, asked: _Asked) -> Iterator[Sdk]:
    for name in _LOCKS:
        releases = [release for release in _releases(folder / name) if asked.admits(release)]
        if releases:
            yield Sdk(min(releases), name, asked.stated is None and len(releases) > 1)


@lru_cache(maxsize=256)
def _releases(lock: Path) -> tuple[Release, ...]:
    """The releases of the SDK in a lock file, each once; a package of the workspace itself has none."""
    found = (tuple(map(int, text.split("."))) for text in _LOCKS[lock.name].findall(content(lock)))
    return tuple(dict.fromkeys(release for release in found if any(release)))
