"""Rule: a client, a function or its settings are made in a way that the SDK refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects.kinds import kinds
from inngest_lint.model.body import Argument, Call
from inngest_lint.model.function import InngestFunction, Module, Options
from inngest_lint.model.language import Language
from inngest_lint.model.value import Constant, Duration, Items, Record, Ref, Result, Value
from inngest_lint.project.sorts import Sorts
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

if TYPE_CHECKING:
    from inngest_lint.effects.kinds import Kind
    from inngest_lint.model.bindings import Bound

_SDK = "inngest"
_CLIENT = "Inngest"
_CREATE = {Language.PYTHON: "create_function", Language.TYPESCRIPT: "createFunction"}
_PLAIN = frozenset({"boolean", "fraction", "integer", "list", "nothing", "text", "timedelta", "mapping"})
# The sorts that are wrong for what a setting holds; `nothing` stands for a setting that is left out.
_WRONG = {
    "lists": frozenset({"boolean", "fraction", "integer", "mapping", "text"}),
    "objects": frozenset({"boolean", "fraction", "integer", "list", "text", "timedelta"}),
    "triggers": frozenset({"boolean", "fraction", "integer", "text"}),
    "numbers": frozenset({"boolean", "fraction", "list", "mapping", "text"}),
    "texts": frozenset({"boolean", "fraction", "integer", "list", "mapping"}),
}
_LABEL = {Language.PYTHON: "raises an error when the module is imported", Language.TYPESCRIPT: "the SDK refuses this"}
# Before this release of the TypeScript SDK, clients and functions had names and no ids.
_WITH_IDS = (3,)


@rule(on=Module, severity=Severity.ERROR, category=Category.SDK, since="0.2.0")
def invalid_create_function_call(module: Module, context: Context) -> Iterator[Finding]:
    """A client or a function is made with arguments that the SDK refuses, or silently loses."""
    sdk = context.project.sdk(module.file) if context.language is Language.TYPESCRIPT else None
    if sdk is not None and sdk.release < _WITH_IDS:
        return
    told: set[Span] = set()
    for place in context.project.written(module):
        call = place.operation
        if isinstance(call, Call) and call.span not in told:
            told.add(call.span)
            held = _Held(call, Sorts(context.project, module.file, place), context)
            yield from held.python() if context.language is Language.PYTHON else held.typescript()
    if context.language is Language.TYPESCRIPT:
        for function in module.functions:
            yield from _Created(function, module, context).findings()


def _listed(name: str, language: Language) -> tuple[str, ...]:
    found = kinds("creation", language).named(name)
    return found.values if found is not None else ()


def _belongs(setting: str, language: Language) -> Kind | None:
    """What belongs in a setting."""
    tables = (kinds("creation", language).named(name) for name in _WRONG)
    return next((table for table in tables if table is not None and setting in table.values), None)


@dataclass(frozen=True, slots=True)
class _Held:
    """A call, held against what the SDK takes there."""

    call: Call
    sorts: Sorts
    context: Context

    @property
    def _language(self) -> Language:
        return self.context.language

    @property
    def _head(self) -> Span:
        return self.call.head or self.call.span

    def _class(self) -> str:
        """The class of the SDK that the call makes an instance of."""
        traced = self.context.project.traced(self.call.target, self.sorts.file)
        return traced.path[1] if traced is not None and traced.path[:1] == (_SDK,) and len(traced.path) == 2 else ""

    def _is_creation(self) -> bool:
        word = self.call.spelling.rpartition(".")[2]
        return word == _CREATE[self._language] and self.context.project.client_method(self.call) == word

    # Python

    def python(self) -> Iterator[Finding]:
        """The faults of a call in Python."""
        if any(argument.spread for argument in self.call.arguments):
            return
        made = self._class()
        if self._is_creation():
            yield from self._named(
                _listed("needed", self._language), self.context.project.creation_names(self.sorts.file)
            )
            for argument in self.call.arguments:
                yield from self._setting(argument)
        elif made and _listed(made, self._language):
            yield from self._named(_listed(made, self._language), frozenset())

    def _named(self, needed: tuple[str, ...], accepted: frozenset[str]) -> Iterator[Finding]:
        """What is given by position, or under a name that is none of those taken, or not given at all."""
        name = self.call.spelling
        placed = next((argument for argument in self.call.arguments if argument.name is None), None)
        if placed is not None:
            help_ = "write " + ", ".join(f"`{each}=…`" for each in needed)
            yield self._finding(placed.span, f"`{name}` takes its arguments by name alone", help_)
            return
        unknown = [a for a in self.call.arguments if accepted and a.name not in accepted]
        given = {argument.name for argument in self.call.arguments}
        missing = [each for each in needed if each not in given]
        if unknown:
            help_ = f"did you mean `{missing[0]}`?" if missing else "leave it out"
            for argument in unknown:
                yield self._finding(argument.span, f"`{name}` takes no argument `{argument.name}`", help_)
        elif missing and not self._is_misnamed():
            listed = " and ".join(f"`{each}`" for each in missing)
            yield self._finding(self._head, f"`{name}` is called without {listed}", f"give it {listed}")

    def _is_misnamed(self) -> bool:
        """Whether the call has an argument that the SDK does not know, which is told elsewhere."""
        module = self.context.project.module(self.sorts.file)
        unknown = (argument.span for options in module.options for argument in options.unknown)
        return any(self.call.span.contains(span) for span in unknown)

    def _setting(self, argument: Argument) -> Iterator[Finding]:
        belongs = _belongs(argument.name or "", self._language)
        what = self._wrong(argument.value, belongs.name) if belongs is not None else None
        if belongs is not None and what is not None:
            yield self._finding(
                argument.span, f"`{argument.name}` is given {what}, not {belongs.phrase}", f"give it {belongs.phrase}"
            )

    def _wrong(self, value: Value, wanted: str) -> str | None:
        """What is given instead, as messages call it."""
        if wanted == "lists" and self._is_made(value):
            return "one instance"
        if wanted in ("lists", "triggers") and isinstance(value, Items):
            found = (self._plain(item, _WRONG["triggers"]) for item in value.values)
            return next((f"a list with {what}" for what in found if what is not None), None)
        wrong = _WRONG[wanted] | ({"mapping", "nothing"} if wanted == "triggers" else frozenset())
        return self._plain(value, wrong)

    def _plain(self, value: Value, wrong: frozenset[str]) -> str | None:
        if isinstance(value, Duration):
            return "a length of time" if "timedelta" in wrong else None
        kind = self.sorts.of(value)
        return kind.phrase if kind is not None and kind.name in wrong & _PLAIN else None

    def _is_made(self, value: Value) -> bool:
        """Whether a value is an instance of a class of the SDK."""
        if not isinstance(value, Result) or not isinstance(value.of, Call) or value.path:
            return False
        inner = _Held(value.of, self.sorts, self.context)
        return bool(_listed(inner._class(), self._language))

    # TypeScript

    def typescript(self) -> Iterator[Finding]:
        """The faults of a call in TypeScript; those of the options of a function are told with the function."""
        if any(argument.spread for argument in self.call.arguments):
            return
        if self._class() == _CLIENT:
            yield from self._client()
        elif self.context.project.is_serve(self.call):
            yield from self._serve()
        elif self._is_creation() and not self._is_read():
            yield from self._handler()

    def _client(self) -> Iterator[Finding]:
        given = self.call.arguments[0] if self.call.arguments else None
        record = _meant(given.value, self.sorts.place, self.context) if given is not None else None
        if given is None:
            yield self._finding(self._head, "a client is made without an `id`", 'write `new Inngest({ id: "…" })`')
        elif isinstance(record, Record) and self._is_nameless(record):
            yield self._finding(given.span, "a client is made without an `id`", "give it an `id`, the name of the app")
        elif isinstance(record, Constant):
            yield self._finding(given.span, "a client is made of a text, not of options", 'write `{ id: "…" }`')

    def _is_nameless(self, record: Record) -> bool:
        """Whether options are without an id; before the third release a name was enough."""
        is_old = record.get("name") is not None and self.context.project.sdk(self.sorts.file) is None
        return record.complete and not _has_text(record, "id") and not self._is_misnamed() and not is_old

    def _serve(self) -> Iterator[Finding]:
        given = self.call.arguments[0] if self.call.arguments else None
        record = _meant(given.value, self.sorts.place, self.context) if given is not None else None
        if given is None or not isinstance(record, Record):
            return
        if record.complete and record.get("client") is None:
            yield self._finding(
                given.span, f"`{self.call.spelling}` is called without a `client`", "give it the client"
            )
        functions = record.get("functions")
        if functions is not None and self.context.project.is_made(
            functions.value, self.sorts.place.names, self.sorts.file
        ):
            yield self._finding(functions.span, "`functions` is one function, not an array", "put it into an array")

    def _is_read(self) -> bool:
        """Whether the call is known to make a function, of a handler that a factory is given perhaps."""
        module = self.context.project.module(self.sorts.file)
        made = (*(function.span for function in module.functions), *(options.span for options in module.options))
        return self.call.span in made

    def _handler(self) -> Iterator[Finding]:
        arguments = self.call.arguments
        kind = self.sorts.of(arguments[-1].value) if len(arguments) > 1 else None
        if len(arguments) == 1 and isinstance(_meant(arguments[0].value, self.sorts.place, self.context), Record):
            yield self._finding(
                self._head, f"`{self.call.spelling}` is called without a handler", "give it the handler"
            )
        elif kind is not None and kind.name in _PLAIN:
            message = f"`{self.call.spelling}` is given {kind.phrase} for a handler"
            yield self._finding(arguments[-1].span, message, "give it the handler, a function, last")

    def _finding(self, span: Span, message: str, help_: str) -> Finding:
        return Finding(span, message, help=help_, label=_LABEL[self._language])


@dataclass(frozen=True, slots=True)
class _Created:
    """A function of a TypeScript file, held against the options that it is created with."""

    function: InngestFunction
    module: Module
    context: Context

    def findings(self) -> Iterator[Finding]:
        """The options of another type, and the id that is missing."""
        if not self.function.created or not self.context.project.is_creation(self.function.client, self.module.file):
            return
        options = next((o for o in self.module.options if o.span == self.function.span), None)
        if self.function.settings.complete and not self._has_id(options):
            yield from self._without_id()
        for argument in options.arguments if options is not None else ():
            yield from self._option(argument)

    def _has_id(self, options: Options | None) -> bool:
        if options is None:
            return self.function.id is not None
        given = options.argument("id")
        is_misnamed = any(options.mistaken.get(argument.name or "") == "id" for argument in options.unknown)
        # Before the third release a name was enough.
        is_old = options.argument("name") is not None and self.context.project.sdk(self.module.file) is None
        return is_old or is_misnamed or (given is not None and given.value != Constant(""))

    def _without_id(self) -> Iterator[Finding]:
        calls = (place.operation for place in self.context.project.written(self.module))
        made = next((call for call in calls if isinstance(call, Call) and call.span == self.function.span), None)
        if made is None or (self.function.major == _WITH_IDS[0] and isinstance(made.arguments[0].value, Constant)):
            return  # the third release makes an id of a text
        start = made.span.start
        yield Finding(
            Span(made.span.file, start, start + len(made.spelling.encode())),
            "a function is created without an `id`",
            help="give it an `id` that no other function of the app has",
            label="it is registered under the id of the app alone",
        )

    def _option(self, argument: Argument) -> Iterator[Finding]:
        belongs = _belongs(argument.name or "", Language.TYPESCRIPT)
        if belongs is None or isinstance(argument.value, Duration):
            return
        what = _instead(argument.value, belongs.name)
        if what is not None:
            lost = belongs.name == "triggers"
            yield Finding(
                argument.span,
                f"`{argument.name}` is given {what}, not {belongs.phrase}",
                help=f"give it {belongs.phrase}",
                label="no trigger is registered" if lost else "the function cannot be registered",
            )


def _instead(value: Value, wanted: str) -> str | None:
    """What is given instead, as messages call it."""
    values = value.values if wanted == "triggers" and isinstance(value, Items) else (value,)
    found = (_sort(each) for each in values)
    name = next((name for name in found if name in _WRONG[wanted]), None)
    known = kinds("sorts", Language.TYPESCRIPT).named(name) if name is not None else None
    return known.phrase if known is not None else None


def _sort(value: Value) -> str:
    match value:
        case Constant(value=bool()):
            return "boolean"
        case Constant(value=str()):
            return "text"
        case Constant(value=int()):
            return "integer"
        case Record():
            return "mapping"
        case Items():
            return "list"
    return ""


def _has_text(record: Record, key: str) -> bool:
    entry = record.get(key)
    return entry is not None and entry.value != Constant("")


def _meant(value: Value, place: Bound, context: Context) -> Value:
    """A value, or what the name it is was given."""
    if not isinstance(value, Ref):
        return value
    if value.is_variable:
        return (place.names.value(value) if len(value.path) == 1 else None) or value
    return context.project.bound(value, place.operation.span.file) or value
