"""Options: what is given to the SDK's configuration classes and in its option objects, held against what it knows."""

from __future__ import annotations

from collections.abc import Iterable

from inngest_lint.frontends.vocabulary import Vocabulary
from inngest_lint.model.body import Argument
from inngest_lint.model.function import Options
from inngest_lint.model.value import Ref
from inngest_lint.text import Span


def options_of(
    words: Vocabulary, path: tuple[str, ...], span: Span, arguments: Iterable[Argument], client: Ref | None = None
) -> Options | None:
    """What is given under a path of the SDK; None where the vocabulary has nothing under it."""
    known = words.options.get(path)
    if known is None:
        return None
    named = {argument.name: argument for argument in arguments if argument.name is not None}
    listed = {*known.accepts, *known.replaced} if known.accepts else named.keys()
    return Options(
        span=span,
        name=path[-1],
        accepts=known.accepts,
        arguments=tuple(named.values()),
        unknown=tuple(argument for name, argument in named.items() if name not in listed),
        mistaken=known.mistaken,
        respelt=known.respelt,
        retired=known.retired,
        replaced=known.replaced,
        names=known.names,
        client=client,
    )
