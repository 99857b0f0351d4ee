"""Clients: which names of a project stand for the same Inngest client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inngest_lint.model.body import Body, Call, Return
from inngest_lint.model.function import Module
from inngest_lint.model.value import CALLED, CALLS, Closure, Origin, Ref, Result, Value
from inngest_lint.model.walk import walk
from inngest_lint.project.calls import Calls

Home = tuple[str, tuple[str, ...]]
"""Where a client is made: the file, and what it is called there."""

_LONGEST_CHAIN = 16


class Clients:
    """The clients of a project, by the place where each is made."""

    def __init__(self, modules: Mapping[str, Module], calls: Calls) -> None:
        self._modules = modules
        self._calls = calls

    def home(self, value: Value | None, file: str) -> Home | None:
        """Where the client is made that a value of a file stands for; None where that is not known."""
        return self._home(value, file, _LONGEST_CHAIN)

    def _home(self, value: Value | None, file: str, left: int) -> Home | None:
        match value:
            case Ref(origin=Origin.IMPORT) if left:
                found = self._calls.found(value, file)
                if found is not None and found[1]:
                    return self._named(found[1], found[0].file, left - 1)
                return self._calls.place(value, file)
            case Ref(origin=Origin.MODULE, path=path) if left:
                return self._named(path, file, left - 1)
            case Result(of=Call(target=Ref() as target), path=path):
                return self._home(Ref(target.origin, (*target.path, CALLED, *path)), file, left)
        return None

    def _named(self, path: tuple[str, ...], file: str, left: int) -> Home | None:
        name, *hops = path
        bound = self._modules[file].binding(name)
        match bound:
            case Ref():
                return self._home(Ref(bound.origin, (*bound.path, *hops)), file, left)
            case Closure(body=body) if hops and hops[0] in CALLS:
                return self._given_by(body, file, left) or (file, (name, CALLED, *hops[1:]))
            case Result(of=Call(target=Ref() as target) as call) if self._calls.callee(call) is not None:
                # `inngest = get_client()` is the client that the function gives.
                called = Ref(target.origin, (*target.path, CALLED, *bound.path, *hops))
                return self._home(called, file, left) or (file, path)
        return file, path

    def _given_by(self, body: Body, file: str, left: int) -> Home | None:
        """The home of the only client that a function gives back, where it is one of a top level."""
        homes = {self._home(value, file, left) for value in _returned(body)}
        return homes.pop() if len(homes) == 1 else None


def _returned(body: Body) -> Iterator[Value]:
    for operation in walk(body.block):
        if isinstance(operation, Return) and operation.value is not None:
            yield operation.value
