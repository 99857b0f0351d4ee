"""The registry: which functions a project hands to Inngest, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from inngest_lint.frontends.vocabulary import vocabulary
from inngest_lint.model.bindings import Bound
from inngest_lint.model.body import Argument, Call
from inngest_lint.model.function import InngestFunction, Language, Module
from inngest_lint.model.testing import is_test
from inngest_lint.model.value import Items, Opaque, Origin, Record, Ref, Value
from inngest_lint.project.calls import Calls
from inngest_lint.project.manifests import folders
from inngest_lint.project.registry.clients import Clients, Home
from inngest_lint.project.registry.lists import Lists, Place, Put, put
from inngest_lint.text import Span

_MANIFESTS = ("package.json", "pyproject.toml", "setup.py", "requirements.txt", "deno.json")
_CLIENT, _FUNCTIONS, _APPS = "client", "functions", "apps"


@dataclass(frozen=True, slots=True)
class Serve:
    """A call that registers functions, and the client it does so for; None where that is not known.

    `functions` are all that may be in its list, and not `whole` where there may be others.
    """

    span: Span
    client: Home | None
    functions: frozenset[InngestFunction]
    whole: bool


class Registry:
    """The functions of a project, and the calls of `serve` and `connect` that register them."""

    def __init__(
        self, modules: Mapping[str, Module], calls: Calls, written: Callable[[Module], tuple[Bound, ...]]
    ) -> None:
        self._modules = modules
        self._calls = calls
        self._clients = Clients(modules, calls)
        self._written = {file: written(module) for file, module in modules.items()}
        self._lists = Lists(modules, calls, self._puts(), self._made_with)
        self.serves = tuple(self._serves())

    def client(self, function: InngestFunction) -> Home | None:
        """Where the client is made that a function is created on."""
        return self._clients.home(function.client, function.span.file)

    def unregistered(self) -> Iterator[tuple[InngestFunction, Serve]]:
        """The functions that no list names, though all lists of their client are known, with the first of those."""
        registered = frozenset(function for serve in self.serves for function in serve.functions)
        for function in self._created():
            serves = self._of(function) if function not in registered else ()
            if serves and all(serve.whole for serve in serves):
                yield function, serves[0]

    def _of(self, function: InngestFunction) -> tuple[Serve, ...]:
        """What may register a function; nothing where the project does not register any of its client's."""
        client = self.client(function)
        if client is None or not any(serve.client == client and not is_test(serve.span.file) for serve in self.serves):
            return ()
        return tuple(serve for serve in self.serves if serve.client in (client, None))

    def duplicates(self) -> Iterator[tuple[InngestFunction, InngestFunction]]:
        """The functions that have the id of another one of their app, each with the first that has it."""
        first: dict[str, list[InngestFunction]] = {}
        for function in self._created():
            identity = self.id(function)
            if identity is None:
                continue
            same = first.setdefault(identity, [])
            other = next((other for other in same if self._meet(function, other)), None)
            if other is not None:
                yield function, other
            same.append(function)

    def id(self, function: InngestFunction) -> str | None:
        """The id of a function, where it is a constant."""
        value = function.id.value if function.id is not None else None
        if isinstance(value, Ref):
            value = self._calls.bound(value, function.span.file)
        found = getattr(value, "value", None)
        return found if isinstance(found, str) else None

    def _meet(self, one: InngestFunction, other: InngestFunction) -> bool:
        """Whether two functions are registered for the same app."""
        client = self.client(one)
        is_shared = client is not None and client == self.client(other)
        if any({one, other} <= serve.functions for serve in self.serves):
            # In Python the id that counts begins with that of the client.
            return is_shared or self._modules[one.span.file].language is Language.TYPESCRIPT
        if not is_shared or _app(one.span.file) != _app(other.span.file):
            return False
        serves = [serve for serve in self.serves if serve.client in (client, None)]
        if not serves or not all(serve.whole for serve in serves):
            return True
        # One that nothing registers is another fault.
        return all(any(function in serve.functions for serve in serves) for function in (one, other))

    def _created(self) -> Iterator[InngestFunction]:
        for module in self._modules.values():
            if not is_test(module.file):
                yield from (function for function in module.functions if function.created)

    def _made_with(self, client: Ref, file: str) -> tuple[InngestFunction, ...] | None:
        """The functions made with a client, and those that may be; None where it is not known."""
        home = self._clients.home(client, file)
        created = [function for module in self._modules.values() for function in module.functions if function.created]
        made = tuple(function for function in created if self.client(function) in (home, None))
        return made if home is not None else None

    def _puts(self) -> dict[tuple[str, str], list[Put]]:
        """What is put into the collections of each top level, wherever that is written."""
        found: dict[tuple[str, str], list[Put]] = {}
        for file, written in self._written.items():
            for each in written:
                into = put(each.operation)
                home = self._home(into[0], file) if into is not None else None
                if into is not None and home is not None:
                    found.setdefault(home, []).append(Put(into[1], Place(file, each.body, each.names)))
        return found

    def _home(self, ref: Ref, file: str) -> tuple[str, str] | None:
        if ref.origin is Origin.MODULE:
            return file, ref.name
        found = self._calls.found(ref, file) if ref.origin is Origin.IMPORT else None
        return (found[0].file, found[1][0]) if found is not None and found[1] else None

    # Calls that register

    def _serves(self) -> Iterator[Serve]:
        seen: set[Span] = set()
        for file, written in self._written.items():
            for each in written:
                if isinstance(each.operation, Call) and each.operation.span not in seen:
                    place = Place(file, each.body, each.names)
                    found = tuple(self._served(each.operation, place))
                    yield from found
                    seen.update(serve.span for serve in found)

    def _served(self, call: Call, place: Place) -> Iterator[Serve]:
        words = vocabulary(self._modules[place.file].language)
        for target, arguments in _targets(call):
            ref = self._calls.canonical(target, place.file)
            path = ref.path if ref is not None and ref.origin is Origin.IMPORT else ()
            if path in words.serves:
                yield self._registered(call, arguments, words.serves[path], place)
            elif path in words.connects:
                yield from self._connected(call, place)

    def _registered(self, call: Call, arguments: tuple[Argument, ...], position: int, place: Place) -> Serve:
        if len(arguments) == 1:
            options, there = self._known(arguments[0].value, place)
            if isinstance(options, Record):
                return self._of_options(call, options, there)
        client = _argument(arguments, _CLIENT, position)
        return self._serve(call, client, _argument(arguments, _FUNCTIONS, position + 1), place)

    def _connected(self, call: Call, place: Place) -> Iterator[Serve]:
        first = call.argument(_APPS, 0)
        value, there = self._known(first.value if first is not None else Opaque(), place)
        apps = value.get(_APPS) if isinstance(value, Record) else None
        if apps is not None:
            value, there = self._known(apps.value, there)
        for app in value.values if isinstance(value, Items) else (Opaque(),):
            match self._known(app, there):
                case Items(values=(client, functions)), inside:
                    yield self._serve(call, client, functions, inside)
                case Record() as options, inside:
                    yield self._of_options(call, options, inside)
                case _:
                    yield Serve(call.span, None, frozenset(), whole=False)

    def _of_options(self, call: Call, options: Record, place: Place) -> Serve:
        client, functions = (options.get(key) for key in (_CLIENT, _FUNCTIONS))
        return self._serve(call, client.value if client else None, functions.value if functions else None, place)

    def _serve(self, call: Call, client: Value | None, functions: Value | None, place: Place) -> Serve:
        home = self._clients.home(_assigned(client, place), place.file)
        listed = self._lists.of(functions if functions is not None else Opaque(), place)
        return Serve(call.span, home, listed.functions, listed.whole)

    def _known(self, value: Value, place: Place) -> tuple[Value, Place]:
        """A value, or what the name it is was given, and where that is written."""
        value = _assigned(value, place) or value
        if not isinstance(value, Ref) or value.is_variable:
            return value, place
        bound, file = self._calls.bound_in(value, place.file)
        return (bound, Place(file)) if bound is not None else (value, place)


def _assigned(value: Value | None, place: Place) -> Value | None:
    """A value, or the only one that a variable is given."""
    if isinstance(value, Ref) and value.is_variable and len(value.path) == 1 and place.names is not None:
        return place.names.value(value) or value
    return value


def _targets(call: Call) -> Iterator[tuple[Value, tuple[Argument, ...]]]:
    """What a call is of, and the plugin that it may hand options to: `fastify.register(plugin, options)`."""
    yield call.target, call.arguments
    if len(call.arguments) > 1 and isinstance(call.arguments[0].value, Ref):
        yield call.arguments[0].value, call.arguments[1:2]


def _argument(arguments: tuple[Argument, ...], name: str, position: int) -> Value | None:
    named = next((argument.value for argument in arguments if argument.name == name), None)
    placed = [argument for argument in arguments if argument.name is None]
    if named is not None or position >= len(placed) or any(argument.spread for argument in placed):
        return named
    return placed[position].value


def _app(file: str) -> Path | None:
    """The folder of the package that a file belongs to."""
    above = folders(Path(file).parent)
    return next((folder for folder in above if any((folder / name).exists() for name in _MANIFESTS)), None)
