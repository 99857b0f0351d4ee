"""Suppressions: what they cover, and what is said of those that do nothing."""

from __future__ import annotations

import pytest

from inngest_lint.diagnostic import Confidence, Diagnostic, Finding, Severity
from inngest_lint.fix import apply as fixed
from inngest_lint.frontends import lower
from inngest_lint.model.function import Comment, Language, Module
from inngest_lint.suppression import UNUSED, Kept, apply
from inngest_lint.text import Source, Span

KNOWN = frozenset(("nested-step", "unawaited-step", "console-logging", UNUSED))


def diagnostic(source: Source, text: str, rule: str = "nested-step") -> Diagnostic:
    start = source.text.index(text.encode())
    finding = Finding(Span(source.file, start, start + len(text.encode())), "wrong")
    return Diagnostic(rule, Severity.ERROR, Confidence.HIGH, finding)


def kept(text: str, *faults: str, rule: str = "nested-step", enabled: frozenset[str] = KNOWN) -> Kept:
    source = Source("a.py", text.encode())
    return apply(source, lower(source), [diagnostic(source, fault, rule) for fault in faults], enabled, KNOWN)


def said(text: str, *faults: str) -> list[tuple[str, str]]:
    source = Source("a.py", text.encode())
    return [(source.slice(problem.span), problem.message) for problem in kept(text, *faults).problems]


def mended(text: str) -> str:
    source = Source("a.py", text.encode())
    while fixes := [problem.fix for problem in kept(source.text.decode()).problems if problem.fix]:
        source = fixed(source, fixes).source
    return source.text.decode()


SUPPRESSED = {
    "at the end of the line": "fault()  # inngest-lint: ignore[nested-step] because\n",
    "after another comment": "fault()  # noqa: F821  # inngest-lint: ignore[nested-step]\n",
    "before another comment": "fault()  # inngest-lint: ignore[nested-step] # noqa\n",
    "with more marks": "fault()  ### inngest-lint: ignore[nested-step]\n",
    "without spaces": "fault() #inngest-lint:ignore[nested-step]\n",
    "among others": "fault()  # inngest-lint: ignore[ unawaited-step , nested-step ]\n",
    "above": "# inngest-lint: ignore[nested-step]\nfault()\n",
    "above, with blank lines and comments between": "# inngest-lint: ignore[nested-step]\n\n# because\n  \nfault()\n",
    "above a statement of several lines": "# inngest-lint: ignore[nested-step]\nfault(\n    1,\n)\n",
    "above, with CRLF": "# inngest-lint: ignore[nested-step]\r\n\r\nfault()\r\n",
    "beside others above": "# inngest-lint: ignore[unawaited-step]\n# inngest-lint: ignore[nested-step]\nfault()\n",
    "in the file": "x = 1\n# inngest-lint: ignore-file[nested-step] generated\ny = 2\nfault()\n",
    "below, in the file": "fault()\n# inngest-lint: ignore-file[nested-step]\n",
}

NOT_SUPPRESSED = {
    "another rule": "fault()  # inngest-lint: ignore[unawaited-step]\n",
    "no rule": "fault()  # inngest-lint: ignore\n",
    "an empty list": "fault()  # inngest-lint: ignore[]\n",
    "a list without its end": "fault()  # inngest-lint: ignore[nested-step\n",
    "no colon": "fault()  # inngest-lint ignore[nested-step]\n",
    "another directive": "fault()  # inngest-lint: ignroe[nested-step]\n",
    "another line": "# inngest-lint: ignore[nested-step]\nx = 1\nfault()\n",
    "the line below": "fault()\n# inngest-lint: ignore[nested-step]\n",
    "the last line of the statement": "fault(\n    1,\n)  # inngest-lint: ignore[nested-step]\n",
    "the file, beside code": "x = 1  # inngest-lint: ignore-file[nested-step]\nfault()\n",
    "a string": "fault('# inngest-lint: ignore[nested-step]')\n",
    "a sentence": "fault()  # see inngest-lint: ignore[nested-step]\n",
    "another tool": "fault()  # noqa\n",
}


