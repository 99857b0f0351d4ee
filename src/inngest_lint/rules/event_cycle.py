"""Rule: a function starts itself again, without end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.model.body import StepKind
from inngest_lint.model.testing import is_test
from inngest_lint.project import Edge, Node, Project, Tie
from inngest_lint.rule import Category, Context, rule

# What lets a run that was asked for not happen.
_STOPS = ("idempotency", "rate-limit", "singleton", "debounce", "cancel")
# What lets time pass on the way, as in a function that is meant to go round.
_PAUSES = frozenset({StepKind.SLEEP, StepKind.SLEEP_UNTIL, StepKind.WAIT_FOR_EVENT, StepKind.WAIT_FOR_SIGNAL})
_LONGEST_NAMED = 3

Way = tuple[Edge, ...]


@rule(on=Project, severity=Severity.ERROR, category=Category.EVENTS, since="0.2.0")
def event_cycle(project: Project, _context: Context) -> Iterator[Finding]:
    """A function sends an event that starts it again, itself or by way of others, and nothing ends that."""
    ways = {node: tuple(_leads(node, project)) for node in project.events.functions if _goes_on(node, project)}
    told: set[Node] = set()
    for node in ways:
        way = _round(node, ways) if node not in told else ()
        if way:
            told.update(edge.function for edge in way if edge.function is not None)
            yield _finding(node, way)


def _goes_on(node: Node, project: Project) -> bool:
    """Whether a function runs to its end each time it is asked for, and at once."""
    function = node.function
    if is_test(node.file) or any(function.setting(key) is not None for key in _STOPS):
        return False
    return not any(reached.step.kind in _PAUSES for reached in project.steps(function.handler))


def _leads(node: Node, project: Project) -> Iterator[tuple[Edge, Node]]:
    """The functions that a function starts whenever it runs, and what starts them."""
    for edge in project.events.of(node):
        if edge.condition:
            continue
        if edge.tie is Tie.INVOKES and edge.target is not None:
            yield edge, edge.target
        elif edge.tie is Tie.SENDS and edge.event is not None:
            yield from ((edge, started) for started in project.events.functions_always_on(edge.event))


def _round(start: Node, ways: dict[Node, tuple[tuple[Edge, Node], ...]]) -> Way:
    """The shortest way from a function to itself; nothing where there is none."""
    waiting: deque[tuple[Node, Way]] = deque([(start, ())])
    seen: set[Node] = set()
    while waiting:
        node, way = waiting.popleft()
        for edge, started in ways.get(node, ()):
            if started is start:
                return (*way, edge)
            if started not in seen:
                seen.add(started)
                waiting.append((started, (*way, edge)))
    return ()


def _finding(node: Node, way: Way) -> Finding:
    others = [edge.function.id for edge in way[1:] if edge.function is not None]
    first, *rest = way
    return Finding(
        first.stands,
        f"`{node.id}` starts itself again{_by_way_of(others)}, every time it runs",
        help="send the event under a condition that ends at some time, or send another event",
        label=" → ".join((node.id, *others, node.id)),
        notes=(*_sent_in_helper(first), *(note for edge in rest for note in (_started(edge), *_sent_in_helper(edge)))),
    )


def _by_way_of(others: list[str]) -> str:
    if not others:
        return ""
    if len(others) > _LONGEST_NAMED:
        return f" by way of `{others[0]}` and {len(others) - 1} others"
    *before, last = (f"`{other}`" for other in others)
    return f" by way of {', '.join(before)} and {last}" if before else f" by way of {last}"


def _started(edge: Edge) -> Note:
    name = edge.function.id if edge.function is not None else ""
    what = f"sends `{edge.event}`" if edge.tie is Tie.SENDS else "invokes the next one"
    return Note(edge.stands, f"`{name}` {what}")


def _sent_in_helper(edge: Edge) -> Iterator[Note]:
    """Where an event is sent, if that is in a helper."""
    if edge.stands != edge.span:
        yield Note(edge.span, f"`{edge.event}` is sent here" if edge.tie is Tie.SENDS else "invoked here")
