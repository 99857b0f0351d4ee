"""The statement scanner, held against `ast` and `tokenize` over the standard library, and by hand."""

from __future__ import annotations

import ast
import io
import re
import sysconfig
import tokenize
import warnings
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inngest_lint.frontends.python.statements import Head, HeadKind, Statement, kind_of, scan, too_deep
from inngest_lint.text import ColumnUnit, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

_STANDARD_LIBRARY = Path(sysconfig.get_paths()["stdlib"])
_SEMICOLON = re.compile(rb"[ \t]*;(?:[ \t;]|\\\r?\n)*")
_NO_CODE = re.compile(rb"(?:[\s\\;]|#[^\r\n]*)*")


def _standard_library() -> Iterator[tuple[str, str]]:
    """The name and text of each file of the standard library that can be decoded."""
    for path in sorted(_STANDARD_LIBRARY.rglob("*.py")):
        if "site-packages" in path.parts:
            continue
        data = path.read_bytes()
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            yield str(path.relative_to(_STANDARD_LIBRARY)), data.decode(encoding)
        except (SyntaxError, UnicodeDecodeError):
            continue


def _parsed(text: str) -> list[ast.stmt] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _expected(source: Source, nodes: list[ast.stmt]) -> list[tuple[int, int]]:
    """The start and the end of each logical line or block, as `ast` has them."""
    expected: list[tuple[int, int]] = []
    for node in nodes:
        start, end = _extent(source, node)
        if expected and _SEMICOLON.fullmatch(source.text, expected[-1][1], start):
            start, _ = expected.pop()
        expected.append((start, end))
    return expected


def _extent(source: Source, node: ast.stmt) -> tuple[int, int]:
    starts = source.line_starts
    end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
    match node:
        case ast.FunctionDef(decorator_list=[first, *_]) | ast.AsyncFunctionDef(decorator_list=[first, *_]):
            return source.text.rfind(b"@", 0, starts[first.lineno - 1] + first.col_offset), end
        case ast.ClassDef(decorator_list=[first, *_]):
            return source.text.rfind(b"@", 0, starts[first.lineno - 1] + first.col_offset), end
    return starts[node.lineno - 1] + node.col_offset, end


def _agrees(text: bytes, statements: tuple[Statement, ...], expected: list[tuple[int, int]]) -> bool:
    return [statement.start for statement in statements] == [start for start, _ in expected] and all(
        not statement.broken and statement.end >= end and _NO_CODE.fullmatch(text, end, statement.end)
        for statement, (_, end) in zip(statements, expected, strict=True)
    )


def test_statements_start_and_end_where_ast_has_them_in_the_whole_standard_library() -> None:
    mismatches, held = [], 0
    for name, text in _standard_library():
        source = Source(name, text.encode())
        nodes = _parsed(text)
        if nodes is None:
            continue
        held += 1
        if not _agrees(source.text, scan(source.text).statements, _expected(source, nodes)):
            mismatches.append(name)

    assert mismatches == []
    assert held > 100


def test_comments_are_those_of_tokenize() -> None:
    mismatches = []
    for name, text in islice(_standard_library(), 0, None, 20):
        try:
            tokens = list(tokenize.generate_tokens(io.StringIO(text, newline="").readline))
        except (SyntaxError, tokenize.TokenError):
            continue
        expected = [(token.start, token.string, _first(token)) for token in tokens if token.type == tokenize.COMMENT]
        if _comments(Source(name, text.encode())) != expected:
            mismatches.append(name)

    assert mismatches == []


def _first(token: tokenize.TokenInfo) -> bool:
    return not token.line.splitlines()[0][: token.start[1]].strip()


def _comments(source: Source) -> list[tuple[tuple[int, int], str, bool]]:
    found = []
    for start, end, alone in scan(source.text).comments:
        position = source.position(start, ColumnUnit.CHARACTERS)
        found.append(((position.line + 1, position.column), source.text[start:end].decode(), alone))
    return found


def _cut(text: bytes) -> list[bytes]:
    return [text[statement.start : statement.end] for statement in scan(text).statements]


