"""Rule: a function is invoked that needs nothing of its own."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import StepKind
from inngest_lint.model.function import InngestFunction, Language, Trigger
from inngest_lint.project import Edge, Node, Project, Tie
from inngest_lint.project.hidden import hides_steps
from inngest_lint.rule import Category, Context, Preset, rule

# What says nothing of how a function runs.
_NAMES = frozenset({"description", "name", "output-type"})
# What a function would take on of the one that it is made part of.
_TAKEN_ON = ("concurrency", "retries", "timeouts")
_TIMEOUT = "timeout"
_RUN = {Language.PYTHON: "ctx.step.run", Language.TYPESCRIPT: "step.run"}


@rule(
    on=InngestFunction,
    severity=Severity.INFO,
    category=Category.PERFORMANCE,
    since="0.2.0",
    preset=Preset.ALL,
    guideline=Guideline.RUN_OVER_INVOKE,
)
def invoke_over_run(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function is invoked that takes no step and has no settings of its own, where a step would do."""
    events = context.project.events
    node = events.node(function)
    if node is None or any(function.setting(setting) is not None for setting in _TAKEN_ON):
        return
    for tie in events.of(node):
        if tie.target is not None and _is_bare(tie) and _would_do(node, tie.target, context.project):
            yield _finding(tie, tie.target, _RUN[context.language])


def _is_bare(tie: Edge) -> bool:
    """Whether an invocation says nothing of how long it may take."""
    return tie.inside is not None and tie.inside.kind is StepKind.INVOKE and tie.inside.argument(_TIMEOUT) is None


def _would_do(node: Node, target: Node, project: Project) -> bool:
    return target is not node and _is_plain(target, project) and _is_for(node, target, project)


def _is_plain(target: Node, project: Project) -> bool:
    """Whether a function runs as any step does."""
    function = target.function
    settings = function.settings
    if function.on_failure is not None or not settings.complete or project.is_durable(function.handler):
        return False
    if not {entry.key for entry in settings.entries} <= _NAMES:
        return False
    return not hides_steps(target.function.handler, project)


def _is_for(node: Node, target: Node, project: Project) -> bool:
    """Whether a function of the same app is all that makes another one run, as far as the project says."""
    if node.app != target.app or (node.app is None and target.file != node.file):
        return False
    invoked_by = {tie.function for tie in project.events.edges if tie.target is target}
    return invoked_by == {node} and not any(_may_start(t, target, project) for t in target.function.triggers)


def _may_start(trigger: Trigger, target: Node, project: Project) -> bool:
    """Whether a trigger may start a function without it being invoked."""
    if trigger.event is None:
        return trigger.cron is not None
    events = project.events
    names = [t.event for t in events.of(target) if t.tie is Tie.TRIGGERS and t.span == trigger.span]
    unknown = [unknown.prefix for unknown in events.unknown if unknown.tie is Tie.SENDS]
    return not names or any(
        name is None or events.senders(name) or any(name.startswith(prefix) for prefix in unknown) for name in names
    )


def _finding(tie: Edge, target: Node, run: str) -> Finding:
    made = target.function.id
    return Finding(
        tie.span,
        f"`{target.id}` takes no step and has no settings of its own: `{run}` would do",
        help=f"call what it does in `{run}`, which saves a run and keeps one trace",
        label="starts a run of its own",
        notes=(Note(made.span, "it is made here"),) if made is not None else (),
    )
