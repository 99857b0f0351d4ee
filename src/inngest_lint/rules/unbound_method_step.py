"""Rule: a step is given a method without its object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects.kinds import kinds
from inngest_lint.model.bindings import Bindings
from inngest_lint.model.body import Body, Call, StepCall, StepKind
from inngest_lint.model.function import Language, Module
from inngest_lint.model.value import CALLS, Closure, Origin, Record, Ref, Result, Value
from inngest_lint.model.walk import everywhere, refs_in
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_TAKES_FUNCTION = (StepKind.RUN, StepKind.AI_WRAP)
_BIND = ".bind"
_NEW = "new "
_OF_INSTANCE = ("this.", "super.")
# Classes that derive from each other in a circle end here.
_MOST_BASES = 8


@rule(
    on=Module,
    severity=Severity.ERROR,
    category=Category.STEPS,
    since="0.2.0",
    languages=frozenset({Language.TYPESCRIPT}),  # a method of Python knows its object
)
def unbound_method_step(module: Module, context: Context) -> Iterator[Finding]:
    """A step is given a method without its object, and the method does not find `this` when the step calls it."""
    places = context.project.written(module)
    calls = [place.operation for place in places if isinstance(place.operation, Call)]
    for place in places:
        step = place.operation
        if not isinstance(step, StepCall) or step.kind not in _TAKES_FUNCTION or step.callback is None:
            continue
        given = step.callback.value
        if isinstance(given, Ref) and given.is_variable and len(given.path) == 1:
            given = place.names.value(given) or given
        needs_object = _needs_object(given, place.names, module, context.project)
        if needs_object and not _is_made(step.callback.span, calls):
            yield _finding(step.callback.span)


def _finding(span: Span) -> Finding:
    return Finding(
        span,
        "the step is given a method without its object",
        help="pass an arrow function that calls the method, or bind it with `.bind(…)`",
        label="`this` is undefined in there when the step calls it",
    )


def _is_made(span: Span, calls: Iterable[Call]) -> bool:
    """Whether a function is the result of a call, such as one of `bind`."""
    return any(
        span.contains(call.span) and (call.span.end == span.end or call.spelling.endswith(_BIND)) for call in calls
    )


def _needs_object(given: Value, names: Bindings, module: Module, project: Project) -> bool:
    """Whether a function is a method that is known to look for its object."""
    match given:
        case Ref(origin=Origin.SELF, path=(name, method)):
            return _asks_this(_method(name, method, module))
        case Ref(origin=Origin.MODULE, path=(name, hop, method)) if hop in CALLS:
            return _asks_this(_method(name, method, module))
        case Ref(origin=Origin.IMPORT):
            found = project.library(given, module.file)
            return found is not None and _is_of_instance(found, by_new=False)
    made, hops = _taken_off(given, names, module)
    match made, hops:
        case Record(), (key,):
            entry = made.get(key)
            return entry is not None and isinstance(entry.value, Closure) and _asks_this(entry.value.body)
        case Result(of=Call(target=Ref(origin=Origin.MODULE, path=(name,))), path=()), (method,):
            return _asks_this(_method(name, method, module))
        case Result(of=Call() as call, path=()), (_, *_):
            found = project.library(Result(call, hops), module.file)
            return found is not None and _is_of_instance(found, by_new=call.spelling.startswith(_NEW))
    return False


def _taken_off(given: Value, names: Bindings, module: Module) -> tuple[Value | None, tuple[str, ...]]:
    """The object a function is taken off, as far as it is known, and the names that lead from there."""
    match given:
        case Result(of=of, path=hops):
            return Result(of), hops
        case Ref(origin=Origin.MODULE, path=(name, *hops)):
            return module.binding(name), tuple(hops)
        case Ref(path=(_, *hops)) if given.is_variable:
            return names.value(given), tuple(hops)
    return None, ()


def _method(name: str, method: str, module: Module) -> Body | None:
    """A method of the instances of a class of the file, inherited ones included."""
    for _ in range(_MOST_BASES):
        found = module.binding(f"{name}.{method}")
        if isinstance(found, Closure):
            return found.body
        known = module.classes.get(name)
        base = known.bases[0] if known is not None and known.bases else None
        if base is None or base.origin is not Origin.MODULE:
            return None
        name = base.name
    return None


def _asks_this(body: Body | None) -> bool:
    """Whether a function looks for the object it is called on."""
    # An arrow function has no name of its own, and the object of its surroundings.
    if body is None or body.name_span == body.span or not body.span.contains(body.name_span):
        return False
    operations = tuple(everywhere(body.block))
    calls = (operation for operation in operations if isinstance(operation, Call))
    return any(call.spelling.startswith(_OF_INSTANCE) for call in calls) or any(
        ref.origin is Origin.SELF for operation in operations for ref in refs_in(operation)
    )


def _is_of_instance(ref: Ref, *, by_new: bool) -> bool:
    """Whether a reference leads to a method of what a class of a library made, and the method looks for it."""
    calls = [place for place, hop in enumerate(ref.path) if hop in CALLS]
    if len(calls) != 1 or not 0 < calls[0] < len(ref.path) - 1:
        return False
    kind = kinds("receivers", Language.TYPESCRIPT).of_value(ref.dotted)
    if kind is not None:
        return kind.name == "instance"
    return by_new or ref.path[calls[0] - 1][:1].isupper()
