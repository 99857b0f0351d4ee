"""Rule: an id that runs in flight look their state up by is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.manifest.comparison import Gone, fates, gone
from inngest_lint.manifest.document import place
from inngest_lint.manifest.entries import Function, Steps
from inngest_lint.manifest.survey import Surveyed, Taken, survey
from inngest_lint.model.function import InngestFunction
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_KEEP = "keep the old id, or write the manifest again once no run is in flight"
_OTHER = "give the step another id, or write the manifest again once no run is in flight"
_LOST = "let the runs in flight end first, then write the manifest again"
_AGAIN = "runs in flight do not find what it gave, and take it again"
_ORPHANED = "runs of it in flight fail, for nothing has their id"
_NAMED = 2


@rule(on=Project, severity=Severity.ERROR, category=Category.PROJECT, since="0.2.0")
def removed_step_id(project: Project, context: Context) -> Iterator[Finding]:
    """The id of a step or of a function is gone, by which runs in flight look their state up."""
    against = context.against
    if against is None:
        return
    today, before = survey(project), against.manifest.functions
    moved: dict[tuple[str | None, str | None], list[Surveyed]] = {}
    for fate in fates(before, [each.entry for each in today]):
        function = before[fate.before]
        found = today[fate.today] if fate.today is not None else None
        if found is not None and not fate.renamed:
            yield from _merged(_of_steps(function, found))
        elif function.file not in against.covered:
            continue
        elif found is not None and function.id == found.entry.id:
            moved.setdefault((function.app, found.entry.app), []).append(found)
        elif found is not None:
            # Nothing of what its runs have done is found again, whatever its steps are called.
            yield _renamed(function, found)
        else:
            yield _gone(function, place(against.source, fate.before))
    for (app, other), functions in moved.items():
        yield _moved(app, other, functions)


def _gone(function: Function, span: Span) -> Finding:
    return Finding(span, f"the function `{function.id}` is gone", help=_LOST, label=_ORPHANED)


def _renamed(before: Function, today: Surveyed) -> Finding:
    message = f"the function `{before.id}` was renamed to `{today.entry.id}`"
    return Finding(_id(today.function), message, help=_KEEP, label=_ORPHANED)


def _moved(app: str | None, other: str | None, functions: list[Surveyed]) -> Finding:
    """Functions whose ids are the same, in an app whose id is not; told once, at the first."""
    first, *more = functions
    told = f"the function `{first.entry.id}` was of the app `{app}`, and is of `{other}`"
    if more:
        told = f"the functions `{first.entry.id}` and {len(more)} more were of the app `{app}`, and are of `{other}`"
    return Finding(_id(first.function), told, help=_KEEP, label=_ORPHANED)


def _of_steps(before: Function, today: Surveyed) -> Iterator[Finding]:
    """What has become of the steps of a function, and of its failure handler."""
    yield from _of_handler(before.steps, today.entry.steps, today.steps, today.function)
    if before.on_failure is not None and today.entry.on_failure is not None:
        yield from _of_handler(before.on_failure, today.entry.on_failure, today.on_failure, today.function)


def _of_handler(before: Steps, today: Steps, taken: tuple[Taken, ...], function: InngestFunction) -> Iterator[Finding]:
    without: list[Gone] = []
    for each in gone(before, today):
        stands = next((t for t in taken if t.step == each.instead), None) if each.instead is not None else None
        if stands is None:
            without.append(each)
        else:
            yield _instead(each, stands)
    if without:
        yield _removed([each.before.id for each in without], function)


def _instead(each: Gone, stands: Taken) -> Finding:
    assert each.instead is not None, "a step without another in its place"
    before, today = each.before, each.instead
    if before.id == today.id:
        message = f"the step `{today.id}` was a `{before.kind.value}`, and is a `{today.kind.value}`"
        label, advice = "runs in flight take what the other kind has left for its result", _OTHER
    else:
        message, label, advice = f"the step `{before.id}` was renamed to `{today.id}`", _AGAIN, _KEEP
    finding = Finding(stands.span, message, help=advice, label=label)
    if not stands.path:
        return finding
    way = (*(Note(call.span, "called here") for call in stands.path[1:]), Note(stands.span, "its id stands here"))
    return replace(finding, span=stands.path[0].span, notes=way)


def _removed(ids: list[str], function: InngestFunction) -> Finding:
    named = [f"`{id_}`" for id_ in ids]
    if len(named) > _NAMED:
        named = [*named[:_NAMED], f"{len(named) - _NAMED} more"]
    several = len(ids) > 1
    told = f"{', '.join(named[:-1])} and {named[-1]}" if several else named[0]
    return Finding(
        _id(function),
        f"the steps {told} are gone" if several else f"the step {told} is gone",
        help=_LOST,
        label="a run that is on its way to one fails" if several else "a run that is on its way to it fails",
        severity=Severity.WARNING,
    )


def _id(function: InngestFunction) -> Span:
    return function.id.span if function.id is not None else function.span


def _merged(findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings with those of one place made one: a call may lead to several steps."""
    by_place: dict[Span, Finding] = {}
    for finding in findings:
        first = by_place.setdefault(finding.span, finding)
        if first is not finding:
            further = Note(finding.notes[-1].span if finding.notes else finding.span, finding.message)
            by_place[finding.span] = replace(first, notes=(*first.notes, further))
    yield from by_place.values()
