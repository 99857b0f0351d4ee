"""The corpus: every Python file and page block of this repository that has to do with Inngest."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from pages import DEEP_CASES, ROOT, RULE_PAGES, read_page

from inngest_lint.frontends import lower
from inngest_lint.model.body import Body
from inngest_lint.model.function import Module
from inngest_lint.model.value import Closure
from inngest_lint.model.walk import closures, everywhere, values
from inngest_lint.text import Source

FILES = ("examples/**/*.py", "tests/fixtures/**/*.py")
PAGES = (RULE_PAGES, DEEP_CASES, ROOT / "tests" / "fixtures" / "parity")


@cache
def corpus() -> tuple[tuple[Source, Module], ...]:
    """Each source that the running Python can read, with the module it is lowered to."""
    return tuple((source, lower(source)) for source in sources() if _is_valid(source))


def _is_valid(source: Source) -> bool:
    try:
        ast.parse(source.text)
    except SyntaxError:
        return False
    return True


def sources() -> Iterator[Source]:
    """Each source of the corpus, those that are no Python included."""
    for pattern in FILES:
        for path in sorted(ROOT.glob(pattern)):
            yield Source(path.relative_to(ROOT).as_posix(), path.read_bytes())
    for directory in PAGES:
        for page in sorted(directory.glob("*.md")):
            for section in read_page(page).sections:
                for block in section.of("python"):
                    yield Source(f"{page.relative_to(ROOT).as_posix()}:{block.line}.py", block.text.encode())


def handlers(module: Module) -> Iterator[Body]:
    """The bodies Inngest calls."""
    for function in module.functions:
        yield function.handler
        if function.on_failure is not None:
            yield function.on_failure


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
            waiting.extend(value.body for value in values(operation) if isinstance(value, Closure))
