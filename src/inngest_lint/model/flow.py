"""Flow: how control leaves a block."""

from __future__ import annotations

from inngest_lint.model.body import Block, Branch, Jump, Return, Throw, Try
from inngest_lint.model.value import Ref
from inngest_lint.model.walk import walk


def always_throws(block: Block) -> bool:
    """Whether every way out of the block is an error."""
    return _always_throws(block, None, any_error=True)


def always_rethrows(block: Block, caught: str | None) -> bool:
    """Whether every way out of the block of a catch is the error it caught, which it may call `caught`."""
    return _always_throws(block, caught, any_error=False)


def _always_throws(block: Block, caught: str | None, *, any_error: bool) -> bool:
    for operation in block:
        match operation:
            case Throw(value=value):
                return any_error or value is None or (isinstance(value, Ref) and value.path == (caught,))
            case Return() | Jump():
                return False
            case Branch(arms=arms):
                complete = any(arm.test is None for arm in arms)
                if complete and all(_always_throws(arm.block, caught, any_error=any_error) for arm in arms):
                    return True
                if any(isinstance(inner, (Return, Jump)) for inner in walk((operation,))):
                    return False
            case Try(final=final) if _always_throws(final, caught, any_error=any_error):
                return True
    return False


def leaves(block: Block) -> bool:
    """Whether the block ends with a return or an error."""
    return bool(block) and isinstance(block[-1], (Return, Throw))
