"""Bodies: the operations of a function, in the order they happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from inngest_lint.model.value import Ref, Value
from inngest_lint.text import Span


class StepKind(Enum):
    """What a step does."""

    RUN = "run"
    SLEEP = "sleep"
    SLEEP_UNTIL = "sleep-until"
    WAIT_FOR_EVENT = "wait-for-event"
    WAIT_FOR_SIGNAL = "wait-for-signal"
    SEND_EVENT = "send-event"
    SEND_SIGNAL = "send-signal"
    INVOKE = "invoke"
    AI_INFER = "ai-infer"
    AI_WRAP = "ai-wrap"
    FETCH = "fetch"
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call; `name` is None where it is given by position, `spread` where it is unpacked."""

    name: str | None
    value: Value
    span: Span
    spread: bool = False


# Operations compare by identity: two equal calls on two lines are two operations.


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call.

    `target` is what is called as far as it is known, `spelling` how the user wrote it, without the arguments of
    calls before it, and `head` where that stands;
    `receiver` is what a method is called on; `mutates` is what the call changes in place, if it is a
    collection.
    """

    span: Span
    target: Value
    arguments: tuple[Argument, ...]
    spelling: str
    receiver: Value | None = None
    mutates: Ref | None = None
    head: Span | None = None

    def argument(self, name: str, position: int | None = None) -> Argument | None:
        """The argument with this name, or at this position among those without one."""
        for argument in self.arguments:
            if argument.name == name:
                return argument
        placed = [argument for argument in self.arguments if argument.name is None]
        if position is None or position >= len(placed) or any(a.spread for a in placed[: position + 1]):
            return None
        return placed[position]


@dataclass(frozen=True, slots=True, eq=False)
class StepCall:
    """A call of a step method.

    `arguments` are those after the id and the callback, under the names of the model.
    `immediate` is a call that gives the result itself, with nothing to await (Python's `StepSync`).
    """

    span: Span
    kind: StepKind
    id: Argument | None
    callback: Argument | None
    arguments: tuple[Argument, ...]
    spelling: str
    immediate: bool = False

    def argument(self, name: str) -> Argument | None:
        """The argument with this name of the model."""
        return next((argument for argument in self.arguments if argument.name == name), None)


@dataclass(frozen=True, slots=True, eq=False)
class Await:
    """Waiting for a promise or coroutine."""

    span: Span
    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class Assign:
    """A binding or a write; `updates` where the old value matters or goes (`+=`, `del`).

    `declares` is the type an annotation gives, as a reference to it.
    """

    span: Span
    targets: tuple[Ref, ...]
    value: Value
    updates: bool = False
    declares: Ref | None = None


@dataclass(frozen=True, slots=True)
class Arm:
    """One way through a branch; `test` is None for `else` and for patterns, `head` is where it is written."""

    test: Value | None
    block: Block
    head: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A choice of one arm, or of none."""

    span: Span
    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A repetition.

    `over` is what it goes through, `test` what it is repeated for; `yields` is what each round of a
    comprehension gives; `deferred` where the rounds run only when something asks (a generator), `distinct`
    where what they give makes a set. `head` is where it says what it is repeated for: `item of items`.
    """

    span: Span
    binds: tuple[Ref, ...]
    over: Value | None
    test: Value | None
    body: Block
    yields: Value | None = None
    deferred: bool = False
    distinct: bool = False
    head: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Parallel:
    """Steps started together; a branch is a closure that runs them, `over` gives one branch per item.

    `first` where it is settled as soon as one branch is; `grouped` where the SDK's own `group` runs them.
    `spelling` is what people call it.
    """

    span: Span
    branches: tuple[Value, ...]
    over: Value | None = None
    first: bool = False
    grouped: bool = False
    spelling: str = "group.parallel"


@dataclass(frozen=True, slots=True)
class Catch:
    """A handler of errors.

    `types` are the classes named, none for any. `swallows_interrupts` is a catch that also takes the
    interrupt with which the Python SDK ends a request after a step, and lets it go no further on some way out.
    """

    span: Span
    head: Span
    types: tuple[Ref, ...]
    swallows_interrupts: bool
    binds: str | None
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class Try:
    """A guarded block; `otherwise` runs where nothing was thrown, `final` always.

    `final_span` covers the last one from its keyword on.
    """

    span: Span
    body: Block
    catches: tuple[Catch, ...]
    otherwise: Block
    final: Block
    final_span: Span | None


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """A Python `with`, a TypeScript `using`: something entered before a block and left after it.

    `kind` is what the manager is traced to, as far as it is known: `asyncio.Lock()`.
    """

    span: Span
    manager: Value
    manager_span: Span
    binds: tuple[Ref, ...]
    body: Block
    kind: Ref | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Return:
    """Leaving a function with a value."""

    span: Span
    value: Value | None


@dataclass(frozen=True, slots=True, eq=False)
class Throw:
    """Raising an error; no value raises the one at hand again."""

    span: Span
    value: Value | None


@dataclass(frozen=True, slots=True, eq=False)
class Jump:
    """Leaving a loop, or going to its next round."""

    span: Span
    kind: Literal["break", "continue"]


@dataclass(frozen=True, slots=True, eq=False)
class Hole:
    """Something that was not lowered; rules say nothing about it."""

    span: Span
    what: str


Operation = Call | StepCall | Await | Assign | Branch | Loop | Parallel | Try | Scope | Return | Throw | Jump | Hole
Block = tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter; `type` is the annotation as a reference, `default` the value taken when nothing is given.

    `annotated` where there is an annotation, understood or not.
    """

    name: str
    span: Span
    type: Ref | None = None
    default: Value | None = None
    spread: bool = False
    annotated: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A function: its parameters and what it does.

    `owner` is the class it is a method of; `returns` the annotated type of what it gives, as a
    reference, and `annotated` where there is an annotation at all;
    `generates` where it yields, `decorated` where calling it may run something else than the block.
    """

    span: Span
    name: str | None
    name_span: Span
    parameters: tuple[Parameter, ...]
    is_async: bool
    block: Block
    owner: str | None = None
    returns: Ref | None = None
    generates: bool = False
    decorated: bool = False
    annotated: bool = False
