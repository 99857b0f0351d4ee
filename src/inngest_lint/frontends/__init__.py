"""The front ends: each reads one language and lowers it to the model."""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

from inngest_lint.model.language import Language

if TYPE_CHECKING:
    from collections.abc import Collection

    from inngest_lint.frontends.asked import Asked
    from inngest_lint.model.function import Module
    from inngest_lint.text import Source

_OF_TYPESCRIPT = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
SUFFIXES: dict[str, Language] = {".py": Language.PYTHON, **dict.fromkeys(_OF_TYPESCRIPT, Language.TYPESCRIPT)}


class _FrontEnd(Protocol):
    def lower(self, source: Source, asked: Collection[Asked]) -> Module: ...


def language_of(file: str) -> Language | None:
    """The language a file's name tells of; None where no front end reads it."""
    return SUFFIXES.get(PurePath(file).suffix)


def lower(source: Source, asked: Collection[Asked] = ()) -> Module:
    """A file as a module of the model, lowered by the front end of its language, with what others ask of it.

    Raises ValueError where no front end reads such files.
    """
    language = language_of(source.file)
    if language is None:
        raise ValueError(f"no front end reads `{source.file}`")
    # A front end brings its parser with it, so it is imported when the first file asks for it.
    front_end: _FrontEnd = import_module(f"{__name__}.{language.value}")
    return front_end.lower(source, asked)
