"""Escapes: foreign text made harmless for a terminal."""

from __future__ import annotations

import re

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNSAFE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_BIDI}\u2028\u2029\ud800-\udfff]")
_UNDECODED = re.compile("[\udc80-\udcff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def safe(text: str) -> str:
    """Text in which only tabs and newlines are left of all that a terminal would obey."""
    return _UNSAFE.sub(lambda match: _picture(ord(match.group())), text)


def one_line(text: str) -> str:
    """Safe text on a single line."""
    return safe(" ".join(text.split("\n")).replace("\t", " "))


def safe_path(path: str) -> str:
    r"""A path on a single line; bytes that are no text in the file system's encoding become `\xNN`."""
    shown = path.replace("\n", "\\n").replace("\t", "\\t")
    return safe(_UNDECODED.sub(lambda match: f"\\x{ord(match.group()) - 0xDC00:02x}", shown))


def well_formed(text: str) -> str:
    """Text that every encoding of Unicode has; bytes of a path that are no text become U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def _picture(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"\\u{{{code:x}}}"
