"""The names of Python: dotted, found from whichever directory the packages lie in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path, PurePosixPath

from inngest_lint.model.function import Module
from inngest_lint.text import shown

_PACKAGE = "__init__"


class PythonNames:
    """The files of a project by the dotted names Python imports them under."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self._by_last: dict[str, list[tuple[tuple[str, ...], Module]]] = {}
        for module in modules:
            parts = _parts(module.file)
            if parts:
                self._by_last.setdefault(parts[-1], []).append((parts, module))

    def find(self, path: tuple[str, ...], importer: str) -> tuple[Module, tuple[str, ...]] | None:
        """The module an import path leads into, and the hops that are left; the longest match wins."""
        absolute = _absolute(path, importer)
        for length in range(len(absolute), 0, -1):
            module = self._module(absolute[:length], importer)
            if module is not None and module.file != importer:
                return module, absolute[length:]
        return None

    def absolute(self, path: tuple[str, ...], importer: str) -> tuple[str, ...]:
        """An import path as it is written outside the package: `.store.save` as `shop.store.save`."""
        if path[:1] != (".",):
            return path
        outside = len(_folder(importer)) - _depth(Path(importer).parent.absolute())
        return _absolute(path, importer)[max(outside, 0) :]

    def is_local(self, path: tuple[str, ...], importer: str) -> bool:
        """Whether an import leads to a file beside the importing one or above it, loaded or not."""
        if path[:1] == (".",):
            return True
        return any(_holds(folder, path[0]) for folder in _folders(Path(importer).parent.absolute()))

    def place(self, path: tuple[str, ...], importer: str) -> tuple[str, tuple[str, ...]] | None:
        """The file on the disk that an import path leads into, and the hops that are left; the longest match wins."""
        dots = next((index for index, hop in enumerate(path) if hop != "."), len(path))
        above = Path(importer).parent.absolute()
        roots = (above, *above.parents)[dots - 1 : dots] if dots else _folders(Path(importer).parent.absolute())
        names = path[dots:]
        for root in roots:
            for length in range(len(names), 0, -1):
                file = _file_of(root, names[:length])
                if file is not None:
                    return shown(file), names[length:]
        return None

    def _module(self, dotted: tuple[str, ...], importer: str) -> Module | None:
        # A file's path ends with the dotted name, wherever the root of the packages lies (`src/`, `backend/`).
        found = [
            (parts, module) for parts, module in self._by_last.get(dotted[-1], ()) if parts[-len(dotted) :] == dotted
        ]
        if not found:
            return None
        near = _parts(importer)
        return max(found, key=lambda candidate: _shared(candidate[0], near))[1]


@lru_cache(maxsize=1024)
def _folders(directory: Path) -> tuple[Path, ...]:
    """The directories that packages may be imported from: up to the root of the repository, `src/` included."""
    found: list[Path] = []
    for folder in (directory, *directory.parents):
        found.extend((folder, folder / "src"))
        if (folder / ".git").exists():
            break
    return tuple(found)


@lru_cache(maxsize=1024)
def _depth(directory: Path) -> int:
    """How many packages deep a directory lies; one that is no package counts as one, as namespace packages do."""
    packages = 0
    for folder in (directory, *directory.parents):
        if not (folder / "__init__.py").is_file():
            break
        packages += 1
    return max(packages, 1)


@lru_cache(maxsize=4096)
def _holds(folder: Path, name: str) -> bool:
    return (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file()


@lru_cache(maxsize=4096)
def _file_of(root: Path, names: tuple[str, ...]) -> str | None:
    place = root.joinpath(*names)
    for file in (place.with_name(f"{place.name}.py"), place / f"{_PACKAGE}.py"):
        if file.is_file():
            return file.as_posix()
    return None


def _parts(file: str) -> tuple[str, ...]:
    name = PurePosixPath(file).stem
    return _folder(file) if name == _PACKAGE else (*_folder(file), name)


def _folder(file: str) -> tuple[str, ...]:
    """The directories a file lies in, without the root of an absolute path."""
    return tuple(part for part in PurePosixPath(file).parent.parts if part not in ("/", "."))


def _absolute(path: tuple[str, ...], importer: str) -> tuple[str, ...]:
    dots = next((index for index, hop in enumerate(path) if hop != "."), len(path))
    if not dots:
        return path
    base = _folder(importer)
    return (*base[: len(base) - dots + 1], *path[dots:])


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
