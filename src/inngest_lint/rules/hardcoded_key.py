"""Rule: a key of Inngest stands in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.body import Assign, Call
from inngest_lint.model.function import Module
from inngest_lint.model.language import Language
from inngest_lint.model.testing import is_test
from inngest_lint.model.value import Constant, Origin, Ref, Result, Value
from inngest_lint.model.walk import members
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_VARIABLES = {
    "event-key": "INNGEST_EVENT_KEY",
    "signing-key": "INNGEST_SIGNING_KEY",
    "signing-key-fallback": "INNGEST_SIGNING_KEY_FALLBACK",
}
_SIGNING = re.compile(r"signkey-[a-z0-9]+-(?P<secret>[0-9a-fA-F]{16,})")
_SECRET = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_+/=-]{20,}")
_PLACEHOLDER = re.compile(
    r"your|example|placeholder|change|replace|dummy|fake|sample|insert|secret|key|todo|local|test|dev|xxx|0000|1234",
    re.IGNORECASE,
)
_FEWEST_DIFFERENT = 8
# What these are given last is taken where the variable is not set.
_READERS = frozenset({"os.environ.get", "os.getenv"})


@rule(on=Module, severity=Severity.ERROR, category=Category.SDK, since="0.2.0")
def hardcoded_key(module: Module, context: Context) -> Iterator[Finding]:
    """An event key or a signing key stands in the source, where everyone who can read it can use it."""
    if is_test(module.file):
        return
    told: set[Span] = set()
    for span, variable, value in (*_options(module), *_environment(module, context)):
        if span not in told and any(_is_key(member, module) for member in members(value)):
            told.add(span)
            yield _finding(span, variable, context.language)


def _options(module: Module) -> Iterator[tuple[Span, str, Value]]:
    for options in module.options:
        for name, variable in _VARIABLES.items():
            argument = options.argument(name)
            if argument is not None:
                yield argument.span, variable, argument.value


def _environment(module: Module, context: Context) -> Iterator[tuple[Span, str, Value]]:
    """What is written to the variables of the environment that hold keys."""
    for bound in context.project.written(module):
        match bound.operation:
            case Assign(targets=(Ref(origin=Origin.GLOBAL | Origin.IMPORT, path=(*_, "environ" | "env", name)),)):
                if name in _VARIABLES.values():
                    yield bound.operation.span, name, bound.operation.value
            case Call(
                target=Ref(origin=Origin.IMPORT, path=("os", "environ", "setdefault")) | Ref(path=("os", "putenv")),
                arguments=(first, second),
            ) if isinstance(first.value, Constant) and first.value.value in _VARIABLES.values():
                yield second.span, str(first.value.value), second.value


def _is_key(value: Value, module: Module) -> bool:
    if isinstance(value, Ref) and value.origin is Origin.MODULE and len(value.path) == 1:
        bound = module.binding(value.name)
        return isinstance(bound, Constant) and _is_key(bound, module)
    if isinstance(value, Result) and isinstance(value.of, Call):
        return _reads_environment(value.of) and any(_is_key(argument.value, module) for argument in value.of.arguments)
    return isinstance(value, Constant) and isinstance(value.value, str) and _looks_real(value.value)


def _reads_environment(call: Call) -> bool:
    return isinstance(call.target, Ref) and call.target.dotted in _READERS


def _looks_real(text: str) -> bool:
    """Whether a text is a key and no stand-in for one: signing keys say what they are, event keys are random."""
    signing = _SIGNING.fullmatch(text)
    if signing is not None:
        return len(set(signing["secret"])) >= _FEWEST_DIFFERENT
    is_random = _SECRET.fullmatch(text) is not None and len(set(text)) > _FEWEST_DIFFERENT
    return is_random and _PLACEHOLDER.search(text) is None


def _finding(span: Span, variable: str, language: Language) -> Finding:
    what = "an event key" if "EVENT" in variable else "a signing key"
    read = f"process.env.{variable}" if language is Language.TYPESCRIPT else f'os.environ["{variable}"]'
    return Finding(
        span,
        f"{what} stands in the source",
        help=f"make a new key, and give it as `{variable}`, which the SDK reads itself, or as `{read}`",
        label="a secret for everyone who can read this file",
    )
