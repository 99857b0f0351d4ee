"""Rule: a schedule is no cron expression, or none that ever fires."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.value import Constant, Opaque, Ref, Value
from inngest_lint.platform.limits import limit
from inngest_lint.platform.schedule import Flaw, flaw
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule

_SHOWN = 40
_DEEPEST = 5


@rule(on=InngestFunction, severity=Severity.ERROR, category=Category.FLOW_CONTROL, since="0.2.0")
def invalid_cron(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A schedule is not a cron expression that Inngest takes, or is one that never fires."""
    for trigger in function.triggers:
        file = trigger.span.file
        texts = _texts(trigger.cron, file, context.project, _DEEPEST) if trigger.cron is not None else ()
        wrong = ((text, _flaw(text)) for text in texts)
        found = next(((text, flaw) for text, flaw in wrong if flaw is not None), None)
        if found is None:
            continue
        text, why = found
        yield Finding(
            trigger.at("cron"),
            f"the schedule {_shown(text)}{why.why}",
            help=why.help,
            label="never fires" if why.never else "refused when the app is synced",
            severity=Severity.WARNING if why.never else None,
        )


def _flaw(text: str) -> Flaw | None:
    if not text.strip():
        return Flaw("is empty", "give minute, hour, day of the month, month and day of the week")
    if len(text) > limit("cron"):
        return Flaw(f"has more than {limit('cron')} characters", "split it over several triggers")
    return flaw(text)


def _texts(value: Value, file: str, project: Project, left: int) -> Iterator[str]:
    match value:
        case Constant(value=str(text)):
            yield text
        case Opaque(reads=reads, either=True) if left:
            for one in reads:
                yield from _texts(one, file, project, left - 1)
        case Ref() if left:
            found = project.bound(value, file)
            if found is not None and found != value:
                yield from _texts(found, file, project, left - 1)


def _shown(text: str) -> str:
    plain = text.strip().replace("`", "'")
    shown = plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"
    return f"`{shown}` " if shown else ""
