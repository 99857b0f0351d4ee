"""Option objects: what the SDK reads of the objects that are written for it."""

from __future__ import annotations

from inngest_lint.frontends.options import options_of
from inngest_lint.frontends.typescript.expressions import Expressions
from inngest_lint.model.body import Argument, Call
from inngest_lint.model.value import EACH, Entry, Items, Origin, Record, Ref, Value
from inngest_lint.text import Span

_SDK = "inngest"
_QUOTES = (b'"', b"'")


class OptionObjects(Expressions):
    """The part of the lowering that takes note of the objects the SDK reads."""

    def note_called(self, call: Call) -> None:
        """Note what the SDK's own functions are given: `new Inngest({ … })`, `serve({ … })`."""
        if not isinstance(call.target, Ref) or call.target.origin is not Origin.IMPORT or len(call.target.path) != 2:
            return
        package, name = call.target.path
        if package == _SDK or package.startswith(f"{_SDK}/"):
            for argument in call.arguments:
                self.note_objects(name, argument.value)

    def note_objects(self, name: str, value: Value) -> None:
        """Note an object of options, or each in a list of them."""
        match self.known(value):
            case Record() as record:
                self.note_object(name, record)
            case Items(values=values):
                for item in values:
                    self.note_objects(name, item)

    def note_object(self, name: str, record: Record, span: Span | None = None, client: Ref | None = None) -> None:
        """Note an object of options, and the objects in it."""
        written = [entry for entry in record.entries if entry.key != EACH]
        if (_SDK, name) not in self.module.words.options or not written:
            return
        first, last = min(entry.span for entry in written), max(entry.span for entry in written)
        place = span or Span(first.file, first.start, last.end)
        arguments = [self._option(entry) for entry in written]
        options = options_of(self.module.words, (_SDK, name), place, arguments, client)
        if options is not None:
            self.module.note_options(options)
        for entry in written:
            self.note_objects(entry.key, entry.value)

    def _option(self, entry: Entry) -> Argument:
        span = entry.span
        quoted = self.module.source.text[span.start : span.start + 1] in _QUOTES
        return Argument(entry.key, self.known(entry.value), Span(span.file, span.start + quoted, span.end))
