"""Writing: the text of a file replaced as a whole, or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from inngest_lint.files.reading import Undecodable, Unreadable, contents, decode, reason
from inngest_lint.text import Source


class NotWrittenError(Exception):
    """A file that was left as it was, and why."""


def rewrite(before: Source, after: Source) -> None:
    """Give a file another text, in its own encoding; raises a `NotWrittenError` where it is not what was read."""
    data = contents(before.file)
    if isinstance(data, Unreadable):
        raise NotWrittenError(data.reason)
    found = decode(before.file, data)
    if isinstance(found, Undecodable) or found.text != before.text:
        raise NotWrittenError("it was changed in the meantime")
    if not _is_writable(before.file):
        raise NotWrittenError("it is read-only")
    text = encoded(data, before, after)
    try:
        replace(before.file, text)
    except OSError as error:
        raise NotWrittenError(reason(error)) from None


def replace(file: str, data: bytes) -> None:
    """Put a file in the place of another one, whose permissions it takes; raises an `OSError`.

    Who reads it meanwhile sees the old one or the new one, and a link to it stays one.
    """
    import tempfile  # noqa: PLC0415 - most runs write nothing

    target = Path(os.path.realpath(file))
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        draft.chmod(_mode(target))
        draft.replace(target)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise


def encoded(data: bytes, before: Source, after: Source) -> bytes:
    """A text in the encoding of the bytes that were read before; raises a `NotWrittenError` where it has no room."""
    if data == before.text:
        return after.text
    import io  # noqa: PLC0415 - few files have another encoding than UTF-8
    import tokenize  # noqa: PLC0415 - as above

    try:
        # A lone carriage return ends a line of Python, but none of `BytesIO`.
        name, _ = tokenize.detect_encoding(io.BytesIO(data.replace(b"\r", b"\n")).readline)
        if before.text.decode().encode(name) != data:
            raise NotWrittenError(f"it is not {name} throughout")
        return after.text.decode().encode(name)
    except (SyntaxError, UnicodeError):
        raise NotWrittenError("its encoding has no room for what is to be written") from None


def _mode(target: Path) -> int:
    """The permissions of a file; those that a new one gets where there is none."""
    try:
        return target.stat().st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _is_writable(file: str) -> bool:
    """Whether a file may be written to, which its directory does not ask when another is put in its place."""
    return os.access(file, os.W_OK) and bool(_mode(Path(file)) & 0o222)
