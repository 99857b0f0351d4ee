"""Links: what the files of a run ask of files that are not in it, or of functions they have not lowered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from inngest_lint.frontends.asked import Asked, Given
from inngest_lint.model.body import Argument, Body, Call, Operation
from inngest_lint.model.function import Language, Module
from inngest_lint.model.value import CALLS, EACH, Origin, Record, Ref, Value
from inngest_lint.model.walk import everywhere, refs_in
from inngest_lint.project.names import Names

_CLASS_AND_METHOD = 2

OPEN = Asked(())
"""What is asked of a file to know which names it has."""

Wish = tuple[str, Asked]
"""A file, and what is asked of it."""


class Links:
    """The places that imports lead to, on the disk, whether they are read already or not."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules
        self._names = Names(modules.values())

    def wishes(self, module: Module, asked: Iterable[Asked]) -> Iterator[Wish]:
        """What a file asks of others: the names its functions use, and those it only passes on.

        A file that passes on all that another one has must be asked again once that one is read.
        """
        for body in _bodies(module):
            immediate = module.language is Language.PYTHON and body is not None and not body.is_async
            for operation in everywhere(body.block if body is not None else module.block):
                yield from self._of(operation, module.file, immediate=immediate)
        for wish in (wish for wish in asked if wish.path):
            yield from self._passed_on(wish, module)

    def _of(self, operation: Operation, file: str, *, immediate: bool) -> Iterator[Wish]:
        called = operation.target if isinstance(operation, Call) and isinstance(operation.target, Ref) else None
        given = _given(operation.arguments) if isinstance(operation, Call) else frozenset()
        for ref in refs_in(operation):
            handed = given if ref is called else frozenset()
            yield from self._wish(ref, file, handed, immediate=immediate and bool(handed))

    def _wish(
        self, ref: Ref, file: str, given: frozenset[Given] = frozenset(), *, immediate: bool = False
    ) -> Iterator[Wish]:
        led = self._names.place(ref.path, file) if ref.origin is Origin.IMPORT else None
        if led is None or led[0] == file:
            return
        names = tuple(hop for hop in led[1] if hop not in CALLS and hop != EACH)
        if names:
            yield led[0], Asked(names[:_CLASS_AND_METHOD], given, immediate)

    def _passed_on(self, wish: Asked, module: Module) -> Iterator[Wish]:
        """What is asked of a file that has it from another one itself."""
        first, *rest = wish.path
        bound = module.binding(first)
        if isinstance(bound, Ref):
            further = Ref(bound.origin, (*bound.path, *rest))
            yield from self._wish(further, module.file, wish.given, immediate=wish.immediate)
        for star in module.stars if bound is None else ():
            led = self._names.place(star, module.file)
            if led is not None and not led[1] and led[0] != module.file:
                yield from self._from_star(led[0], wish)

    def _from_star(self, file: str, wish: Asked) -> Iterator[Wish]:
        known = self._modules.get(file)
        if known is None:
            yield file, OPEN
        elif wish.path[0] in known.declares or known.stars:
            yield file, wish


def link(modules: Mapping[str, Module], answer: Callable[[str, Collection[Asked]], Module | None]) -> Iterator[Module]:
    """The modules that the functions of a run use, lowered with what is asked of them; those of the run anew."""
    known = dict(modules)
    links = Links(known)
    asked: dict[str, set[Asked]] = {}
    waiting = {module.file for module in modules.values() if module.functions}
    while waiting:
        new: dict[str, set[Asked]] = {}
        again: set[str] = set()
        for file in sorted(waiting & known.keys()):
            for place, wish in links.wishes(known[file], asked.get(file, ())):
                if wish is OPEN:
                    again.add(file)
                if wish not in asked.get(place, ()):
                    new.setdefault(place, set()).add(wish)
        waiting = again if new else set()
        for place, wishes in new.items():
            asked.setdefault(place, set()).update(wishes)
            if place not in known or not all(is_met(wish, known[place]) for wish in wishes):
                module = answer(place, sorted(wishes, key=lambda wish: (wish.path, repr(wish.given))))
                if module is not None:
                    known[place] = module
                    waiting.add(place)
    yield from (module for file, module in known.items() if module is not modules.get(file))


def is_met(wish: Asked, module: Module) -> bool:
    """Whether a file, as it is lowered, says already what is asked of it."""
    if not wish.path:
        return True
    bound = module.binding(".".join(wish.path)) is not None or module.binding(wish.path[0]) is not None
    return bound and not wish.given


def _bodies(module: Module) -> Iterator[Body | None]:
    for function in module.functions:
        yield function.handler
        if function.on_failure is not None:
            yield function.on_failure
    yield from module.bodies
    yield None


def _given(arguments: tuple[Argument, ...]) -> frozenset[Given]:
    """The parts of the context among the arguments of a call."""
    found: set[Given] = set()
    for index, argument in enumerate(arguments):
        place: int | str = argument.name if argument.name is not None else index
        found.update(Given(place, part, key) for key, part in _parts(argument.value))
    return frozenset(found)


def _parts(value: Value) -> Iterator[tuple[str, tuple[str, ...]]]:
    match value:
        case Ref(origin=Origin.CONTEXT, path=path) if len(path) <= 1:
            yield "", path
        case Record(entries=entries):
            for entry in entries:
                yield from ((entry.key, part) for key, part in _parts(entry.value) if not key)