@pytest.mark.parametrize("text", SUPPRESSED.values(), ids=SUPPRESSED)
def test_a_suppression_keeps_its_rule_from_reporting(text: str) -> None:
    result = kept(text, "fault")

    assert (result.diagnostics, len(result.suppressed)) == ((), 1)


@pytest.mark.parametrize("text", NOT_SUPPRESSED.values(), ids=NOT_SUPPRESSED)
def test_whatever_is_no_suppression_of_the_rule_there_changes_nothing(text: str) -> None:
    result = kept(text, "fault")

    assert (len(result.diagnostics), result.suppressed) == (1, ())


@pytest.mark.parametrize("text", SUPPRESSED.values(), ids=SUPPRESSED)
def test_nothing_is_said_of_a_suppression_that_is_used(text: str) -> None:
    used = [message for _, message in said(text, "fault") if "`nested-step`" in message]

    assert used == []


@pytest.mark.parametrize(
    ("comment", "place", "message"),
    [
        ("# inngest-lint: ignore", "# inngest-lint: ignore", "this suppression names no rule"),
        ("# inngest-lint: ignore[]", "# inngest-lint: ignore[]", "this suppression names no rule"),
        ("# inngest-lint: ignore-file", "# inngest-lint: ignore-file", "this suppression names no rule"),
        (
            "# inngest-lint: ignore[nested-step",
            "# inngest-lint: ignore[nested-step",
            "this suppression is not complete",
        ),
        (
            "# inngest-lint ignore[nested-step]",
            "# inngest-lint ignore[nested-step]",
            "this suppression is not complete",
        ),
        ("# inngest-lint: ignroe[nested-step]", "# inngest-lint: ignroe[nested-step]", "unknown directive `ignroe`"),
        ("# inngest-lint: ignore[nested-stop] x", "nested-stop", "unknown rule `nested-stop` in a suppression"),
        ("# inngest-lint: ignore[steps]", "steps", "unknown rule `steps` in a suppression"),
        ("# inngest-lint: ignore[nested-step] é", "nested-step", "`nested-step` reports nothing here"),
        ("# inngest-lint: ignore-file[nested-step]", "nested-step", "`nested-step` reports nothing in this file"),
    ],
)
def test_a_suppression_that_does_nothing_is_told(comment: str, place: str, message: str) -> None:
    assert said(f"é = 1\n{comment}\nx = 1\n") == [(place, message)]


def test_a_suppression_of_the_file_beside_code_is_told() -> None:
    assert said("x = 1  # inngest-lint: ignore-file[nested-step]\n") == [
        ("# inngest-lint: ignore-file[nested-step]", "`ignore-file` shares its line with code")
    ]


def test_the_nearest_rule_is_offered_for_one_that_is_unknown() -> None:
    (problem,) = kept("# inngest-lint: ignore[nested_step]\nx = 1\n").problems

    assert problem.help == "did you mean `nested-step`?"


def test_nothing_is_said_of_a_suppression_whose_rule_does_not_run() -> None:
    enabled = frozenset((UNUSED, "unawaited-step"))

    assert kept("x = 1  # inngest-lint: ignore[nested-step]\n", enabled=enabled).problems == ()


def test_nothing_is_said_of_an_idle_suppression_in_a_file_with_a_gap() -> None:
    assert said("x = 1  # inngest-lint: ignore[nested-step]\nimport inngest as\n") == []


def test_nothing_is_said_at_all_where_the_rule_for_it_does_not_run() -> None:
    assert kept("x = 1  # inngest-lint: ignore\n", enabled=KNOWN - {UNUSED}).problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "x = 1  # inngest-lint: ignore[nested-step, unused-suppression]\n",
        "# inngest-lint: ignore[nested-step, unused-suppression]\nx = 1\n",
        "# inngest-lint: ignore[unused-suppression]\nx = 1  # inngest-lint: ignore[nested-stop]\n",
        "# inngest-lint: ignore-file[unused-suppression]\nx = 1  # inngest-lint: ignroe\n",
    ],
)
def test_what_is_said_of_suppressions_can_be_suppressed(text: str) -> None:
    assert said(text) == []


