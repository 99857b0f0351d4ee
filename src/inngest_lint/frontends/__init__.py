"""The front ends: each reads one language and lowers it to the model."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from inngest_lint.model.language import Language

if TYPE_CHECKING:
    from collections.abc import Collection

    from inngest_lint.frontends.asked import Asked
    from inngest_lint.model.function import Module
    from inngest_lint.text import Source

_OF_TYPESCRIPT = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
SUFFIXES: dict[str, Language] = {".py": Language.PYTHON, **dict.fromkeys(_OF_TYPESCRIPT, Language.TYPESCRIPT)}


class Opened(Protocol):
    """A file that is being lowered, as far as it has to be."""

    def lower(self, asked: Collection[Asked] = ()) -> Module:
        """The file as a module of the model, with what others ask of it, now or before."""


class _FrontEnd(Protocol):
    def opened(self, source: Source) -> Opened: ...


def language_of(file: str) -> Language | None:
    """The language a file's name tells of; None where no front end reads it."""
    return SUFFIXES.get(os.path.splitext(file)[1])  # noqa: PTH122 - asked for every import of every file


def lower(source: Source) -> Module:
    """A file as a module of the model; raises ValueError where no front end reads such files."""
    return opened(source).lower()


def opened(source: Source) -> Opened:
    """A file, opened by the front end of its language; raises ValueError where no front end reads such files."""
    language = language_of(source.file)
    if language is None:
        raise ValueError(f"no front end reads `{source.file}`")
    # A front end brings its parser with it, so it is imported when the first file asks for it.
    front_end: _FrontEnd = import_module(f"{__name__}.{language.value}")
    return front_end.opened(source)
