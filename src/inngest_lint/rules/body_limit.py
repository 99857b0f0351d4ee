"""Rule: requests of Inngest are longer than the web framework takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects.kinds import Kind, kinds
from inngest_lint.model.body import Call
from inngest_lint.model.function import Module
from inngest_lint.model.language import Language
from inngest_lint.model.value import Constant, Record, Ref, Result, Value
from inngest_lint.model.walk import members
from inngest_lint.platform.limits import limit
from inngest_lint.rule import Category, Context, Preset, rule

if TYPE_CHECKING:
    from inngest_lint.model.bindings import Bound

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(b|kb|mb|gb)?", re.IGNORECASE)
_UNITS = {"": 1, "b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}
_USE = "use"
# Next.js reads the bodies of what lies here, and no others.
_PAGES = ("pages", "api")
_NEXT = "inngest/next.serve"
_LABEL = "each request carries the state of the run, up to 4 MiB"
_HELP = "allow 4 MiB, what Inngest may send: `{name}: {value}`"


@rule(
    on=Module,
    severity=Severity.WARNING,
    category=Category.SDK,
    since="0.2.0",
    preset=Preset.STRICT,
    languages=frozenset({Language.TYPESCRIPT}),
)
def body_limit(module: Module, context: Context) -> Iterator[Finding]:
    """A web framework refuses the requests of Inngest once the state of a run has grown."""
    held = _Held(module, context)
    yield from held.frameworks()
    yield from held.pages()


@dataclass(frozen=True, slots=True)
class _Held:
    """A file in which an adapter of the SDK may be mounted."""

    module: Module
    context: Context

    def frameworks(self) -> Iterator[Finding]:
        """The readers of bodies that requests go through before they get to the SDK."""
        places = [place for place in self.context.project.written(self.module) if isinstance(place.operation, Call)]
        for place in places:
            kind = self._mounted(place)
            reader = self._reader(place, kind, places) if kind is not None else None
            if kind is not None and reader is not None and _is_short(reader, kind):
                yield _finding(reader, kind)

    def _mounted(self, place: Bound) -> Kind | None:
        """The framework whose adapter a call is given: `app.use("/api/inngest", serve(…))`."""
        call = place.operation
        if not isinstance(call, Call) or "." not in call.spelling:
            return None
        for argument in call.arguments:
            for member in members(argument.value):
                name = self._name(member, place)
                found = (kind for kind in kinds("bodies", Language.TYPESCRIPT).listed if name in kind.types)
                kind = next(found, None)
                if kind is not None:
                    return kind
        return None

    def _name(self, value: Value, place: Bound) -> str:
        """The adapter that a value is, or that a call is of which gives it."""
        known = self._known(value, place)
        target = known.of.target if isinstance(known, Result) and isinstance(known.of, Call) else known
        traced = self.context.project.traced(target, self.module.file)
        return traced.dotted if traced is not None else ""

    def _known(self, value: Value, place: Bound) -> Value:
        """A value, or what the name it is was given."""
        if not isinstance(value, Ref):
            return value
        if value.is_variable:
            return (place.names.value(value) if len(value.path) == 1 else None) or value
        bound = self.context.project.bound(value, self.module.file)
        return value if bound is None else bound

    def _reader(self, mounted: Bound, kind: Kind, places: list[Bound]) -> Call | None:
        """What reads the bodies first of the requests that get to the adapter."""
        call = mounted.operation
        if not isinstance(call, Call):
            return None
        made = self._known(call.receiver, mounted) if call.receiver is not None else None
        if isinstance(made, Result) and isinstance(made.of, Call) and self._is_reader(made.of, kind):
            return made.of
        app, path = call.spelling.rpartition(".")[0], _path(call)
        for place in sorted(places, key=lambda place: place.operation.span.start):
            before = place.operation
            if not isinstance(before, Call) or before.span.start > call.span.start or place.body is not mounted.body:
                continue
            if before.spelling == f"{app}.{_USE}" and path.startswith(_path(before)):
                readers = (self._known(argument.value, place) for argument in before.arguments)
                found = (r.of for r in readers if isinstance(r, Result) and isinstance(r.of, Call))
                reader = next((each for each in found if self._is_reader(each, kind)), None)
                if reader is not None:
                    return reader
        return None

    def _is_reader(self, call: Call, kind: Kind) -> bool:
        traced = self.context.project.traced(call.target, self.module.file)
        return traced is not None and traced.dotted not in kind.types and f"{traced.dotted}()" in kind.values

    # Next.js

    def pages(self) -> Iterator[Finding]:
        """The adapter as a route of the pages router, whose bodies Next.js reads."""
        folders = PurePath(self.module.file).parts[:-1]
        exported = self.module.binding("default")
        if not any(folders[at : at + 2] == _PAGES for at in range(len(folders))) or not isinstance(exported, Result):
            return
        call = exported.of
        traced = self.context.project.traced(call.target, self.module.file) if isinstance(call, Call) else None
        if isinstance(call, Call) and traced is not None and traced.dotted == _NEXT and self._is_short_page():
            yield Finding(
                call.head or call.span,
                "a page of Next.js takes no request of more than 1 MB",
                help='export `config = { api: { bodyParser: { sizeLimit: "4mb" } } }`',
                label=_LABEL,
            )

    def _is_short_page(self) -> bool:
        value: Value | None = self.module.binding("config")
        if value is None:
            return "config" not in self.module.declares
        for key in ("api", "bodyParser", "sizeLimit"):
            if not isinstance(value, Record):
                return False
            entry = value.get(key)
            if entry is None:
                return value.complete
            value = entry.value
        return _is_short_size(value)


def _path(call: Call) -> str:
    """The path that something is mounted at; the empty one where it is mounted everywhere."""
    first = call.arguments[0].value if call.arguments else None
    return first.value if isinstance(first, Constant) and isinstance(first.value, str) else ""


def _is_short(call: Call, kind: Kind) -> bool:
    """Whether what reads bodies takes less than Inngest may send."""
    options = call.arguments[0].value if call.arguments else Record(())
    if not isinstance(options, Record):
        return False
    entry = options.get(kind.makers[0])
    if entry is None:
        return options.complete and bool(kind.harm)
    return _is_short_size(entry.value)


def _is_short_size(value: Value | None) -> bool:
    match value:
        case Constant(value=str(text)):
            size = _SIZE.fullmatch(text.strip())
            return size is not None and float(size[1]) * _UNITS[(size[2] or "").lower()] < limit("request-body")
        case Constant(value=int(number)) if not isinstance(number, bool):
            return number < limit("request-body")
    return False


def _finding(reader: Call, kind: Kind) -> Finding:
    (name,) = kind.makers
    entry = (
        reader.arguments[0].value.get(name)
        if reader.arguments and isinstance(reader.arguments[0].value, Record)
        else None
    )
    limited = f"no request of more than {kind.harm}" if entry is None else "less than Inngest may send"
    value = '"4mb"' if name in ("limit", "jsonLimit") else "4 * 1024 * 1024"
    return Finding(
        entry.span if entry is not None else reader.head or reader.span,
        f"{kind.phrase} takes {limited}",
        help=_HELP.format(name=name, value=value),
        label=_LABEL,
    )
