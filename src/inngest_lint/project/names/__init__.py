"""Names across modules: which file an import leads to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from inngest_lint.frontends import language_of
from inngest_lint.model.function import WHOLE, Language, Module
from inngest_lint.project.names.python import PythonNames
from inngest_lint.project.names.typescript import TypeScriptNames

Path = tuple[str, ...]

# What a file exports without a name, `export *` leaves out.
_DEFAULT = "default"


class _Language(Protocol):
    def find(self, path: Path, importer: str) -> tuple[Module, Path] | None: ...
    def absolute(self, path: Path, importer: str) -> Path: ...
    def is_local(self, path: Path, importer: str) -> bool: ...
    def place(self, path: Path, importer: str) -> tuple[str, Path] | None: ...


class Names:
    """The files of a project by the names that imports know them under, each language's by its own ways."""

    def __init__(self, modules: Iterable[Module]) -> None:
        listed = tuple(modules)
        python = PythonNames(module for module in listed if module.language is Language.PYTHON)
        typescript = TypeScriptNames(module for module in listed if module.language is Language.TYPESCRIPT)
        self._ways: dict[Language, _Language] = {Language.PYTHON: python, Language.TYPESCRIPT: typescript}

    def find(self, path: Path, importer: str) -> tuple[Module, Path] | None:
        """The module an import path leads into, and the hops that are left; the longest match wins."""
        found = self._of(importer).find(path, importer)
        if found is None:
            return None
        module, rest = found
        declaring = self._declaring(module, rest[0]) if rest else None
        if declaring is None and WHOLE in module.declares:
            # What a file exports as a whole is what is imported, by default too.
            return module, (WHOLE, *(rest[1:] if rest[:1] == (_DEFAULT,) else rest))
        return declaring or module, rest

    def absolute(self, path: Path, importer: str) -> Path:
        """An import path as it is written outside of its package, or as people speak of a library."""
        return self._of(importer).absolute(path, importer)

    def is_local(self, path: Path, importer: str) -> bool:
        """Whether an import leads to a file of the project's own, loaded or not."""
        return self._of(importer).is_local(path, importer)

    def place(self, path: Path, importer: str) -> tuple[str, Path] | None:
        """The file on the disk an import path leads into, loaded or not, and the hops that are left."""
        return self._of(importer).place(path, importer)

    def _of(self, importer: str) -> _Language:
        return self._ways[language_of(importer) or Language.PYTHON]

    def _declaring(self, module: Module, name: str) -> Module | None:
        """The first module that knows a name, among one and those it re-exports whole."""
        waiting, seen = [module], set[str]()
        while waiting:
            current = waiting.pop()
            if current.binding(name) is not None:
                return current
            if current.file not in seen and name != _DEFAULT:
                seen.add(current.file)
                waiting.extend(reversed(tuple(self._re_exported(current))))
        return None

    def _re_exported(self, module: Module) -> Iterator[Module]:
        for star in module.stars:
            found = self._of(module.file).find(star, module.file)
            if found is not None and not found[1]:
                yield found[0]