def _broken(text: bytes) -> list[bytes]:
    return [text[statement.start : statement.end] for statement in scan(text).statements if statement.broken]


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        pytest.param(b"", [], id="nothing"),
        pytest.param(b"# only a comment\n\n", [], id="comments only"),
        pytest.param(b"a\nb", [b"a", b"b"], id="no line end at the end"),
        pytest.param(b"a\rb\r\rc = (\r1)\r", [b"a", b"b", b"c = (\r1)"], id="lone carriage returns"),
        pytest.param(b"a\r\nif b:\r\n  c\r\n\r\n  d\r\n", [b"a", b"if b:\r\n  c\r\n\r\n  d"], id="CRLF"),
        pytest.param(b"a\n\fb\n \f\fc\n\f\n\f d\n", [b"a", b"b", b"c\n\f\n\f d"], id="form feeds"),
        pytest.param(b"\xef\xbb\xbfa = 1\nb", [b"a = 1", b"b"], id="byte order mark"),
        pytest.param(b"\xef\xbb\xbf# a\nb", [b"b"], id="byte order mark before a comment"),
        pytest.param(b"a; b\nc", [b"a; b", b"c"], id="small statements on a line"),
        pytest.param(b"a = 1 + \\\nb\nc", [b"a = 1 + \\\nb", b"c"], id="continuation"),
        pytest.param(b"\\\na\nb\n", [b"a", b"b"], id="continuation before the first statement"),
        pytest.param(b"if a:\n  b\nelse:\n  c\nelsewhere", [b"if a:\n  b\nelse:\n  c", b"elsewhere"], id="else"),
        pytest.param(
            b"@a\n# b\n@c(\n1)\n\nclass D: ...\nd", [b"@a\n# b\n@c(\n1)\n\nclass D: ...", b"d"], id="decorated"
        ),
        pytest.param(b"x = '''\ndef f(): '''\ny", [b"x = '''\ndef f(): '''", b"y"], id="three quotes"),
        pytest.param(rb'x = r"\""' + b"\ny", [rb'x = r"\""', b"y"], id="raw string"),
        pytest.param(b"x = 'a\\\nb'\ny", [b"x = 'a\\\nb'", b"y"], id="string over two lines"),
        pytest.param(b'x = a if"{"else"("\ny', [b'x = a if"{"else"("', b"y"], id="keyword beside a string"),
        pytest.param(b"x = [a\nfor a in b\nif c]\ny", [b"x = [a\nfor a in b\nif c]", b"y"], id="comprehension"),
        pytest.param(b"x = (a\n@ b)\ny", [b"x = (a\n@ b)", b"y"], id="matrix product"),
    ],
)
def test_a_module_is_cut_where_a_line_starts_a_statement(text: bytes, statements: list[bytes]) -> None:
    assert _cut(text) == statements
    assert _broken(text) == []


@pytest.mark.parametrize(
    "string",
    [
        b'f"{x["a"]}"',
        b'f"{x["("]}"',
        b'f"{f"{f"{1}"}"}"',
        b'f"{f(\n"a"\n)}"',
        b'f"""{\nx["""a"""] # }\n}"""',
        b"f'{x:\"^{w['(']}}'",
        b"rf'{x}\\''",
        b"Rb'{('",
        b'f"{{("',
        b'f"{ {1: "("}["a"]:{{1:2}[1]}}}}"',
        b'f"\\N{LEFT PARENTHESIS}\\{1}"',
        b't"{x["\'("]!r:>{w}}"',
    ],
)
def test_an_interpolated_string_may_hold_quotes_and_brackets_in_its_fields(string: bytes) -> None:
    text = b"a = " + string + b"\nb = 1\n"

    assert _cut(text) == [b"a = " + string, b"b = 1"]
    assert _broken(text) == []


@pytest.mark.parametrize("half", [b"x = f(1,", b"x = [", b"x = '", b'x = f"{a', b"x = f'''{a", b'x = """a'])
@pytest.mark.parametrize(
    "after",
    [
        b"def g(a):\n    return {a}",
        b"async def g(): ...",
        b"class C:\n    pass",
        b"@client.create_function(\n    fn_id='a',\n)\nasync def g(ctx):\n    pass",
        b"import a",
        b"from .a import (\nb)",
        b'if __name__ == "__main__":\n    f()',
        b"for a in b: # c\n    d",
        b"while a: b",
        b"with a: b",
        b"try:\n    a\nexcept B:\n    c",
        b"return 1",
    ],
)
def test_a_half_typed_statement_ends_where_another_must_start(half: bytes, after: bytes) -> None:
    text = b"a = 1\n" + half + b"\n\n" + after + b"\nb = 2\n"

    assert _cut(text)[0] == b"a = 1"
    assert _cut(text)[-2:] == [after, b"b = 2"]
    assert _broken(text) == [half]


def test_a_bracket_left_open_inside_a_function_does_not_reach_the_next_one() -> None:
    text = b"def f():\n    g(\n\n# about h\n@d\ndef h(): ...\n"

    assert _cut(text) == [b"def f():\n    g(", b"@d\ndef h(): ..."]
    assert _broken(text) == [b"def f():\n    g("]


def test_an_interpolated_string_with_a_field_left_open_ends_at_the_quote() -> None:
    assert _cut(b'x = f"{a"\ny = f"{b}"\ndef f(): ...\n') == [b'x = f"{a"', b'y = f"{b}"', b"def f(): ..."]


def test_a_decorator_over_no_definition_is_broken() -> None:
    assert _broken(b"@client.\na = 1\n") == [b"@client."]


def test_a_closing_bracket_too_many_is_passed_over() -> None:
    assert _cut(b"a)\nb\n") == [b"a)", b"b"]


def test_code_before_the_first_line_at_column_zero_is_a_statement() -> None:
    assert _cut(b"  a\n  b\nc\n") == [b"a\n  b", b"c"]


