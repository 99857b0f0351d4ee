"""Packages: the names a package.json gives to its files, for others and for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from glob import iglob
from itertools import dropwhile
from os.path import normpath
from pathlib import Path

from inngest_lint.project.manifests import PACKAGE, Table, content, document, folders, table
from inngest_lint.project.names.patterns import matches, targets

_PNPM = "pnpm-workspace.yaml"
_LIBRARIES = "node_modules"
_ENTRIES = ("source", "types", "typings", "module", "main")
_BY_CONVENTION = ("src/index", "index")
_DECLARATIONS = re.compile(r"\.d\.([cm]?)ts$")
# A manifest names what a build writes; the sources lie beside it.
_WRITTEN = frozenset({"dist", "build", "lib", "out", "esm", "cjs", "es", "types"})


@dataclass(frozen=True, slots=True, eq=False)
class Package:
    """A folder with a manifest that names it."""

    name: str
    folder: Path
    manifest: Table

    def places(self, subpath: str) -> Iterator[str]:
        """The places that the package, or a path below its name, may stand for."""
        for target in (*self._exported(subpath), *self._entries(subpath)):
            yield from sources(self.folder, target)

    def _exported(self, subpath: str) -> Iterator[str]:
        key = f"./{subpath}" if subpath else "."
        for value, star in matches(_by_subpath(self.manifest.get("exports")), key):
            yield from targets(value, star)

    def _entries(self, subpath: str) -> Iterator[str]:
        if subpath:
            yield from (subpath, f"src/{subpath}")
            return
        yield from (entry for entry in map(self.manifest.get, _ENTRIES) if isinstance(entry, str))
        yield from _BY_CONVENTION


@lru_cache(maxsize=4096)
def package_in(folder: Path) -> Package | None:
    """The package whose manifest lies in a folder; None where there is none, or one without a name."""
    manifest = document(folder / PACKAGE)
    name = manifest.get("name")
    return Package(name, folder, manifest) if isinstance(name, str) and name else None


@lru_cache(maxsize=4096)
def workspace_members(folder: Path) -> frozenset[Path]:
    """The folders of the packages that the workspace in a folder lists: for npm, yarn and bun, or for pnpm."""
    stated = document(folder / PACKAGE).get("workspaces")
    globs = [*strings(stated), *strings(table(stated).get("packages")), *_of_pnpm(folder)]
    found = (
        member for written in globs if not written.startswith(("!", "/", "..")) for member in _matching(folder, written)
    )
    return frozenset(member for member in found if (member / PACKAGE).is_file())


def _matching(folder: Path, written: str) -> Iterator[Path]:
    # To look in every folder there is would take long: `packages/**` is two deep in practice.
    for pattern in {written.replace("**", "*"), written.replace("**", "*/*")}:
        for member in iglob(pattern.rstrip("/"), root_dir=folder):  # noqa: PTH207 - a `Path` refuses some patterns
            if _LIBRARIES not in member:
                yield folder / normpath(member)


def _of_pnpm(folder: Path) -> list[str]:
    # The whole of YAML is not needed for a list of globs.
    listed = content(folder / _PNPM).partition("packages:")[2]
    block = re.match(r"(?:\s*(?:#[^\n]*)?\n|\s*-[^\n]*\n?)*", listed)
    return re.findall(r"""-\s*["']?([^"'\s#]+)""", block[0]) if block else []


def strings(value: object) -> list[str]:
    """The texts in a list of a document; none where it is no list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def imports(specifier: str, folder: Path) -> Iterator[str]:
    """The places that the nearest manifest gives to a specifier such as `#lib/db`."""
    for above in folders(folder):
        own = table(document(above / PACKAGE).get("imports"))
        if own:
            for value, star in matches(own, specifier):
                for target in targets(value, star):
                    yield from sources(above, target)
            return


def sources(folder: Path, target: str) -> Iterator[str]:
    """The places of the sources of a file that a manifest names."""
    parts = normpath(_DECLARATIONS.sub(r".\1js", target)).replace("\\", "/").split("/")
    if parts[0] in ("", ".."):
        return
    rest = tuple(dropwhile(_WRITTEN.__contains__, parts))
    yield _place(folder, *parts)
    if parts[0] in _WRITTEN and rest:
        yield _place(folder, "src", *rest)
        yield _place(folder, *rest)


def _place(folder: Path, *parts: str) -> str:
    # A path drops the `.` that stands for the folder itself.
    return folder.joinpath(*parts).as_posix()


def _by_subpath(exports: object) -> Mapping[str, object]:
    """What a package exports by the paths below its name; one that says only what it is has one such path."""
    exported = table(exports)
    if exported and all(key.startswith(".") for key in exported):
        return exported
    return {".": exports} if exports else {}
