"""Creation: the calls that make an Inngest function of a handler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inngest_lint.frontends.contexts import positional_contexts
from inngest_lint.frontends.functions import Handled, elsewhere, unknown_body
from inngest_lint.frontends.python.functions import inngest_function
from inngest_lint.frontends.python.steps import Steps
from inngest_lint.model.body import Argument, Body, Call
from inngest_lint.model.value import CALLS, Closure, Entry, Items, Origin, Record, Ref, Result, Value
from inngest_lint.model.walk import everywhere, members


class Creations(Steps):
    """The part of the lowering that finds Inngest functions."""

    def is_creation(self, call: Call) -> bool:
        """Whether a call is the SDK's `create_function`, by its name and by the keywords that only it takes.

        The client may come from anywhere, so it is not asked for; unpacked arguments alone are taken
        for the SDK's where the receiver is no object of another library.
        """
        if not self._is_named_so(call):
            return False
        named = {argument.name for argument in call.arguments}
        if self.module.words.id in named or self.module.words.triggers in named:
            return True
        return any(argument.spread for argument in call.arguments) and not _is_foreign(call.target)

    def _is_named_so(self, call: Call) -> bool:
        create = self.module.words.create
        by_path = isinstance(call.target, Ref) and call.target.path[-1:] == (create,)
        return by_path or call.spelling.rpartition(".")[2] == create

    def creation(self, decorators: Sequence[Value]) -> Call | None:
        """The creation of an Inngest function among the values that decorate a definition."""
        made = (self.called(member) for value in decorators for member in members(value))
        found = (self._creation_in(call) for call in made if call is not None)
        return next((creation for creation in found if creation is not None), None)

    def _creation_in(self, call: Call) -> Call | None:
        if self.is_creation(call):
            return call
        # A decorator of the user's own, which creates the function inside.
        factory = self.module.function_body(call.target)
        if factory is None:
            return None
        inside = everywhere(factory.block)
        return next((o for o in inside if isinstance(o, Call) and self.is_creation(o)), None)

    def declare_applied(self, creation: Call, handler: Argument) -> None:
        """Declare the function that a creation makes of what it is applied to."""
        value = self.function_value(handler.value)
        if isinstance(value, Ref) and value.is_variable:
            return  # a factory's parameter: what the factory decorates is declared where it is used
        self.declare(creation, self._handed(handler) or self._unknown(handler))

    def _handed(self, handler: Argument) -> Handled | None:
        """A function that is given by its name, defined in this file or imported from another one."""
        value = self.function_value(handler.value)
        spelling = self.module.source.slice(handler.span)
        body = self.handler(value)
        if body is None and isinstance(value, Ref) and value.origin is Origin.IMPORT:
            body = elsewhere(value, handler.span, spelling)
        return Handled(body, body.name or spelling, handler.span) if body is not None else None

    def _unknown(self, handler: Argument) -> Handled:
        return Handled(unknown_body(handler.span), self.module.source.slice(handler.span), handler.span)

    def handler(self, value: Value) -> Body | None:
        """A function as the handler Inngest calls."""
        match self.function_value(value):
            case Closure(body=body):
                contexts = positional_contexts(parameter.name for parameter in body.parameters)
                return self.specialised(body, contexts, immediate=not body.is_async) if contexts else body
            case Ref() as ref:
                return self.module.handler(ref)
        return None

    def declare(self, creation: Call, handler: Handled) -> None:
        """An Inngest function was found."""
        creation = self._resolved(creation)
        failure = creation.argument(self.module.words.on_failure)
        on_failure = self._handed(failure) if failure is not None else None
        self.module.declare(inngest_function(self.module.words, creation, handler, on_failure))

    def _resolved(self, call: Call) -> Call:
        """A call with its arguments followed through names, and those it unpacks listed."""
        arguments: list[Argument] = []
        for argument in call.arguments:
            value = self._known(argument.value)
            if argument.spread and isinstance(value, Record) and value.complete:
                arguments.extend(Argument(e.key, self._known(e.value), argument.span) for e in value.entries)
            else:
                arguments.append(replace(argument, value=value))
        return replace(call, arguments=tuple(arguments))

    def _known(self, value: Value, *through: Ref) -> Value:
        """A value, or what the name it is was bound to once."""
        match value:
            case Items(values=values):
                return Items(tuple(self._known(item, *through) for item in values), value.ordered)
            case Ref() if value not in through:
                bound = self.bound_to(value)
                return value if bound is None else self._known(bound, value, *through)
            case Result(of=Call(target=Ref(origin=Origin.GLOBAL, path=("dict",))) as call, path=()):
                return _entered(call)
        return value


def _entered(call: Call) -> Record:
    """What `dict(name=value, …)` gives."""
    named = [(a.name, a) for a in call.arguments if a.name is not None and not a.spread]
    entries = tuple(Entry(name, argument.value, argument.span) for name, argument in named)
    return Record(entries, complete=len(entries) == len(call.arguments))


def _is_foreign(target: Value) -> bool:
    """Whether a method is one of an object that another library made: `boto3.client(…).create_function`."""
    return (
        isinstance(target, Ref)
        and target.origin is Origin.IMPORT
        and target.path[0] not in (".", "inngest")
        and any(hop in CALLS for hop in target.path)
    )
