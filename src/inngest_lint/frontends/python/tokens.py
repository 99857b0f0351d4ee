"""Tokens: the strings, comments, brackets and line starts of Python source, found without parsing it."""

from __future__ import annotations

import re

WORD_END = rb"(?![\w\x80-\xff])"
# One way to read each line end: a choice inside a repetition would be tried again and again.
LINE_END = rb"(?:\r?\n|\r(?!\n))"
# The start of a line whose first code is at column 0; a form feed resets the column.
_LINE_START = rb"(?:[ \t\f]*\f)?(?=[^\s#])"
# A string with one quote, closed or not, or three quotes that open one. `\` takes the next byte along, raw or not.
_STRINGS = (
    rb'"(?:("")|[^"\\\r\n]*(?:\\(?:\r\n|.)[^"\\\r\n]*)*(")?)',
    rb"'(?:('')|[^'\\\r\n]*(?:\\(?:\r\n|.)[^'\\\r\n]*)*(')?)",
)
# The groups that hold three opening quotes; the others hold the quote that closes.
THREE_QUOTES = {1, 3}
# Every branch starts with a literal byte: the search then skips over all other bytes at once.
_BRANCHES = (
    rb"\n" + _LINE_START,
    rb"\r" + _LINE_START,
    rb"\(|\[|\{|\)|\]|\}",
    *_STRINGS,
    rb"#[^\r\n]*",
    rb"\\" + LINE_END,
)
TOKEN = re.compile(rb"|".join(_BRANCHES), re.DOTALL)
_FIELD_TOKEN = re.compile(rb"|".join((*_BRANCHES, rb":")), re.DOTALL)
# What follows three opening quotes, with the closing ones in the group if there are any.
REST = {
    b'"""': re.compile(rb'[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(""")?', re.DOTALL),
    b"'''": re.compile(rb"[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(''')?", re.DOTALL),
}
_LITERAL = {
    mark: re.compile(rb"\\(?:\r\n|[^{}])|\{\{|\{|\}\}|\}|" + mark + (rb"|\r|\n" if len(mark) == 1 else b""))
    for mark in (b'"', b"'", b'"""', b"'''")
}
_PREFIX = re.compile(rb"(?<!\w)(?:[FTft][Rr]?|[Rr][FTft])\Z")

# No line inside brackets starts like this in valid code, but for a matrix product right above a definition.
_STATEMENT_STARTS = (
    rb"(?:async[ \t]+(?:def|with)|def|class|import|while|with|try|return|raise|assert|del|pass|global)" + WORD_END,
    rb"from[ \t]+[\w.\x80-\xff]+[ \t]+import" + WORD_END,
    rb"(?:if|(?:async[ \t]+)?for)" + WORD_END + rb"[^\r\n]*:[ \t]*(?:#[^\r\n]*)?(?:[\r\n]|\Z)",
    rb"@[^\r\n]*%(end)s(?:(?:[ \t\f)\]}@#][^\r\n]*)?%(end)s){0,100}(?:async[ \t]+def|def|class)" % {b"end": LINE_END}
    + WORD_END,
)
_STATEMENT_START = rb"(?:" + rb"|".join(_STATEMENT_STARTS) + rb")"
STATEMENT_ONLY = re.compile(_STATEMENT_START)
# A line start after which a string that never closes is taken to have ended.
RESUME = re.compile(rb"[\r\n](?:[ \t\f]*\f)?(?=" + _STATEMENT_START + rb")")

# What an interpolated string holds open besides its quotes and brackets.
_FIELD = b"field"
_FORMAT = b"format"
_OPENER = {b")": (b"(",), b"]": (b"[",), b"}": (b"{", _FIELD)}


class Interpolation:
    """A reader of one f-string or t-string by the grammar of Python 3.12, where a field may reuse the quotes.

    What older Pythons accept reads the same; where it does not close, the older rule is the better guess.
    """

    def __init__(self, text: bytes, token: re.Match[bytes]) -> None:
        self.text = text
        self.comments: list[tuple[int, int, bool]] = []
        self.deepest = self._depth = 0
        self._open: list[bytes] = []
        self._marks: list[bytes] = []
        self.position = token.start()
        self._start_string(token)

    def closes(self) -> bool:
        """Whether the string closes; `position` is then its end, else how far it was read."""
        while self._open:
            literal = self._open[-1] is _FORMAT or self._open[-1] in _LITERAL
            pattern = _LITERAL[self._marks[-1]] if literal else _FIELD_TOKEN
            token = pattern.search(self.text, self.position)
            if token is None:
                self.position = len(self.text)
                return False
            self.position = token.end()
            if not (self._literal(token) if literal else self._expression(token)):
                return False
        return True

    def _start_string(self, token: re.Match[bytes]) -> None:
        mark = token[0] if token.lastindex in THREE_QUOTES else token[0][:1]
        self.position = token.start() + len(mark)
        self._open.append(mark)
        self._marks.append(mark)

    def _start_bracket(self, kind: bytes) -> None:
        self._open.append(kind)
        self._depth += 1
        self.deepest = max(self.deepest, self._depth)

    def _literal(self, token: re.Match[bytes]) -> bool:
        formatting = self._open[-1] is _FORMAT
        match token[0]:
            # A format holds fields but no doubled braces.
            case b"{" | b"{{" if formatting or token[0] == b"{":
                self.position = token.start() + 1
                self._start_bracket(_FIELD)
            case b"}" | b"}}" if formatting:
                self.position = token.start() + 1
                del self._open[-2:]
                self._depth -= 1
            case b"\r" | b"\n":
                return formatting and bool(self._open.pop())
            case mark if mark == self._marks[-1]:
                self._open.pop()
                self._marks.pop()
                return not formatting
        return True

    def _expression(self, token: re.Match[bytes]) -> bool:
        start = token.start()
        match self.text[start : start + 1]:
            case b"(" | b"[" | b"{" as kind:
                self._start_bracket(kind)
            case b")" | b"]" | b"}" as kind:
                self._depth -= 1
                return self._open.pop() in _OPENER[kind]
            case b'"' | b"'":
                return self._string(token)
            case b":" if self._open[-1] is _FIELD:
                self._open.append(_FORMAT)
            case b"#":
                self.comments.append((start, self.position, alone(self.text, start)))
            case b"\n" | b"\r":
                return not STATEMENT_ONLY.match(self.text, self.position)
        return True

    def _string(self, token: re.Match[bytes]) -> bool:
        if interpolates(self.text, token.start()):
            self._start_string(token)
            return True
        if token.lastindex not in THREE_QUOTES:
            return token.lastindex is not None
        rest = REST[token[0]].match(self.text, token.end())
        self.position = rest.end() if rest else token.end()
        return rest is not None and rest.lastindex is not None


def interpolates(text: bytes, quote: int) -> bool:
    """Whether the string whose first quote is at `quote` is an f-string or a t-string."""
    return text[quote - 1] in b"FRTfrt" and _PREFIX.search(text[max(quote - 3, 0) : quote]) is not None


def alone(text: bytes, start: int) -> bool:
    """Whether nothing but white space stands before `start` on its line."""
    while start > 0 and text[start - 1] in b" \t\f":
        start -= 1
    return start == 0 or text[start - 1] in b"\r\n" or (start == 3 and text.startswith(b"\xef\xbb\xbf"))
