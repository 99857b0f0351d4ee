"""Reading: the text of a file, or why there is none."""

from __future__ import annotations

import codecs
import os
import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.text import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHER_LANGUAGE = "not a Python, TypeScript or JavaScript file"
"""Why a file is not read whose name tells of none of the languages that are."""

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_PYTHON_SUFFIXES = (".py", ".pyi")

# PEP 263: a comment on the first line, or on the second below a blank or a comment.
_DECLARATION = re.compile(rb"[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")
_NO_CODE = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)")


@dataclass(frozen=True, slots=True)
class Irrelevant:
    """A file that has nothing to do with Inngest."""

    file: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A path that could not be read, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Undecodable:
    """A file whose bytes are no text from an offset on, and why."""

    file: str
    data: bytes
    offset: int
    message: str


def read(file: str) -> Source | Irrelevant | Undecodable | Unreadable:
    """The text of a file that mentions Inngest."""
    data = contents(file)
    if isinstance(data, Unreadable):
        return data
    return decode(file, data) if mentions_inngest(file, data) else Irrelevant(file)


def typed(file: str, text: str) -> Source | Irrelevant:
    """What an editor holds of a file, which is text already, whatever encoding it declares."""
    data = encoded(text)
    return Source(file, data) if mentions_inngest(file, data) else Irrelevant(file)


def encoded(text: str) -> bytes:
    """A text as the bytes of a source; half a character, which an editor may send, becomes a question mark."""
    return text.encode("utf-8", "replace")


def text_of(file: str) -> Source | None:
    """The text of a file, whatever it mentions; None where it has none."""
    data = contents(file)
    source = decode(file, data) if not isinstance(data, Unreadable) else None
    return source if isinstance(source, Source) else None


def contents(file: str) -> bytes | Unreadable:
    """The bytes of a regular file; anything else, which might never end, is not read."""
    try:
        descriptor = os.open(file, _FLAGS)
    except (OSError, ValueError) as error:
        return Unreadable(file, reason(error))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return Unreadable(file, "not a regular file")
        return b"".join(_chunks(descriptor, status.st_size + 1))
    except OSError as error:
        return Unreadable(file, reason(error))
    finally:
        os.close(descriptor)


def mentions_inngest(file: str, data: bytes) -> bool:
    """Whether a file can hold an Inngest function; the client may come from a module of the project's own."""
    creates = b"create_function" if file.endswith(_PYTHON_SUFFIXES) else b"createFunction"
    return b"inngest" in data or creates in data


def decode(file: str, data: bytes) -> Source | Undecodable:
    """The text of a file as UTF-8, from the encoding that its mark or its declaration names."""
    declared = _declaration(data) if file.endswith(_PYTHON_SUFFIXES) else None
    name = _codec(declared[1].decode()) if declared else "utf-8"
    try:
        text = data.decode(name)
    except LookupError:
        return Undecodable(file, data, declared.start(1) if declared else 0, f"unknown encoding `{name}`")
    except UnicodeDecodeError as error:
        return Undecodable(file, data, error.start, f"the file is not valid {name}")
    except (UnicodeError, ValueError):
        return Undecodable(file, data, 0, f"the file is not valid {name}")
    if codecs.lookup(name).name.startswith("utf-8"):
        return Source(file, data)
    if data.startswith(codecs.BOM_UTF8) and declared:
        return Undecodable(file, data, declared.start(1), f"`{name}` is declared below a UTF-8 byte order mark")
    return Source(file, text.encode("utf-8", "replace"))


def reason(error: OSError | ValueError) -> str:
    """What an error of the operating system says, as it stands in a sentence."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return text[:1].lower() + text[1:]


def _chunks(descriptor: int, size: int) -> Iterator[bytes]:
    while chunk := os.read(descriptor, size):
        yield chunk


def _declaration(data: bytes) -> re.Match[bytes] | None:
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    first = _DECLARATION.match(data, start)
    if first is not None:
        return first
    line = _NO_CODE.match(data, start)
    return _DECLARATION.match(data, line.end()) if line else None


def _codec(declared: str) -> str:
    # Emacs writes `utf-8-unix`; Python reads no further than the encoding of such names.
    name = declared.lower().replace("_", "-")
    known = ("utf-8", "latin-1", "iso-8859-1", "iso-latin-1")
    return next((each for each in known if name.startswith(each + "-")), declared)