def test_an_idle_suppression_of_that_is_told() -> None:
    assert said("x = 1  # inngest-lint: ignore[unused-suppression]\n") == [
        (UNUSED, "`unused-suppression` reports nothing here")
    ]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("x = 1  # inngest-lint: ignore[nested-step] because\ny = 2\n", "x = 1\ny = 2\n"),
        ("def f():\n    # inngest-lint: ignore[nested-step] because\n    pass\n", "def f():\n    pass\n"),
        ("x = 1  ## inngest-lint: ignore[nested-step]\n", "x = 1\n"),
        ("x = 1  # noqa  # inngest-lint: ignore[nested-step]\n", "x = 1  # noqa\n"),
        ("# inngest-lint: ignore[nested-step]\r\nx = 1\r\n", "x = 1\r\n"),
        ("x = 1\n# inngest-lint: ignore-file[nested-step]", "x = 1\n"),
        ("x = 1  # inngest-lint: ignore[nested-step, unawaited-step]\n", "x = 1\n"),
        ("x = 1  # inngest-lint: ignore[nested-step, unawaited-step, console-logging] x\n", "x = 1\n"),
        ("x = 1  # inngest-lint: ignore[nested-stop]\n", "x = 1\n"),
    ],
)
def test_an_idle_suppression_is_deleted_and_nothing_else(text: str, result: str) -> None:
    assert mended(text) == result


def test_a_suppression_with_another_tools_comment_behind_it_is_left_to_its_author() -> None:
    text = "x = 1  # inngest-lint: ignore[nested-step]  # noqa\n"

    assert mended(text) == text


def of_typescript(text: str, *, alone: bool) -> tuple[Source, Module]:
    """A file with one comment, which shares its lines with braces at most where it is `alone`."""
    source = Source("a.tsx", text.encode())
    start = min(text.index(mark) for mark in ("//", "/*") if mark in text)
    end = text.index("*/") + 2 if "*/" in text else text.index("\n")
    comment = Comment(Span(source.file, start, end), text[start:end], alone)
    return source, Module(source.file, Language.TYPESCRIPT, comments=(comment,))


OF_TYPESCRIPT = [
    ("fault(); // inngest-lint: ignore[nested-step] because\n", False),
    ("fault(); // eslint-disable-line // inngest-lint: ignore[nested-step]\n", False),
    ("fault(); /* inngest-lint: ignore[nested-step] */\n", False),
    ("/* inngest-lint: ignore[nested-step] */ fault();\n", False),
    ("<b>{fault()}{/* inngest-lint: ignore[nested-step] */}</b>\n", False),
    ("// inngest-lint: ignore[nested-step]\nfault();\n", True),
    ("/* inngest-lint: ignore[nested-step]\n * because\n */\nfault();\n", True),
    ("/**\n * because:\n * inngest-lint: ignore[nested-step] of\n * that\n */\n\nfault();\n", True),
    ("/*\r\n\tinngest-lint: ignore[nested-step]\r\n*/\r\nfault();\r\n", True),
    ("<b>\n  {/* inngest-lint: ignore[nested-step] because */}\n  {fault()}\n</b>\n", True),
    ("/** inngest-lint: ignore-file[nested-step] */\nx();\nfault();\n", True),
    ("/*\n * inngest-lint: ignore-file[nested-step] generated\n */\nx();\nfault();\n", True),
]


@pytest.mark.parametrize(("text", "alone"), OF_TYPESCRIPT)
def test_comments_of_typescript_suppress_as_well(text: str, *, alone: bool) -> None:
    source, module = of_typescript(text, alone=alone)
    fault = diagnostic(source, "fault")

    result = apply(source, module, [fault], KNOWN, KNOWN)

    assert ([each.diagnostic for each in result.suppressed], result.diagnostics, result.problems) == ([fault], (), ())


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("// see inngest-lint: ignore[nested-step]\nfault();\n", True),
        ("/*\n * see inngest-lint: ignore[nested-step]\n */\nfault();\n", True),
        ("/*\n * inngest-lint: ignore[nested-step]\n */\nx();\nfault();\n", True),
        ("/* inngest-lint: ignore[nested-step]\n */ x();\nfault();\n", False),
        ("// inngest-lint: ignore[unawaited-step]\nfault();\n", True),
    ],
)
def test_other_comments_of_typescript_do_not(text: str, *, alone: bool) -> None:
    source, module = of_typescript(text, alone=alone)
    fault = diagnostic(source, "fault")

    assert apply(source, module, [fault], KNOWN, KNOWN).diagnostics == (fault,)


