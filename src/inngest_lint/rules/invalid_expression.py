"""Rule: a text that should be an expression is none, or reads what is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.model.function import Module
from inngest_lint.model.language import Language
from inngest_lint.platform.expressions import (
    ARITHMETIC,
    FUNCTIONS,
    MACROS,
    RESTRICTED_FUNCTIONS,
    VARIABLES,
    Expression,
    Refusal,
    Word,
    read,
)
from inngest_lint.project.conditions import AWAITING, HOLE, Condition, Purpose, conditions
from inngest_lint.rule import Category, Context, rule

_SAYS = {
    "===": "write `==`",
    "!==": "write `!=`",
    "=": "write `==`",
    "<>": "write `!=`",
    "and": "write `&&`",
    "or": "write `||`",
    "not": "write `!`",
    "&": "write `&&`",
    "|": "write `||`",
    "?.": "write `.`: a field that is missing reads as `null`",
    "??": "write `||`, or a condition: `has(event.data.a) ? event.data.a : event.data.b`",
    "{{": "leave out the braces, and write only what is in them",
    "${": "leave out `${}`, or put the value in with a template of the language around it",
    "=>": "write `list.exists(item, item == 'a')`",
    "`": "put texts in single quotes",
}
_METHODS = {
    "includes": "`'a' in event.data.list`, or `event.data.text.contains('a')`",
    "indexOf": "`'a' in event.data.list`, or `event.data.text.contains('a')`",
    "toLowerCase": "`lowercase(event.data.text)`",
    "toUpperCase": "`uppercase(event.data.text)`",
    "lower": "`lowercase(event.data.text)`",
    "upper": "`uppercase(event.data.text)`",
    "startswith": "`event.data.text.startsWith('a')`",
    "endswith": "`event.data.text.endsWith('a')`",
    "test": "`event.data.text.matches('a.*')`",
    "match": "`event.data.text.matches('a.*')`",
    "some": "`event.data.list.exists(item, item == 'a')`",
    "every": "`event.data.list.all(item, item == 'a')`",
    "len": "`size(event.data.list)`",
    "toString": "`string(event.data.id)`",
    "String": "`string(event.data.id)`",
    "str": "`string(event.data.id)`",
    "Number": "`double(event.data.count)`",
    "parseInt": "`int(event.data.count)`",
}
_BLANK = {Language.TYPESCRIPT: re.compile(r"\$\{[^{}]*\}"), Language.PYTHON: re.compile(r"^\$?\{[\w.]+\}$")}
_CONSTANT = re.compile(r"(?!(?:event|async|vars|true|false|null)$)[A-Za-z_][\w-]*")
# Where the server holds the types of an expression against each other, when the app is synced.
_CHECKED = frozenset({"batch", "cancel", "debounce", "rate-limit", "trigger"})
_EQUALITY = re.compile(r"([=!])==")


@rule(on=Module, severity=Severity.ERROR, category=Category.FLOW_CONTROL, since="0.2.0")
def invalid_expression(module: Module, context: Context) -> Iterator[Finding]:
    """An expression does not compile, or reads something that is not there."""
    for condition in conditions(module, context.project.bound):
        if condition.text.strip():
            yield from _first(_match(condition) if condition.purpose is Purpose.MATCH else _all(condition))


def _first(found: Iterator[Finding]) -> Iterator[Finding]:
    """One text has one fault."""
    first = next(found, None)
    if first is not None:
        yield first


def _all(condition: Condition) -> Iterator[Finding]:
    parsed = read(condition.text)
    if isinstance(parsed, Refusal):
        if condition.whole or parsed.foreign is not None:
            yield _refused(condition, parsed)
        return
    if condition.whole:
        yield from _blanks(condition, parsed)
        yield from _variables(condition, parsed)
    yield from _functions(condition, parsed)
    if condition.purpose is Purpose.CANCEL:
        yield from _restricted(condition, parsed)
    if condition.setting in _CHECKED:
        yield from _misplaced(condition, parsed)


def _match(condition: Condition) -> Iterator[Finding]:
    """A field to match is put behind `event.` and behind `async.`."""
    first = condition.text.partition(".")[0]
    parsed = read(f"event.{condition.text} == async.{condition.text}")
    if first in VARIABLES:
        yield _finding(
            condition,
            Word(first, 0),
            f"a field to match begins with `{first}`",
            help=f"leave out `{first}.`: the field is looked up in both events",
            label=f"`event.{first}.` is never there",
        )
    elif condition.whole and (isinstance(parsed, Refusal) or parsed.roots != {"event", "async"}):
        yield _finding(
            condition,
            Word(condition.text, 0),
            "a field to match is no path",
            help="give the path of one field, as in `data.userId`, or an expression as `if`",
            label="put behind `event.` and behind `async.`",
        )


def _refused(condition: Condition, refusal: Refusal) -> Finding:
    foreign = refusal.foreign
    if foreign is None:
        message = f"{condition.purpose.value} is no expression: {refusal.message}"
        return _finding(condition, Word(" ", refusal.offset), message, help=_near(refusal), label="read up to here")
    return _finding(
        condition,
        Word(foreign, refusal.offset),
        f"{_quoted(foreign)} is not known in an expression",
        help=_SAYS.get(foreign, "write the condition in CEL, the language of the server"),
        label="not JavaScript, not Python: CEL",
        fix=_mended(condition, foreign),
    )


def _quoted(text: str) -> str:
    return "a backtick" if text == "`" else f"`{text}`"


def _near(refusal: Refusal) -> str:
    if "reserved" in refusal.message:
        return "put a text that is always the same in quotes of its own, or read a field of `event`"
    return "write the condition in CEL, the language of the server"


def _mended(condition: Condition, foreign: str) -> Fix | None:
    """`===` and `!==` made shorter, where nothing else is wrong."""
    places = [(match.start(), match[1] + "=") for match in _EQUALITY.finditer(condition.text)]
    spans = [condition.place(offset, 3) for offset, _ in places]
    if foreign not in ("===", "!==") or isinstance(read(_EQUALITY.sub(r"\1=", condition.text)), Refusal):
        return None
    edits = tuple(Edit(span, text) for span, (_, text) in zip(spans, places, strict=True) if span is not None)
    shorter = "/".join(sorted({f"`{text}`" for _, text in places}))
    return Fix(f"Write {shorter}", edits, Applicability.SAFE) if len(edits) == len(places) else None


def _blanks(condition: Condition, parsed: Expression) -> Iterator[Finding]:
    """`'${id}'` in a text that is no template."""
    pattern = _BLANK[condition.language]
    for literal in parsed.literals:
        blank = pattern.search(literal.text)
        if blank is not None:
            way = "a template literal" if condition.language is Language.TYPESCRIPT else "an f-string"
            yield _finding(
                condition,
                Word(blank[0], literal.offset + 1 + blank.start()),
                f"`{blank[0]}` stands in an expression as it is",
                help=f"make the text {way}, or read a field of the event: `event.data.id`",
                label="nothing is put in here",
            )


def _variables(condition: Condition, parsed: Expression) -> Iterator[Finding]:
    if condition.purpose is Purpose.KEY and _CONSTANT.fullmatch(condition.text):
        yield _finding(
            condition,
            Word(condition.text, 0),
            f"`{condition.text}` is not known in an expression",
            help=_quoting(condition.text),
            label="read as nothing",
        )
    for one in parsed.reads:
        root = one.hops[0]
        if root not in VARIABLES:
            yield _finding(
                condition,
                Word(root, one.offset),
                f"`{root}` is not known in an expression",
                help=_meant(condition, one.hops),
                label="read as nothing",
            )
        elif root == "async" and condition.purpose not in AWAITING:
            yield _finding(
                condition,
                Word(root, one.offset),
                f"`async` is read in {condition.purpose.value}",
                help="read `event`: there is a second event only where a run waits, or is cancelled",
                label="read as nothing",
            )


def _quoting(text: str) -> str:
    quoted = f"put it in quotes of its own, `'{text}'`"
    return f"{quoted}, or write `event.data.{text}`" if text.isidentifier() else quoted


def _meant(condition: Condition, hops: tuple[str, ...]) -> str:
    if hops[0] in ("data", "user", "ts"):
        return f"write `event.{'.'.join(hops)}`"
    known = "`event` and `async`" if condition.purpose in AWAITING else "`event`"
    return f"read a field of {known}, or put a text in quotes of its own"


def _functions(condition: Condition, parsed: Expression) -> Iterator[Finding]:
    for function in parsed.functions:
        if function.text not in FUNCTIONS | MACROS and function.text != HOLE:
            instead = _METHODS.get(function.text)
            yield _finding(
                condition,
                function,
                f"`{function.text}` is no function of expressions",
                help=f"write {instead}" if instead else "write the condition in CEL, the language of the server",
                label="not known to the server",
            )


def _misplaced(condition: Condition, parsed: Expression) -> Iterator[Finding]:
    for word in parsed.misplaced:
        what = "number" if word.text.isdigit() else "text"
        yield _finding(
            condition,
            word,
            f"a {what} stands where something true or false belongs",
            help=f"compare it, or choose: `has(event.data.a) ? event.data.a : {word.text}`",
            label="refused when the app is synced",
        )


def _restricted(condition: Condition, parsed: Expression) -> Iterator[Finding]:
    for word in (*parsed.functions, *parsed.operators):
        is_called = word in parsed.functions
        if word.text in (ARITHMETIC if not is_called else FUNCTIONS | MACROS) - RESTRICTED_FUNCTIONS:
            yield _finding(
                condition,
                word,
                f"the condition of a cancellation {'calls' if is_called else 'uses'} `{word.text}`",
                help="compare fields only, and put what has to be worked out into the event",
                label="refused here by the server",
            )


def _finding(  # noqa: PLR0913 - what is said of a place
    condition: Condition,
    word: Word,
    message: str,
    *,
    help: str,  # noqa: A002
    label: str,
    fix: Fix | None = None,
) -> Finding:
    place = condition.place(word.offset, len(word.text))
    return Finding(place or condition.span, message, help=help, label=label, fix=fix)
