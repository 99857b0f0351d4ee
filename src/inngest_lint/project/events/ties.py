"""Ties: the event graph, found along the courses of the functions and in all other code that sends."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from inngest_lint.model.bindings import Bindings
from inngest_lint.model.body import Argument, Block, Body, Call, StepCall, StepKind
from inngest_lint.model.events import is_pattern
from inngest_lint.model.function import InngestFunction, Language, Module
from inngest_lint.model.testing import is_test
from inngest_lint.model.value import Closure, Items, Opaque, Origin, Record, Ref, Result, Value
from inngest_lint.model.walk import everywhere
from inngest_lint.project.calls import Calls
from inngest_lint.project.events import Edge, EventGraph, Node, Tie, Unknown
from inngest_lint.project.events.course import Course, Happening, Place
from inngest_lint.project.texts import Resolver, Texts
from inngest_lint.text import Span

if TYPE_CHECKING:
    from inngest_lint.project import Project

_SENDS = frozenset({"send", "send_sync"})
_CLIENT = "inngest"
_APP_KEYS = ("app_id", "id")
# What picks the events of a name that cancel a function.
_PICKS = frozenset({"condition", "match", "if_exp", "if"})
_REFERENCE = ("inngest", "referenceFunction")


class Ties:
    """The event graph while it is made."""

    def __init__(self, project: Project, calls: Calls) -> None:
        self._project = project
        self._calls = calls
        self._resolver = Resolver(calls, self._names, self._callers, self._changes)
        self._edges: list[Edge] = []
        self._unknown: list[Unknown] = []
        self._seen: set[Span] = set()
        # The calls that functions get to, and the helpers that other code gets to.
        self._walked: set[Span] = set()
        self._elsewhere: dict[Span, bool] = {}

    def graph(self) -> EventGraph:
        """The graph of all that the project says."""
        for node in self._nodes:
            self._of_function(node)
        # What functions get to is known only now.
        self._elsewhere.clear()
        for module in self._project.modules.values():
            self._of_other_code(module)
        self._unknown.extend(self._open_helpers())
        return EventGraph(self._nodes, tuple(dict.fromkeys(self._edges)), tuple(dict.fromkeys(self._unknown)))

    def _open_helpers(self) -> Iterator[Unknown]:
        """The helpers that are given what they send: files that do not speak of Inngest may call them as well."""
        for module in self._project.modules.values():
            for body in module.bodies:
                if body.span in self._resolver.handed and not is_test(module.file):
                    yield Unknown(Tie.SENDS, body.span, "")

    # Functions

    @cached_property
    def _nodes(self) -> tuple[Node, ...]:
        modules = self._project.modules.values()
        return tuple(self._node(f, module) for module in modules for f in module.functions if f.created)

    def _node(self, function: InngestFunction, module: Module) -> Node:
        place = _top(module.file)
        id_ = self._one(function.id.value, place) if function.id is not None else None
        return Node(function, module.file, id_ or function.name, self._app(function, place))

    def _app(self, function: InngestFunction, place: Place) -> str | None:
        if function.client is None:
            return None
        made, file = self._calls.bound_in(function.client, place.file)
        match made:
            case Result(of=Call(arguments=arguments), path=()):
                entries = [(argument.name, argument.value) for argument in arguments]
                for argument in arguments:
                    if isinstance(argument.value, Record):
                        entries.extend((entry.key, entry.value) for entry in argument.value.entries)
                return next((self._one(value, _top(file)) for key, value in entries if key in _APP_KEYS), None)
        return None

    def _one(self, value: Value | None, place: Place) -> str | None:
        texts = self._resolver.texts(value, place)
        return next(iter(texts)) if texts is not None and len(texts) == 1 else None

    def _of_function(self, node: Node) -> None:
        function, place = node.function, _top(node.file)
        own: set[str] | None = set()
        for trigger in function.triggers:
            if trigger.event is None:
                continue
            names = self._resolver.texts(_opened(trigger.event), place)
            self._tie(Tie.TRIGGERS, node, names, trigger.span, condition=trigger.condition is not None)
            own = None if own is None or names is None or any(map(is_pattern, names)) else own | names
        self._cancels(node, place)
        known = frozenset(own) if own else None
        course = Course(self._calls, self._names)
        for happening in course.of(function.handler, known, conditional=False):
            self._happens(node, happening)
        if function.on_failure is not None:
            for happening in Course(self._calls, self._names).of(function.on_failure, None, conditional=True):
                self._happens(node, happening)

    def _cancels(self, node: Node, place: Place) -> None:
        setting = node.function.setting("cancel")
        for cancel, where in self._listed(setting.value, place) if setting is not None else ():
            match cancel:
                case Record(entries=entries):
                    given = {entry.key: (entry.value, entry.span) for entry in entries}
                case Result(of=Call(arguments=arguments)):
                    given = {argument.name or "": (argument.value, argument.span) for argument in arguments}
                case _:
                    given = {}
            event, span = given.get("event", (None, node.function.span))
            names = self._resolver.texts(_opened(event), where) if event is not None else None
            self._tie(Tie.CANCELS, node, names, span, condition=not _PICKS.isdisjoint(given))

    def _listed(self, value: Value | None, place: Place) -> Iterator[tuple[Value | None, Place]]:
        """The items of a list, or the only thing there is, where a name stands for it too."""
        match _opened(value) if value is not None else None:
            case Items(values=values):
                for item in values:
                    yield from self._listed(item, place)
            case Ref() as ref:
                known, file = self._calls.bound_in(ref, place.file)
                yield from self._listed(known, _top(file)) if known != ref else ((None, place),)
            case known:
                yield known, place

    # What happens

    def _happens(self, node: Node | None, at: Happening) -> None:
        if node is not None:
            self._walked.add(at.operation.span)
        match at.operation:
            case StepCall(kind=StepKind.SEND_EVENT) as step:
                self._sends(node, step.argument("events"), step.span, at, step)
            case StepCall(kind=StepKind.WAIT_FOR_EVENT) as step:
                self._waits(node, step, at)
            case StepCall(kind=StepKind.INVOKE) as step:
                self._seen.add(step.span)
                target = self._target(step, at.place)
                self._edges.append(self._edge(Tie.INVOKES, node, None, at, step=step, target=target))
            case Call() as call if self._is_send(call, at.place):
                self._sends(node, call.argument("events", 0) or call.argument("payload", 0), call.span, at)
            case Call() as call:
                given = _handed_on(call)
                if given is not None:
                    self._sends(node, given, call.span, at)

    def _is_send(self, call: Call, place: Place) -> bool:
        """Whether a call sends events: of a client, of what is called one, or of anything that is given an event."""
        receiver, _, method = call.spelling.rpartition(".")
        if method not in _SENDS:
            return False
        is_client = self._project.client_method(call) is not None or _CLIENT in receiver.lower()
        return is_client or any(self._resolver.is_event(argument.value, place) for argument in call.arguments)

    def _sends(
        self, node: Node | None, given: Argument | None, span: Span, at: Happening, step: StepCall | None = None
    ) -> None:
        self._seen.add(span)
        for sent in self._resolver.events(given.value if given is not None else None, at.place):
            if sent.names is None:
                self._unknown.append(Unknown(Tie.SENDS, span, sent.prefix))
            for name in sorted(sent.names or ()):
                self._edges.append(self._edge(Tie.SENDS, node, name, at, step=step, picks=sent.conditional))

    def _waits(self, node: Node | None, step: StepCall, at: Happening) -> None:
        self._seen.add(step.span)
        event = step.argument("event")
        value = _opened(event.value) if event is not None else None
        names = self._resolver.texts(value, at.place)
        picks = step.argument("condition") is not None or step.argument("match") is not None
        if names is None:
            self._unknown.append(Unknown(Tie.WAITS, step.span, self._resolver.prefix(value, at.place)))
        for name in sorted(names or ()):
            self._edges.append(self._edge(Tie.WAITS, node, name, at, step=step, picks=picks))

    def _edge(  # noqa: PLR0913 - what is known of a tie
        self,
        tie: Tie,
        node: Node | None,
        event: str | None,
        at: Happening,
        *,
        step: StepCall | None,
        target: Node | None = None,
        picks: bool = False,
    ) -> Edge:
        span = at.operation.span
        return Edge(tie, node, event, target, span, span.file, at.conditional or picks, at.inside or step, at.way)

    def _tie(self, tie: Tie, node: Node, names: Texts, span: Span, *, condition: bool) -> None:
        if names is None:
            self._unknown.append(Unknown(tie, span, ""))
        for name in sorted(names or ()):
            self._edges.append(Edge(tie, node, name, None, span, span.file, condition, None))

    # Invoked functions

    def _target(self, step: StepCall, place: Place) -> Node | None:
        function, app = step.argument("function"), step.argument("app")
        if function is None:
            return None
        found = self._by_reference(function.value, place)
        return found or self._by_id(function.value, app.value if app is not None else None, place)

    def _by_reference(self, value: Value, place: Place) -> Node | None:
        match value:
            case Ref() if value.is_variable:
                known = place.names.value(value)
                return self._by_reference(known, place) if known is not None and known != value else None
            case Ref():
                made, file = self._calls.bound_in(value, place.file)
                if made is None:
                    return self._decorated(value, place.file)
                return self._by_reference(made, _top(file)) if made != value else None
            case Result(of=Call() as call, path=()):
                found = self._created.get(call.span)
                return found or self._by_options(call, place)
            case Closure(body=body):
                return self._handling.get(body.span)
        return None

    def _decorated(self, ref: Ref, file: str) -> Node | None:
        """A function by the name of its handler, which Python gives to what is made of it."""
        led = self._calls.found(ref, file) if ref.origin is Origin.IMPORT else None
        file, path = (led[0].file, led[1]) if led is not None else (file, ref.path)
        if (led is None and ref.origin is not Origin.MODULE) or self._calls.language(file) is not Language.PYTHON:
            return None
        found = [node for node in self._nodes if node.file == file and (node.function.name,) == path]
        return found[0] if len(found) == 1 else None

    def _by_options(self, call: Call, place: Place) -> Node | None:
        """`referenceFunction({ functionId, appId })`."""
        target = self._calls.canonical(call.target, call.span.file)
        given = call.arguments[0].value if call.arguments else None
        if target is None or target.path != _REFERENCE or not isinstance(given, Record):
            return None
        function, app = given.get("functionId"), given.get("appId")
        return self._by_id(function.value, app.value if app is not None else None, place) if function else None

    def _by_id(self, function: Value, app: Value | None, place: Place) -> Node | None:
        id_, app_id = self._one(function, place), self._one(app, place)
        found = [node for node in self._nodes if node.id == id_ and (app_id or node.app) in (node.app, None)]
        if len(found) > 1:
            language = self._calls.language(place.file)
            found = [node for node in found if self._calls.language(node.file) is language]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _created(self) -> dict[Span, Node]:
        return {node.function.span: node for node in self._nodes}

    @cached_property
    def _handling(self) -> dict[Span, Node]:
        return {node.function.handler.span: node for node in self._nodes}

    # All other code

    def _of_other_code(self, module: Module) -> None:
        """What is sent where no function gets to, or by a helper that other code calls as well."""
        for bound in self._project.written(module):
            is_elsewhere = bound.body is not None and self._is_called_elsewhere(bound.body, ())
            if bound.operation.span not in self._seen or is_elsewhere:
                place = Place(module.file, bound.names, bound.body)
                self._happens(None, Happening(bound.operation, place, conditional=False))

    def _is_called_elsewhere(self, body: Body, inside: tuple[Span, ...]) -> bool:
        """Whether code that no function gets to calls a helper."""
        if body.span not in self._elsewhere and body.span not in inside:
            further = (*inside, body.span)
            called = self._all_callers.get(body.span, ())
            self._elsewhere[body.span] = any(self._is_elsewhere(call, place, further) for call, place in called)
        return self._elsewhere.get(body.span, False)

    def _is_elsewhere(self, call: Call, place: Place, inside: tuple[Span, ...] = ()) -> bool:
        is_outside = call.span not in self._walked
        return is_outside or (place.body is not None and self._is_called_elsewhere(place.body, inside))

    # Names

    @cached_property
    def _all_names(self) -> dict[int, Bindings]:
        known: dict[int, Bindings] = {}
        for module in self._project.modules.values():
            for bound in self._project.written(module):
                if bound.body is not None:
                    known.setdefault(id(bound.body), bound.names)
        return known

    def _names(self, body: Body) -> Bindings:
        return self._all_names.get(id(body)) or Bindings({p.name: [None] for p in body.parameters})

    @cached_property
    def _all_callers(self) -> dict[Span, list[tuple[Call, Place]]]:
        found: dict[Span, list[tuple[Call, Place]]] = {}
        for module in self._project.modules.values():
            for bound in self._project.written(module):
                callee = self._calls.callee(bound.operation) if isinstance(bound.operation, Call) else None
                if callee is not None and isinstance(bound.operation, Call):
                    place = Place(module.file, bound.names, bound.body)
                    found.setdefault(callee.span, []).append((bound.operation, place))
        return found

    def _callers(self, body: Body) -> list[tuple[Call, Place]]:
        return [found for found in self._all_callers.get(body.span, ()) if self._is_elsewhere(*found)]

    @staticmethod
    def _changes(place: Place) -> Iterator[Call]:
        block: Block = place.body.block if place.body is not None else ()
        return (o for o in everywhere(block) if isinstance(o, Call) and o.mutates is not None)


def _handed_on(call: Call) -> Argument | None:
    """What is sent by a function that is handed the method for it: `add_task(inngest_client.send, event)`."""
    for method, given in pairwise(call.arguments):
        match method.value:
            case Ref(path=(*client, name)) if name in _SENDS and any(_CLIENT in hop.lower() for hop in client):
                return given
    return None


def _top(file: str) -> Place:
    return Place(file, Bindings())


def _opened(value: Value) -> Value:
    """The value that a front end could not follow into another file."""
    match value:
        case Opaque(reads=(Ref() | Result() as inner,)):
            return inner
    return value
