"""Validity: whether the statements that nothing needed to parse are Python at all."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterable, Iterator

from inngest_lint.model.function import Problem
from inngest_lint.text import Source, Span

_NUL = b"\0"
_RECURSION_LIMIT = 1000


def doubtful(source: Source, statements: Iterable[Span]) -> Iterator[Span]:
    """The statements that the running interpreter refuses; it is asked because it is ten times faster than libcst.

    It may be older than the code it is asked about, so libcst has the last word.
    """
    texts = {span: source.text[span.start : span.end] for span in statements}
    if not _is_accepted(b"\n".join(texts.values())):
        yield from (span for span, text in texts.items() if not _is_accepted(text))


def nul_bytes(source: Source) -> Iterator[Problem]:
    """The first NUL byte of a file, which no Python accepts, not even in a string."""
    at = source.text.find(_NUL)
    if at >= 0:
        yield Problem(Span(source.file, at, at + 1), "a NUL byte is not valid in Python")


def _is_accepted(text: bytes) -> bool:
    return refusal(text.decode("utf-8-sig", "replace")) is None


def refusal(text: str) -> Exception | None:
    """What the running interpreter has against a text; None where it accepts it."""
    read = _read(text)
    return read if isinstance(read, Exception) else None


def tree_of(text: str) -> ast.Module | None:
    """A text as the running interpreter reads it; None where it refuses it."""
    read = _read(text)
    return None if isinstance(read, Exception) else read


def _read(text: str) -> ast.Module | Exception:
    before = sys.getrecursionlimit()
    with warnings.catch_warnings():
        # What the compiler thinks of the user's escapes is not ours to print.
        warnings.simplefilter("ignore")
        try:
            # The compiler trusts this limit with its own stack: as high as visitors need it, long sums would end us.
            sys.setrecursionlimit(min(before, _RECURSION_LIMIT))
            return ast.parse(text, "<linted>")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return error
        finally:
            sys.setrecursionlimit(before)