@pytest.mark.parametrize(
    ("text", "alone", "result"),
    [
        ("x(); // inngest-lint: ignore[nested-step] because\ny();\n", False, "x();\ny();\n"),
        ("x(); /* inngest-lint: ignore[nested-step] */ y();\n", False, "x(); y();\n"),
        ("x(); /* why /* inngest-lint: ignore[nested-step] */ y();\n", False, "x(); /* why*/ y();\n"),
        ("  // inngest-lint: ignore[nested-step]\nx();\n", True, "x();\n"),
        ("/* inngest-lint: ignore[nested-step]\n * because\n */\nx();\n", True, "x();\n"),
        ("<b>\n  {/* inngest-lint: ignore[nested-step] */}\n</b>\n", True, "<b>\n</b>\n"),
        ("<b>{/* inngest-lint: ignore[nested-step] */}</b>\n", False, "<b>{}</b>\n"),
        ("/**\n * Ships.\n * inngest-lint: ignore[nested-step]\n * @a\n */\n", True, "/**\n * Ships.\n * @a\n */\n"),
        ("/**\n * Ships.\n * inngest-lint: ignore[nested-step] */\n", True, "/**\n * Ships.\n*/\n"),
        ("x(); /* why /* inngest-lint: ignore[nested-step]\n why */\n", False, "x(); /* why\n why */\n"),
    ],
)
def test_an_idle_suppression_of_typescript_is_deleted_and_nothing_else(text: str, result: str, *, alone: bool) -> None:
    source, module = of_typescript(text, alone=alone)
    (problem,) = apply(source, module, [], KNOWN, KNOWN).problems
    assert problem.fix is not None

    assert fixed(source, [problem.fix]).source.text.decode() == result


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("fault()  # inngest-lint: ignore[nested-step]\n", ""),
        ("fault()  # inngest-lint: ignore[nested-step] because\n", "because"),
        ("fault()  # inngest-lint: ignore[nested-step] -- because\n", "because"),
        ("fault()  # inngest-lint: ignore[nested-step] because # noqa: F821\n", "because"),
        (
            "fault()  # inngest-lint: ignore[nested-step] see #12, https://x.example/a#b\n",
            "see #12, https://x.example/a#b",
        ),
        ("# inngest-lint: ignore[nested-step] because\n# of more\nfault()\n", "because"),
        ("# inngest-lint: ignore-file[nested-step] generated\nx()\nfault()\n", "generated"),
        ("# inngest-lint: ignore[nested-step]\nfault()  # inngest-lint: ignore[nested-step] both\n", "both"),
    ],
)
def test_what_is_suppressed_is_kept_with_its_reason(text: str, reason: str) -> None:
    assert [each.reason for each in kept(text, "fault()").suppressed] == [reason]


@pytest.mark.parametrize(
    "text",
    [
        "fault(); // inngest-lint: ignore[nested-step] because\n",
        "fault(); // inngest-lint: ignore[nested-step] because // eslint-disable-line\n",
        "fault(); /* inngest-lint: ignore[nested-step] because */\n",
        "/**\n * inngest-lint: ignore[nested-step] because\n * it is so\n */\nfault();\n",
    ],
)
def test_comments_of_typescript_have_reasons_as_well(text: str) -> None:
    source = Source("a.ts", text.encode())

    (suppressed,) = apply(source, lower(source), [diagnostic(source, "fault()")], KNOWN, KNOWN).suppressed

    assert suppressed.reason == "because"
