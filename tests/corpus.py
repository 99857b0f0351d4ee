"""The corpus: every file and page block of this repository that has to do with Inngest."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from pages import DEEP_CASES, ROOT, RULE_PAGES, SUFFIXES, read_page
from trees import parsed

from inngest_lint.frontends import language_of, lower
from inngest_lint.model.body import Body
from inngest_lint.model.function import Module
from inngest_lint.model.language import Language
from inngest_lint.model.walk import closures, closures_in, everywhere
from inngest_lint.text import Source

PLACES = ("examples", "tests/fixtures")
PAGES = (RULE_PAGES, DEEP_CASES, ROOT / "tests" / "fixtures" / "parity")


@cache
def corpus(language: Language) -> tuple[tuple[Source, Module], ...]:
    """Each source in a language that its own parser can read, with the module it is lowered to."""
    found = (source for source in sources() if language_of(source.file) is language)
    return tuple((source, lower(source)) for source in found if _is_valid(source, language))


def _is_valid(source: Source, language: Language) -> bool:
    if language is Language.TYPESCRIPT:
        return not parsed(source).root_node.has_error
    try:
        ast.parse(source.text)
    except SyntaxError:
        return False
    return True


def sources() -> Iterator[Source]:
    """Each source of the corpus, those that do not parse included."""
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*")):
            if path.is_file() and language_of(path.name) is not None:
                yield Source(path.relative_to(ROOT).as_posix(), path.read_bytes())
    for directory in PAGES:
        for page in sorted(directory.glob("*.md")):
            for section in read_page(page).sections:
                for block in section.of(*SUFFIXES):
                    name = f"{page.relative_to(ROOT).as_posix()}:{block.line}{SUFFIXES[block.language]}"
                    yield Source(name, block.text.encode())


def handlers(module: Module) -> Iterator[Body]:
    """The bodies Inngest calls that the file has itself: of others it has only the name."""
    for function in module.functions:
        entries = (function.handler, function.on_failure)
        yield from (entry for entry in entries if entry is not None and not _is_a_name(entry))


def _is_a_name(body: Body) -> bool:
    return bool(body.block) and all(operation.span == body.span for operation in body.block)


def bodies(module: Module) -> Iterator[Body]:
    """Every body of a module, closures included, each once."""
    seen: set[int] = set()
    waiting = [*handlers(module), *module.bodies]
    waiting.extend(body for value in module.names.values() for body in closures(value))
    while waiting:
        body = waiting.pop()
        if id(body) in seen:
            continue
        seen.add(id(body))
        yield body
        for operation in everywhere(body.block):
            waiting.extend(closures_in(operation))