def test_the_comments_at_column_zero_after_a_statement_are_not_part_of_it() -> None:
    text = b"def f():\n    a # 1\n# 2\n    b\n    # 3\n\n# 4\n  \n# 5\nc # 6\n# 7"

    assert _cut(text) == [b"def f():\n    a # 1\n# 2\n    b\n    # 3", b"c # 6"]


def test_a_comment_knows_whether_it_stands_alone() -> None:
    text = b"\xef\xbb\xbf# 1\na # 2\n  # 3\nb = '# no' # 4\r\f# 5"

    assert [(text[start:end], alone) for start, end, alone in scan(text).comments] == [
        (b"# 1", True),
        (b"# 2", False),
        (b"# 3", True),
        (b"# 4", False),
        (b"# 5", True),
    ]


@pytest.mark.parametrize(("text", "depth"), [(b"a", 0), (b"a(b)[c]", 1), (b"a([{}], ())", 3), (b'(f"{a(b)}")', 3)])
def test_the_depth_is_that_of_the_deepest_bracket(text: bytes, depth: int) -> None:
    assert scan(text).statements[0].depth == depth


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        (b"import a", HeadKind.IMPORT, None),
        (b"from a import (\nb)", HeadKind.IMPORT, None),
        (b"def f(): ...", HeadKind.FUNCTION, "f"),
        (b"async  def f(): ...", HeadKind.FUNCTION, "f"),
        (b"@a('''\ndef b(): ''',\n[c])\n# d\n@e\nasync def f(): ...", HeadKind.FUNCTION, "f"),
        (b"class C(B): ...", HeadKind.CLASS, "C"),
        (b"@a\r\nclass C: ...", HeadKind.CLASS, "C"),
        ("größe = 1".encode(), HeadKind.ASSIGNMENT, "größe"),
        (b"a = f(b=1, c='d = e') == 2", HeadKind.ASSIGNMENT, "a"),
        (b"a: int", HeadKind.ASSIGNMENT, "a"),
        (b"a: dict[str, int] = {}", HeadKind.ASSIGNMENT, "a"),
        (b"match = 1", HeadKind.ASSIGNMENT, "match"),
        (b"a = b = 1", HeadKind.OTHER, None),
        (b"a = b[0] = 1", HeadKind.OTHER, None),
        (b"a = (b := 1)", HeadKind.OTHER, None),
        (b"a = 1; b = 2", HeadKind.OTHER, None),
        (b"a, b = c", HeadKind.OTHER, None),
        (b"a.b = 1", HeadKind.OTHER, None),
        (b"a += 1", HeadKind.OTHER, None),
        (b"a == 1", HeadKind.OTHER, None),
        (b"lambda: 1", HeadKind.OTHER, None),
        (b"imported()", HeadKind.OTHER, None),
        (b"match(a)", HeadKind.OTHER, None),
        (b"if a: b", HeadKind.COMPOUND, None),
        (b"async with a: b", HeadKind.COMPOUND, None),
        (b"match a:\n    case 1: b", HeadKind.COMPOUND, None),
        (b"@a", HeadKind.OTHER, None),
        (b"", HeadKind.OTHER, None),
    ],
)
def test_the_first_words_tell_what_a_statement_is(text: bytes, kind: HeadKind, name: str | None) -> None:
    assert kind_of(text) == Head(kind, name)


def _stairs(levels: int) -> bytes:
    return b"".join(b" " * level + b"if a:\n" for level in range(levels)) + b" " * levels + b"b"


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        pytest.param(b"[" * 200 + b"]" * 200, False, id="200 brackets"),
        pytest.param(b"[" * 201 + b"]" * 201, True, id="201 brackets"),
        pytest.param(_stairs(100), False, id="100 indents"),
        pytest.param(_stairs(101), True, id="101 indents"),
        pytest.param(b"a" + b".b(c, d='.e')\\\n" * 400, False, id="400 chained calls"),
        pytest.param(b"a" + b".b(c, d='.e')\\\n" * 501, True, id="501 chained calls"),
        pytest.param(b"a = b" + b" + b" * 501, True, id="501 sums"),
        pytest.param(b"a = " + b"not " * 501 + b"b", True, id="501 times not"),
        pytest.param(b"a = " + b"lambda: " * 501 + b"b", True, id="501 lambdas"),
        pytest.param(b"a = f" + b"()" * 502, True, id="502 calls of calls"),
        pytest.param(b"a = (" + b"'b' # c\n" * 502 + b")", True, id="502 strings side by side"),
        pytest.param(b"if a:\n  b\n" + b"elif a:\n  b\n" * 501, True, id="501 alternatives"),
        pytest.param(b"a = [" + b"'b', # c\n" * 2000 + b"]", False, id="a long list"),
        pytest.param(b"def f():\n" + b"    a.b(not c, lambda: d + e)\n" * 2000, False, id="a long function"),
    ],
)
def test_what_a_recursive_parser_may_not_survive_is_too_deep(text: bytes, deep: bool) -> None:  # noqa: FBT001
    module = b"import a\n" + text

    assert too_deep(scan(module).statements[-1], module) is deep
