"""Aliases: the specifiers that a tsconfig.json or jsconfig.json gives a meaning to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from os.path import normpath
from pathlib import Path

from inngest_lint.project.manifests import document, folders, table
from inngest_lint.project.names.patterns import matches, targets

_NAMES = ("tsconfig.json", "jsconfig.json")
_HERE = "${configDir}"
# Configurations that extend each other in a circle end here.
_LONGEST_CHAIN = 8


@dataclass(frozen=True, slots=True)
class _Configured:
    """What configurations say of specifiers; `base` is where others are looked for, None where nowhere."""

    base: Path | None = None
    paths: Mapping[str, object] = field(default_factory=dict)
    paths_from: Path | None = None

    def over(self, other: _Configured) -> _Configured:
        """What this one says, and else the other."""
        paths = self if self.paths_from is not None else other
        return _Configured(self.base or other.base, paths.paths, paths.paths_from)


def aliases(specifier: str, folder: Path) -> Iterator[str]:
    """The places that a specifier stands for in the files of a folder."""
    configured = _nearest(folder)
    origin = configured.base or configured.paths_from
    if origin is not None:
        for value, star in matches(configured.paths, specifier):
            for target in targets(value, star):
                yield _joined(origin, target)
    if configured.base is not None:
        yield _joined(configured.base, specifier)


@lru_cache(maxsize=1024)
def _nearest(folder: Path) -> _Configured:
    for above in folders(folder):
        for name in _NAMES:
            found = _configured(above / name, above, _LONGEST_CHAIN)
            if found != _Configured():
                return found
    return _Configured()


def _configured(file: Path, home: Path, left: int) -> _Configured:
    said = document(file)
    if not said or not left:
        return _Configured()
    found = _own(said, file.parent, home)
    for target in reversed(_listed(said.get("extends"))):
        found = found.over(_extended(file.parent, target, home, left - 1))
    if found == _Configured():
        for reference in _listed(said.get("references")):
            target = table(reference).get("path")
            found = found.over(_extended(file.parent, f"./{target}", home, left - 1))
    return found


def _own(said: Mapping[str, object], folder: Path, home: Path) -> _Configured:
    options = table(said.get("compilerOptions"))
    base, paths = options.get("baseUrl"), options.get("paths")
    return _Configured(
        base=Path(_joined(folder, base.replace(_HERE, str(home)))) if isinstance(base, str) else None,
        paths={key: _at_home(value, home) for key, value in table(paths).items()},
        paths_from=folder if isinstance(paths, dict) else None,
    )


def _at_home(value: object, home: Path) -> list[str]:
    return [target.replace(_HERE, str(home)) for target in targets(value, "*")]


def _extended(folder: Path, target: object, home: Path, left: int) -> _Configured:
    """What another configuration says; one that comes from a package is not looked for."""
    if not isinstance(target, str) or not target.startswith((".", "/")):
        return _Configured()
    place = Path(_joined(folder, target))
    for file in (place, place.with_name(f"{place.name}.json"), place / _NAMES[0]):
        found = _configured(file, home, left)
        if found != _Configured():
            return found
    return _Configured()


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _joined(folder: Path, target: str) -> str:
    return normpath(folder / target).replace("\\", "/")
