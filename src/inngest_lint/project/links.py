"""Links: what the files of a run ask of files that are not in it, or of functions they have not lowered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from inngest_lint.frontends.asked import Asked, Given
from inngest_lint.frontends.contexts import parts_of_context
from inngest_lint.frontends.vocabulary import vocabulary
from inngest_lint.model.body import Argument, Body, Call, Operation
from inngest_lint.model.function import Language, Module
from inngest_lint.model.value import CALLS, EACH, Closure, Origin, Ref
from inngest_lint.model.walk import everywhere, refs_in
from inngest_lint.project.names import Names
from inngest_lint.project.references import given_back

_CLASS_AND_METHOD = 2
_OWN = (Origin.MODULE, Origin.SELF)
_OF_EVENTS = (("send",), ("send_sync",), ("Event",), ("create",))

OPEN = Asked(())
"""What is asked of a file to know which names it has."""

Wish = tuple[str, Asked]
"""A file, and what is asked of it."""


class Links:
    """The places that imports lead to, on the disk, whether they are read already or not."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules
        self._names = Names(modules.values())
        self._kept: dict[str, tuple[Module, bool, tuple[Wish, ...]]] = {}

    def wishes(self, module: Module, asked: Iterable[Asked]) -> Iterator[Wish]:
        """What a file asks of others: the names its functions use, and those it only passes on.

        A file that passes on all that another one has must be asked again once that one is read.
        """
        asked = tuple(asked)
        is_used = bool(module.functions or asked or _registers(module))
        yield from self._of_module(module, is_used=is_used)
        for wish in asked:
            yield from self._passed_on(wish, module) if wish.path else self._opened(module)

    def _of_module(self, module: Module, *, is_used: bool) -> Iterable[Wish]:
        """What the operations of a file ask of others, looked for once while it stays as it is."""
        if module.stars:
            # Which of the files that it passes on knows a name is only seen when they are read.
            return self._of_operations(module, is_used=is_used)
        kept = self._kept.get(module.file)
        if kept is None or kept[0] is not module or kept[1] is not is_used:
            kept = (module, is_used, tuple(dict.fromkeys(self._of_operations(module, is_used=is_used))))
            self._kept[module.file] = kept
        return kept[2]

    def _of_operations(self, module: Module, *, is_used: bool) -> Iterator[Wish]:
        for body in _bodies(module):
            immediate = module.language is Language.PYTHON and body is not None and not body.is_async
            operations = tuple(everywhere(body.block if body is not None else module.block))
            is_asking = is_used or any(_hands_over(operation, module.language) for operation in operations)
            for operation in operations:
                if is_asking or _speaks_of_events(operation):
                    yield from self._of(operation, module, immediate=immediate)

    def _of(self, operation: Operation, module: Module, *, immediate: bool) -> Iterator[Wish]:
        called = operation.target if isinstance(operation, Call) and isinstance(operation.target, Ref) else None
        given = _given(operation.arguments) if isinstance(operation, Call) else frozenset()
        for ref in refs_in(operation):
            handed = given if ref is called else frozenset()
            wish = Asked((), handed, immediate and bool(handed))
            if ref.origin is Origin.IMPORT:
                yield from self._abroad(ref, module.file, wish)
            elif ref.origin in _OWN and len(ref.path) > 1:
                yield from self._passed_on(replace(wish, path=_names_of(ref.path)), module)

    def _abroad(self, ref: Ref, file: str, wish: Asked) -> Iterator[Wish]:
        """What an import asks of the file that it leads to."""
        led = self._names.place(ref.path, file)
        if led is None or led[0] == file:
            return
        names = _names_of(led[1])
        # A file that is used as a whole: `Object.values(functions)`.
        yield led[0], replace(wish, path=names) if names else OPEN

    def _further(self, ref: Ref, hops: list[str], module: Module, wish: Asked) -> Iterator[Wish]:
        """What is asked of the file that something of this one comes from, perhaps of this one itself."""
        path = (*ref.path, *hops)
        if ref.origin is Origin.IMPORT:
            yield from self._abroad(Ref(ref.origin, path), module.file, wish)
        elif ref.origin is Origin.MODULE and module.binding(".".join(_names_of(path))) is None:
            yield module.file, replace(wish, path=_names_of(path))

    def _opened(self, module: Module) -> Iterator[Wish]:
        """The files whose names a file exports as its own."""
        for star in module.stars:
            led = self._names.place(star, module.file)
            if led is not None and not led[1] and led[0] != module.file:
                yield led[0], OPEN

    def _passed_on(self, wish: Asked, module: Module) -> Iterator[Wish]:
        """What is asked of a file that has it from another one itself."""
        first, *rest = wish.path
        bound = module.binding(first)
        if rest and module.binding(".".join(wish.path)) is not None:
            return
        if isinstance(bound, Ref) and bound != Ref(Origin.MODULE, (first,)):
            yield from self._further(bound, rest, module, wish)
        for ref in self._sources(first, module) if rest else ():
            yield from self._further(ref, rest, module, wish)
        for star in module.stars if bound is None else ():
            led = self._names.place(star, module.file)
            if led is not None and not led[1] and led[0] != module.file:
                yield from self._from_star(led[0], wish)

    def _sources(self, name: str, module: Module) -> Iterator[Ref]:
        """Where a class has what it does not define, or what a function gives comes from."""
        known, bound = module.classes.get(name), module.binding(name)
        if known is not None:
            yield from known.bases
        elif isinstance(bound, Closure):
            yield from given_back(bound.body, module)

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
    waiting = {*modules}
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
                module = answer(place, sorted(wishes, key=_order))
                if module is not None:
                    known[place] = module
            # What it has from elsewhere is asked there in turn.
            waiting.add(place)
    yield from (module for file, module in known.items() if module is not modules.get(file))


def _order(wish: Asked) -> tuple[tuple[str, ...], bool, list[str]]:
    return wish.path, wish.immediate, sorted(map(repr, wish.given))


def is_met(wish: Asked, module: Module) -> bool:
    """Whether a file, as it is lowered, says already what is asked of it."""
    if not wish.path:
        return True
    bound = module.binding(".".join(wish.path)) is not None or module.binding(wish.path[0]) is not None
    return bound and not wish.given


def _registers(module: Module) -> bool:
    """Whether a file hands functions to Inngest, as far as what it imports tells."""
    words = vocabulary(module.language)
    heads = {path[0] for path in (*words.serves, *words.connects)}
    return any(found.path[:1] and found.path[0] in heads for found in module.imports)


def _hands_over(operation: Operation, language: Language) -> bool:
    """Whether an operation hands functions to Inngest."""
    words = vocabulary(language)
    target = operation.target if isinstance(operation, Call) else None
    return isinstance(target, Ref) and (target.path in words.serves or target.path in words.connects)


def _speaks_of_events(operation: Operation) -> bool:
    """Whether an operation makes or sends an event, whose name other files may hold."""
    target = operation.target if isinstance(operation, Call) else None
    return isinstance(target, Ref) and target.path[-1:] in _OF_EVENTS


def _names_of(path: tuple[str, ...]) -> tuple[str, ...]:
    """The name of the top level that a path leads to, and the method of a class."""
    return tuple(hop for hop in path if hop not in CALLS and hop != EACH)[:_CLASS_AND_METHOD]


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
        found.update(Given(place, part, key) for key, part in parts_of_context(argument.value))
    return frozenset(found)
