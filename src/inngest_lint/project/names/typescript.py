"""The names of TypeScript: specifiers, resolved as compilers and bundlers do."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from inngest_lint.model.function import Module
from inngest_lint.project.manifests import folders
from inngest_lint.project.names.aliases import aliases
from inngest_lint.project.names.packages import Package, imports, package_in, workspace_members
from inngest_lint.text import absolute as absolute_path
from inngest_lint.text import shown

_SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
# An import names the file that the compiler will write.
_WRITTEN_FOR = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
_RELATIVE = (".", "..")
# No package can have such a name: frameworks make them stand for the sources where no configuration says more.
_CONVENTIONS = {"@/": ("src/", "", "app/"), "~/": ("app/", "src/", ""), "$lib/": ("src/lib/",)}
# These take steps of their own, in their own repositories too: their names stand for what they do.
_SDKS = frozenset({"inngest", "@inngest/agent-kit"})
_LIBRARIES = "/node_modules/"
_DEFAULT = "default"


class TypeScriptNames:
    """The files of a project by their places, and its packages by their names."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self._by_place = {absolute_path(module.file): module for module in modules}
        self._packages: dict[str, list[Package]] | None = None
        self._on_disk: dict[tuple[str, str], str | None] = {}
        self._known: dict[tuple[str, str], tuple[Module | None, bool]] = {}

    def find(self, path: tuple[str, ...], importer: str) -> tuple[Module, tuple[str, ...]] | None:
        """The module that the specifier of an import leads to, and the hops that are left."""
        if not path:
            return None
        module, _ = self._resolved(path[0], importer)
        return (module, path[1:]) if module is not None and module.file != importer else None

    def absolute(self, path: tuple[str, ...], importer: str) -> tuple[str, ...]:
        """An import path, of a library without the hop to what it exports by default."""
        if path[1:2] != (_DEFAULT,) or self.is_local(path, importer):
            return path
        return (path[0], *path[2:])

    def is_local(self, path: tuple[str, ...], importer: str) -> bool:
        """Whether an import leads to a file of the project's own, loaded or not."""
        return bool(path) and self._resolved(path[0], importer)[1]

    def place(self, path: tuple[str, ...], importer: str) -> tuple[str, tuple[str, ...]] | None:
        """The file on the disk that the specifier of an import leads to, and the hops that are left."""
        file = self._file(path[0], importer) if path else None
        return (file, path[1:]) if file is not None else None

    def _file(self, specifier: str, importer: str) -> str | None:
        """The file on the disk that a specifier leads to."""
        key = (specifier, os.path.dirname(importer))  # noqa: PTH120 - asked for every name of every file
        if key not in self._on_disk:
            places = (place for place in self._places(specifier, importer) if _LIBRARIES not in place)
            files = (file for place in places for file in _files(place))
            found = next((file for file in files if file.endswith(_SUFFIXES) and _is_file(file)), None)
            self._on_disk[key] = shown(found) if found is not None else None
        return self._on_disk[key]

    def _resolved(self, specifier: str, importer: str) -> tuple[Module | None, bool]:
        key = (specifier, os.path.dirname(importer))  # noqa: PTH120 - asked for every name of every file
        if key not in self._known:
            places = tuple(place for place in self._places(specifier, importer) if _LIBRARIES not in place)
            files = (file for place in places for file in _files(place))
            module = next((self._by_place[file] for file in files if file in self._by_place), None)
            is_local = module is not None or _is_own(specifier) or self._is_package(specifier, importer)
            self._known[key] = (module, is_local or any(map(_exists, places)))
        return self._known[key]

    def _places(self, specifier: str, importer: str) -> Iterator[str]:
        """The places a specifier may stand for, the likeliest first, with or without their suffixes."""
        folder = Path(importer).parent.absolute()
        if _is_relative(specifier):
            yield absolute_path(f"{folder}/{specifier}")
        elif specifier.startswith("#"):
            yield from imports(specifier, folder)
        elif specifier not in _SDKS:
            yield from aliases(specifier, folder)
            yield from self._in_packages(specifier, folder)
        for prefix, roots in _CONVENTIONS.items():
            if specifier.startswith(prefix):
                rest = specifier.removeprefix(prefix)
                yield from (absolute_path(f"{above}/{root}{rest}") for above in folders(folder) for root in roots)

    def _is_package(self, specifier: str, importer: str) -> bool:
        return bool(self._packages_of(specifier, Path(importer).parent.absolute()))

    def _in_packages(self, specifier: str, folder: Path) -> Iterator[str]:
        for package in self._packages_of(specifier, folder):
            yield from package.places(specifier.removeprefix(package.name).lstrip("/"))

    def _packages_of(self, specifier: str, folder: Path) -> list[Package]:
        """The packages of the workspace that a specifier names, the nearest first."""
        name = "/".join(specifier.split("/")[: 2 if specifier.startswith("@") else 1])
        if name in _SDKS or _is_own(specifier):
            return []
        near, root = folder.parts, folders(folder)[-1]
        candidates = self._by_name().get(name, ())
        own = [package for package in candidates if package.folder.is_relative_to(root)]
        return sorted(own, key=lambda package: _distance(package.folder.parts, near))

    def _by_name(self) -> dict[str, list[Package]]:
        """The packages that the files of the run belong to, and those beside them in the same workspace."""
        if self._packages is None:
            self._packages = {}
            around = {folder for place in self._by_place for folder in folders(Path(place).parent)}
            members = {member for folder in around for member in workspace_members(folder)}
            for package in filter(None, map(package_in, sorted(around | members))):
                self._packages.setdefault(package.name, []).append(package)
        return self._packages


def _is_relative(specifier: str) -> bool:
    return specifier in _RELATIVE or specifier.startswith(("./", "../"))


def _is_own(specifier: str) -> bool:
    return _is_relative(specifier) or specifier.startswith(("#", *_CONVENTIONS))


def _files(place: str) -> Iterator[str]:
    """The files that a place may stand for."""
    stem, suffix = os.path.splitext(place)  # noqa: PTH122 - as above
    yield place
    yield from (stem + other for other in _WRITTEN_FOR.get(suffix, ()))
    yield from (place + other for other in _SUFFIXES)
    yield from (f"{place}/index{other}" for other in _SUFFIXES)


@lru_cache(maxsize=16384)
def _is_file(file: str) -> bool:
    return os.path.isfile(file)  # noqa: PTH113 - as above


@lru_cache(maxsize=4096)
def _exists(place: str) -> bool:
    return any(map(os.path.isfile, _files(place)))


def _distance(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How far it is from one folder to another."""
    shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        shared += 1
    return len(one) + len(other) - 2 * shared
