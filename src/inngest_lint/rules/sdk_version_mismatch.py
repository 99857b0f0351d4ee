"""Rule: code is written for another release of the SDK."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.fix import Fix
from inngest_lint.model.body import Argument, Body, Call, Parameter, StepCall, StepKind
from inngest_lint.model.function import Module, Options, Replaced
from inngest_lint.model.language import Language
from inngest_lint.model.naming import keyword, renaming
from inngest_lint.model.value import Constant, Template
from inngest_lint.model.walk import everywhere
from inngest_lint.project import Project, Reached, Sdk
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_CONTEXT_ALONE = (0, 5)
_INSTANCES = frozenset({"cls", "self"})
# From this release of the TypeScript SDK on, triggers are options, and ids invoke nothing.
_TRIGGERS_INSIDE = (4,)


@rule(on=Module, severity=Severity.ERROR, category=Category.SDK, since="0.1.0")
def sdk_version_mismatch(module: Module, context: Context) -> Iterator[Finding]:
    """Code is written for another release of the SDK than the one that the project asks for."""
    sdk = context.project.sdk(module.file)
    yield from _without_trigger(module, context.project, sdk)
    if sdk is None:
        return
    held = _Held(module, context.project, sdk)
    yield from held.handlers()
    yield from held.settings()
    yield from held.exports()
    if context.language is Language.TYPESCRIPT:
        yield from held.creations()
        yield from held.invocations()


def _without_trigger(module: Module, project: Project, sdk: Sdk | None) -> Iterator[Finding]:
    """Functions made of two arguments, as in the fourth release, with the trigger under a name of no release."""
    if sdk is not None and _is_before(sdk, _TRIGGERS_INSIDE):
        return
    apart = {function.span for function in module.functions if function.major == _TRIGGERS_INSIDE[0]}
    for options in module.options:
        if options.span not in apart or not project.is_creation(options.client, module.file):
            continue
        for argument, replaced in _replaced(options):
            yield Finding(
                keyword(argument),
                f"`{options.name}` does not read `{argument.name}`",
                help=replaced.instead,
                label="no trigger is registered" + (f"; {_stated(sdk)}" if sdk is not None else ""),
                fix=_renaming(argument, replaced),
            )


@dataclass(frozen=True, slots=True)
class _Held:
    """A file, held against a release of the SDK."""

    module: Module
    project: Project
    sdk: Sdk

    def handlers(self) -> Iterator[Finding]:
        """The handlers that take the step tools as an argument, which is not passed any more."""
        if self.sdk.release < _CONTEXT_ALONE:
            return
        for function in self.project.functions_of(self.module):
            for handler in self.project.entries(function):
                step = _step_parameter(handler, self.project)
                if step is not None:
                    yield Finding(
                        step.span,
                        f"`inngest` {self.sdk} calls a handler with the context alone",
                        help=f"take the context alone and write `{_context_name(handler)}.step` for `{step.name}`",
                        label=f"nothing is passed for this; {_stated(self.sdk)}",
                    )

    def settings(self) -> Iterator[Finding]:
        """The settings that the release does not read."""
        # The schemas of a client are told where they are made.
        told = {finding.help for finding in self.exports()}
        for options in self.module.options:
            for argument, replaced in _replaced(options) if options.client is None else ():
                if self._lacks(replaced) and replaced.instead not in told:
                    yield Finding(
                        keyword(argument),
                        f"`{options.name}` of `inngest` {self.sdk} does not read `{argument.name}`",
                        help=replaced.instead,
                        label=_stated(self.sdk),
                        fix=_renaming(argument, replaced),
                    )

    def exports(self) -> Iterator[Finding]:
        """The calls of what the release does not export."""
        for call in self._calls():
            replaced = self.project.replaced(call)
            if replaced is not None and self._lacks(replaced):
                yield Finding(
                    call.span,
                    f"`{call.spelling}` does not work with `inngest` {self.sdk}",
                    help=replaced.instead,
                    label=_stated(self.sdk),
                )

    def _lacks(self, replaced: Replaced) -> bool:
        if replaced.since is not None:
            return _is_before(self.sdk, replaced.since)
        return replaced.is_unknown_to(self.sdk.release)

    def creations(self) -> Iterator[Finding]:
        """The functions whose trigger stands where the release does not look for it."""
        made = {call.span: call.spelling for call in self._calls()}
        for function in self.module.functions:
            if function.major is None or function.span not in made:
                continue
            if not self.project.is_creation(function.client, self.module.file):
                continue
            start = function.span.start
            head = Span(function.span.file, start, start + len(made[function.span].encode()))
            if function.major >= _TRIGGERS_INSIDE[0]:
                yield from self._without(head)
            else:
                yield from self._with(head)

    def _without(self, head: Span) -> Iterator[Finding]:
        if _is_before(self.sdk, _TRIGGERS_INSIDE):
            yield Finding(
                head,
                f"`createFunction` of `inngest` {self.sdk} takes the trigger as an argument",
                help="give the trigger as the second argument, and the handler as the third",
                label=f"registered without trigger and handler; {_stated(self.sdk)}",
            )

    def _with(self, head: Span) -> Iterator[Finding]:
        if self.sdk.release >= _TRIGGERS_INSIDE:
            yield Finding(
                head,
                f"`createFunction` of `inngest` {self.sdk} takes the trigger as an option",
                help="move the trigger into the first argument as `triggers`",
                label=f"throws, because the second argument is no function; {_stated(self.sdk)}",
            )

    def invocations(self) -> Iterator[Finding]:
        """The steps that invoke a function by its id."""
        if self.sdk.release < _TRIGGERS_INSIDE:
            return
        for function in self.project.functions_of(self.module):
            for handler in self.project.entries(function):
                for reached in self.project.steps(handler):
                    yield from self._invocation(reached)

    def _invocation(self, reached: Reached) -> Iterator[Finding]:
        function = reached.step.argument("function") if reached.step.kind is StepKind.INVOKE else None
        if function is not None and isinstance(function.value, (Constant, Template)):
            stands = reached.stands
            yield Finding(
                function.span if stands is reached.step else stands.span,
                f"`{reached.step.spelling}` of `inngest` {self.sdk} takes no function id",
                help='give it the function itself, or `referenceFunction({ functionId: "…" })`',
                label=f"throws; {_stated(self.sdk)}",
                notes=() if stands is reached.step else (Note(function.span, "the id is given here"),),
            )

    def _calls(self) -> Iterator[Call]:
        """Each call of the file, once."""
        seen: set[Span] = set()
        for bound in self.project.written(self.module):
            if isinstance(bound.operation, Call) and bound.operation.span not in seen:
                seen.add(bound.operation.span)
                yield bound.operation


def _is_before(sdk: Sdk, release: tuple[int, ...]) -> bool:
    """Whether a project runs on a release before another one, whatever is installed."""
    return sdk.release < release and not sdk.is_open


def _replaced(options: Options) -> Iterator[tuple[Argument, Replaced]]:
    for argument in options.arguments:
        if argument.name is not None and argument.name in options.replaced:
            yield argument, options.replaced[argument.name]


def _renaming(argument: Argument, replaced: Replaced) -> Fix | None:
    return renaming(argument, replaced.rename) if replaced.rename is not None else None


def _stated(sdk: Sdk) -> str:
    return f"`{sdk.file}` asks for `inngest` {sdk}"


# Handlers that ask for the step tools


def _positional(handler: Body) -> tuple[Parameter, ...]:
    given = handler.parameters
    if handler.owner is not None and given and given[0].name in _INSTANCES:
        given = given[1:]
    return tuple(parameter for parameter in given if not parameter.spread)


def _step_parameter(handler: Body, project: Project) -> Parameter | None:
    """The second parameter, where a call without it fails and where it is meant for the step tools."""
    parameters = _positional(handler)
    if len(parameters) < 2 or parameters[1].default is not None:
        return None
    # A decorator may pass something else there: a session, a client.
    second = parameters[1]
    is_typed = second.type is not None and project.are_step_tools(second.type, second.span.file)
    is_named = second.name == "step" or is_typed
    return second if is_named or _takes_steps_of(handler, second.name) else None


def _takes_steps_of(handler: Body, name: str) -> bool:
    operations = everywhere(handler.block)
    return any(isinstance(step, StepCall) and step.spelling.startswith(f"{name}.") for step in operations)


def _context_name(handler: Body) -> str:
    name = _positional(handler)[0].name
    return name if name.isidentifier() else "ctx"
