"""Rule: a setting of the SDK has a name it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.body import Argument
from inngest_lint.model.function import Module, Options
from inngest_lint.model.language import Language
from inngest_lint.model.naming import keyword, renaming
from inngest_lint.project import Sdk
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_LIKELY = 0.7
_FEW = 8


@rule(on=Module, severity=Severity.ERROR, category=Category.SDK, since="0.1.0")
def unknown_config_argument(module: Module, context: Context) -> Iterator[Finding]:
    """A setting of the SDK has a name it does not know, and is dropped without a word."""
    given = [(options, argument) for options in module.options for argument in options.unknown]
    sdk = context.project.sdk(module.file) if given else None
    foreign = list(_foreign(module, context)) if given else []
    for options, argument in given:
        if any(place.contains(options.span) for place in foreign):
            continue
        if argument.name is not None and not _is_known_to(sdk, options, argument.name):
            yield _finding(options, argument, argument.name, context.language)


def _foreign(module: Module, context: Context) -> Iterator[Span]:
    """What is given to something that is called as the SDK is, and is not the SDK."""
    made = {function.span for function in module.functions}
    for options in module.options:
        if options.span in made and not context.project.is_creation(options.client, module.file):
            yield options.span


def _is_known_to(sdk: Sdk | None, options: Options, name: str) -> bool:
    until = options.retired.get(name)
    return until is not None and sdk is not None and sdk.release < until


def _finding(options: Options, argument: Argument, name: str, language: Language) -> Finding:
    meant = _meant(options, name)
    what = "takes no argument" if language is Language.PYTHON else "has no option"
    return Finding(
        keyword(argument),
        f"`{options.name}` {what} `{name}`",
        help=f"did you mean `{meant}`?" if meant else _known(options),
        label="dropped without a word",
        fix=renaming(argument, meant) if meant and name not in options.respelt else None,
    )


def _known(options: Options) -> str:
    if len(options.accepts) > _FEW:
        return f"none of the {len(options.accepts)} names it takes is like this one; leave it out"
    return "it takes " + ", ".join(f"`{accepted}`" for accepted in options.accepts)


def _meant(options: Options, name: str) -> str | None:
    """The argument that was probably meant, where it is not given as well."""
    free = [accepted for accepted in options.accepts if accepted not in options.given]
    near = options.mistaken.get(name) or next(iter(get_close_matches(name.lower(), free, n=1, cutoff=_LIKELY)), None)
    return near if near in free else None
