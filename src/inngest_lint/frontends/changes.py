"""Changes: where the text of a file puts something into a collection that has a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from inngest_lint.frontends.vocabulary import vocabulary
from inngest_lint.model.language import Language


def changes(text: bytes, language: Language) -> Iterator[tuple[str, int]]:
    """The names that something may be put into, each with the offset where that is written."""
    for match in _pattern(language).finditer(text):
        yield match[1].decode(), match.start()


@cache
def _pattern(language: Language) -> re.Pattern[bytes]:
    methods = "|".join(sorted(vocabulary(language).mutators)).encode()
    # `jobs.push(…)`, `jobs["a"] = …`
    return re.compile(rb"(?<![\w.$])([A-Za-z_]\w*)(?:\s*\.\s*(?:" + methods + rb")\s*\(|\[[^\]\n]*\]\s*=(?!=))")
