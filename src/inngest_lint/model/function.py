"""Functions and modules: what a file declares to Inngest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inngest_lint.model.body import Argument, Block, Body
from inngest_lint.model.language import Language
from inngest_lint.model.value import Entry, Record, Ref, Value
from inngest_lint.text import Span

__all__ = [
    "WHOLE",
    "Cast",
    "Class",
    "Comment",
    "Import",
    "InngestFunction",
    "Language",
    "Module",
    "Options",
    "Problem",
    "Replaced",
    "Trigger",
]

WHOLE = "export ="
"""The name under which stands what a file of CommonJS exports as a whole: `module.exports = client`."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts a function: an event, with a condition perhaps, or a schedule.

    `schema` is what says of which type the event's data is, where the trigger itself says so. `written` is what the
    trigger says where it stands, under the names of the model.
    """

    span: Span
    event: Value | None = None
    cron: Value | None = None
    condition: Value | None = None
    schema: Value | None = None
    written: tuple[Entry, ...] = field(default=(), compare=False)

    def at(self, key: str) -> Span:
        """Where it says what stands under a name of the model."""
        return next((entry.span for entry in self.written if entry.key == key), self.span)


@dataclass(frozen=True, slots=True, eq=False)
class InngestFunction:
    """A function that Inngest runs.

    `span` is the call that makes it, `name` what the code calls it, `settings` its flow control and the
    like under neutral keys. `handler` is never None: one that was not found is a body with one hole.
    One that is not `created` here is a function that takes the context and is called from another file:
    nothing is known of its triggers and settings, and its span is its name. `client` is what it is made with,
    `major` the release of the SDK that the shape of its making belongs to, where there are several.
    """

    span: Span
    name: str
    id: Argument | None
    triggers: tuple[Trigger, ...]
    settings: Record
    handler: Body
    on_failure: Body | None = None
    on_failure_span: Span | None = None
    created: bool = True
    client: Ref | None = None
    major: int | None = None

    def setting(self, *keys: str) -> Entry | None:
        """The setting under a chain of keys: `setting("throttle", "limit")`."""
        found: Entry | None = None
        record: Value | None = self.settings
        for key in keys:
            found = record.get(key) if isinstance(record, Record) else None
            record = found.value if found else None
        return found


@dataclass(frozen=True, slots=True)
class Replaced:
    """What stands in for a name that the SDK knew before the release `until`, or knows from `since` on.

    `rename` is the name of the same thing in the other releases, where only the name is another one.
    """

    instead: str
    rename: str | None = None
    since: tuple[int, ...] | None = None
    until: tuple[int, ...] | None = None

    def is_unknown_to(self, release: tuple[int, ...]) -> bool:
        """Whether a release of the SDK does not know the name."""
        gone = self.until is not None and release >= self.until
        return gone or (self.since is not None and release < self.since)


@dataclass(frozen=True, slots=True)
class Options:
    """What is given to one of the SDK's configuration classes, or as one of its option objects.

    `accepts` are the names it knows, if they are listed; `unknown` are the arguments it does not know, `mistaken`
    leads from such a name to the one that was meant, whose value is written in another way where the name is
    `respelt`. `retired` are names that were known before a release, `replaced` those that only some releases know.
    `names` leads from names to those of the model. `client` is what a function is created on with them.
    """

    span: Span
    name: str
    accepts: tuple[str, ...]
    arguments: tuple[Argument, ...]
    unknown: tuple[Argument, ...]
    mistaken: Mapping[str, str]
    respelt: frozenset[str]
    retired: Mapping[str, tuple[int, ...]]
    replaced: Mapping[str, Replaced]
    names: Mapping[str, str]
    client: Ref | None = None

    @property
    def given(self) -> frozenset[str]:
        """The names that are used."""
        return frozenset(argument.name for argument in self.arguments if argument.name is not None)

    def argument(self, name: str) -> Argument | None:
        """The argument with this name of the model."""
        named = (a for a in self.arguments if a.name is not None and self.names.get(a.name, a.name) == name)
        return next(named, None)


@dataclass(frozen=True, slots=True)
class Import:
    """A name bound by an import; `path` leads to what it stands for, relative ones begin with dots."""

    span: Span
    name: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Class:
    """A class: what it derives from and what decorates it, as references; `declares` are attributes of its own."""

    span: Span
    bases: tuple[Ref, ...]
    decorators: tuple[Ref, ...]
    declares: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cast:
    """A type that is claimed for a value: `value as Order`; `written` is the type, `span` covers `as` too."""

    span: Span
    value: Value
    written: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, with its marks; `alone` where nothing else stands on its line."""

    span: Span
    text: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a file that could not be read; not `certain` where the parser may be wrong, and not the file."""

    span: Span
    message: str
    certain: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """A file.

    `names` are the names of its top level that were looked at: functions as closures, methods as
    `Class.method`, imports as references, everything else as what it was bound to. `bodies` are the
    functions that are no handlers, with the handlers' helpers among them; `block` is the top level itself.
    `clients` are the references on which the file calls the SDK's own `create` method. `classes` are those of
    the top level that its functions speak of, `stars` the paths of modules whose names it exports as its own,
    `declares` all names of the top level, looked at or not. `casts` are the types that are claimed
    for values.
    """

    file: str
    language: Language
    functions: tuple[InngestFunction, ...] = ()
    names: Mapping[str, Value] = field(default_factory=dict)
    bodies: tuple[Body, ...] = ()
    block: Block = ()
    clients: frozenset[Ref] = frozenset()
    options: tuple[Options, ...] = ()
    imports: tuple[Import, ...] = ()
    comments: tuple[Comment, ...] = ()
    problems: tuple[Problem, ...] = ()
    classes: Mapping[str, Class] = field(default_factory=dict)
    stars: tuple[tuple[str, ...], ...] = ()
    declares: frozenset[str] = frozenset()
    casts: tuple[Cast, ...] = ()

    def binding(self, name: str) -> Value | None:
        """What a name of the top level is bound to, as far as it is known."""
        return self.names.get(name)
