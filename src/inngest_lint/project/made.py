"""Made: the Inngest function that a value of a project stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.model.body import Call
from inngest_lint.model.function import InngestFunction, Language, Module
from inngest_lint.model.value import Closure, Origin, Ref, Result, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inngest_lint.model.bindings import Bindings
    from inngest_lint.project.calls import Calls

_LONGEST_CHAIN = 8


class Made:
    """What the calls that create Inngest functions have made, by the names it has."""

    def __init__(self, modules: Mapping[str, Module], calls: Calls) -> None:
        self._calls = calls
        created = [function for module in modules.values() for function in module.functions if function.created]
        self._by_start = {(function.span.file, function.span.start): function for function in created}
        self._by_name: dict[tuple[str, str], list[InngestFunction]] = {}
        for function in created:
            self._by_name.setdefault((function.span.file, function.name), []).append(function)

    def of(self, value: Value, names: Bindings | None, file: str, left: int = _LONGEST_CHAIN) -> InngestFunction | None:
        """The function that a value of a file stands for; `names` are those in force where it is written."""
        match value:
            case Result(of=Call() as call, path=()):
                return self._given_by(call)
            case Ref(path=(_,)) if value.is_variable and names is not None and left:
                known = names.value(value)
                return self.of(known, names, file, left - 1) if known is not None else None
            case Ref() if not value.is_variable and left:
                known, there = self._calls.bound_in(value, file)
                if known is None or isinstance(known, Closure):
                    return self._decorated(value, file)
                return self.of(known, None, there, left - 1) if known != value else None
        return None

    def _given_by(self, call: Call) -> InngestFunction | None:
        """The function that a call gives; in Python it is the second one of `create_function(…)(handler)`."""
        function = self._by_start.get((call.span.file, call.span.start))
        is_python = self._calls.language(call.span.file) is Language.PYTHON
        return function if function is not None and (call.span != function.span) is is_python else None

    def _decorated(self, ref: Ref, file: str) -> InngestFunction | None:
        """A function by the name of its handler, which Python gives to what is made of it."""
        led = self._calls.found(ref, file) if ref.origin is Origin.IMPORT else None
        file, path = (led[0].file, led[1]) if led is not None else (file, ref.path)
        if (led is None and ref.origin is not Origin.MODULE) or len(path) != 1:
            return None
        if self._calls.language(file) is not Language.PYTHON:
            return None
        found = [function for function in self._by_name.get((file, path[0]), ()) if _is_decorated(function)]
        return found[0] if len(found) == 1 else None


def _is_decorated(function: InngestFunction) -> bool:
    """Whether the name of a handler stands for the function that is made of it; a decorator of the project's own
    that creates one inside may give something else.
    """
    handler = function.handler
    return handler.decorated and handler.owner is None and function.span.end <= handler.name_span.start
