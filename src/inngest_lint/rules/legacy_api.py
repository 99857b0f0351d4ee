"""Rule: code is written for a part of the SDK that current releases do not have, or will not have for long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects.kinds import kinds, matches
from inngest_lint.model.body import Call, Parallel, StepCall, StepKind
from inngest_lint.model.function import InngestFunction, Module
from inngest_lint.model.language import Language
from inngest_lint.model.naming import keyword
from inngest_lint.model.value import Constant, Origin, Template, Value
from inngest_lint.model.walk import refs_in
from inngest_lint.project import Sdk
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

if TYPE_CHECKING:
    from inngest_lint.effects.kinds import Kind
    from inngest_lint.model.body import Operation

_CONTEXT_ALONE = (0, 5)
_IDS = (3,)
# From this one on it has `fromSchema`, and warns of `fromZod`.
_ANY_SCHEMA = (3, 42)
# From this release of the TypeScript SDK on triggers are options, and what is deprecated before is gone.
_TRIGGERS_INSIDE = (4,)
_GONE_ELSEWHERE = "no current release has it"


@rule(on=Module, severity=Severity.WARNING, category=Category.SDK, since="0.2.0")
def legacy_api(module: Module, context: Context) -> Iterator[Finding]:
    """Code uses a part of the SDK that its current releases do not have, or will not have for long."""
    held = _Held(module, context, context.project.sdk(module.file))
    yield from held.python() if context.language is Language.PYTHON else held.typescript()


@dataclass(frozen=True, slots=True)
class _Held:
    """A file, held against what current releases have; `sdk` is the one that its project asks for, if it says so."""

    module: Module
    context: Context
    sdk: Sdk | None

    @property
    def _known(self) -> tuple[Kind, ...]:
        return tuple(kinds("legacy", self.context.language).listed)

    def python(self) -> Iterator[Finding]:
        """What the fifth release has given up."""
        if self.sdk is not None and self.sdk.release < _CONTEXT_ALONE:
            return
        yield from self._imports()
        for operation in self._operations():
            if isinstance(operation, Call):
                yield from self._called(operation)
            yield from self._of_context(operation)
        if self.sdk is None:
            yield from self._handlers()

    def typescript(self) -> Iterator[Finding]:
        """What the third release warns of, and what code of the fourth shape uses that it has not."""
        if self.sdk is not None and self.sdk.release < _IDS:
            return
        yield from self._imports()
        is_new = self.sdk is not None and self.sdk.release >= _TRIGGERS_INSIDE
        if is_new:
            return
        for operation in self._operations():
            if isinstance(operation, Call):
                if self.sdk is None or self.sdk.release >= _ANY_SCHEMA:
                    yield from self._called(operation)
                yield from self._texts(operation)
            elif isinstance(operation, StepCall) and operation.kind is StepKind.INVOKE:
                yield from self._invoked(operation)
        if self.sdk is None and any(function.major == _TRIGGERS_INSIDE[0] for function in self.module.functions):
            yield from self._dropped()

    def _operations(self) -> Iterator[Operation]:
        return (place.operation for place in self.context.project.written(self.module))

    # Names

    def _imports(self) -> Iterator[Finding]:
        for imported in self.module.imports:
            kind = self._of_name(".".join(imported.path))
            if kind is not None:
                yield self._finding(imported.span, kind, Severity.ERROR)

    def _called(self, call: Call) -> Iterator[Finding]:
        traced = self.context.project.traced(call.target, self.module.file)
        kind = self._of_name(traced.dotted) if traced is not None and traced.origin is Origin.IMPORT else None
        # What is imported by its name is told at the import.
        if kind is None or any(self._of_name(".".join(imported.path)) is kind for imported in self.module.imports):
            return
        deprecated = self.context.language is Language.TYPESCRIPT
        yield self._finding(call.head or call.span, kind, None if deprecated else Severity.ERROR)

    def _of_name(self, dotted: str) -> Kind | None:
        found = (kind for kind in self._known if any(matches(name, dotted) for name in kind.types))
        return next(found, None)

    def _of_context(self, operation: Operation) -> Iterator[Finding]:
        if isinstance(operation, Parallel):
            kind = self._of_part(operation.spelling)
            if kind is not None:
                yield self._finding(operation.span, kind, Severity.ERROR)
        for ref in refs_in(operation):
            # A name that was given it before is told where it was given it.
            is_written = ref.origin is Origin.CONTEXT and ref.written >= len(ref.path) - 1
            kind = self._of_part(ref.dotted) if is_written else None
            if kind is not None and ref.span is not None:
                yield self._finding(ref.span, kind, Severity.ERROR)

    def _of_part(self, dotted: str) -> Kind | None:
        return next((kind for kind in self._known if any(matches(part, dotted) for part in kind.values)), None)

    # Handlers and what is deprecated

    def _handlers(self) -> Iterator[Finding]:
        """Handlers that take the step tools as an argument, where nothing says which release they are for."""
        for function in self.module.functions:
            step = self._step(function) if function.created else None
            if step is not None:
                yield Finding(
                    step,
                    "current releases call a handler with the context alone",
                    help="take the context alone, and read the step tools from it",
                    label="nothing is passed for this",
                    severity=Severity.INFO,
                    advice=True,
                )

    def _step(self, function: InngestFunction) -> Span | None:
        parameters = [parameter for parameter in function.handler.parameters if not parameter.spread]
        found = (
            parameter.span
            for parameter in parameters[1:2]
            if parameter.default is None
            and parameter.type is not None
            and self.context.project.are_step_tools(parameter.type, parameter.span.file)
        )
        return next(found, None)

    def _texts(self, call: Call) -> Iterator[Finding]:
        """Texts in the place of the options or the trigger of a function of the third shape."""
        function = next((f for f in self.module.functions if f.span == call.span and f.major == _IDS[0]), None)
        if function is None or not self.context.project.is_creation(function.client, self.module.file):
            return
        for argument, what in zip(call.arguments, ("options", "trigger"), strict=False):
            if _is_text(argument.value):
                yield Finding(
                    argument.span,
                    f"a text for the {what} of a function is deprecated",
                    help='write `{ id: "…" }`' if what == "options" else 'write `{ event: "…" }`',
                    label="the SDK warns of this, and its next release refuses it",
                    severity=Severity.INFO if self.sdk is None else None,
                    advice=self.sdk is None,
                )

    def _invoked(self, step: StepCall) -> Iterator[Finding]:
        function = step.argument("function")
        if function is not None and _is_text(function.value):
            yield Finding(
                function.span,
                f"`{step.spelling}` by the id of a function is deprecated",
                help='give it the function itself, or `referenceFunction({ functionId: "…" })`',
                label="the fourth release throws at this",
            )

    def _dropped(self) -> Iterator[Finding]:
        """What the fourth release has given up, in a file whose functions are written for it."""
        for operation in self._operations():
            replaced = self.context.project.replaced(operation) if isinstance(operation, Call) else None
            if isinstance(operation, Call) and replaced is not None and replaced.until is not None:
                place = operation.head or operation.span
                yield Finding(place, f"`{operation.spelling}` is gone", replaced.instead, _GONE_ELSEWHERE)
        for options in self.module.options:
            for argument in options.arguments if options.client is None else ():
                replaced = options.replaced.get(argument.name or "")
                if replaced is not None and replaced.until is not None and argument.name != "schemas":
                    message = f"`{options.name}` does not read `{argument.name}` any more"
                    yield Finding(keyword(argument), message, replaced.instead, _GONE_ELSEWHERE)

    def _finding(self, span: Span, kind: Kind, severity: Severity | None) -> Finding:
        return Finding(span, kind.phrase, help=kind.help, label=kind.harm, severity=severity)


def _is_text(value: Value) -> bool:
    return isinstance(value, Template) or (isinstance(value, Constant) and isinstance(value.value, str))
