"""Likeness: names whose making is out of sight, known by how the code around them uses them."""

from __future__ import annotations

from collections.abc import Iterable

from inngest_lint.model.body import Call
from inngest_lint.model.function import Module
from inngest_lint.model.value import CALLED, CALLED_WITH_ARGUMENTS, CALLS, Origin, Record, Ref
from inngest_lint.model.walk import members

CLIENT = ("inngest", "Inngest", CALLED_WITH_ARGUMENTS)
"""The path of an Inngest client."""

_CLIENT_NAME = ("inngest",)
_SEND = "send"
_MODEL = ("django", "db", "models", "Model")
_MANAGER = "objects"
# What these of a manager or a query set give is one instance of the model.
_INSTANCE_METHODS = frozenset(
    a + name for name in ("create", "earliest", "first", "get", "last", "latest") for a in ("", "a")
)


def client_path(ref: Ref, module: Module) -> tuple[str, ...] | None:
    """The path of a reference that begins with a name on which the file calls `create_function`."""
    for length in range(1, len(ref.path) + 1):
        if Ref(ref.origin, ref.path[:length]) in module.clients:
            return (*CLIENT, *ref.path[length:])
    return None


def sends_events(ref: Ref, call: Call) -> bool:
    """Whether a call sends events with an import that bears the SDK's name: `inngest.send({ name: "shop/paid" })`."""
    if ref.path[1:] != _CLIENT_NAME or call.target != Ref(ref.origin, (*ref.path, _SEND)):
        return False
    given = [member for argument in call.arguments for member in members(argument.value)]
    return any(isinstance(member, Record) and member.get("name") is not None for member in given)


def model_path(ref: Ref) -> tuple[str, ...] | None:
    """The path of a reference that goes through the manager of an imported class: `Post.objects.get`.

    It holds only in a project that imports Django.
    """
    if ref.origin is not Origin.IMPORT or _MANAGER not in ref.path[1:]:
        return None
    at = ref.path.index(_MANAGER, 1)
    if not ref.path[at - 1][:1].isupper():
        return None
    rest = ref.path[at:]
    # The last call but one: `objects.filter(…).first().save` saves an instance.
    if len(rest) > 3 and rest[-2] in CALLS and rest[-3] in _INSTANCE_METHODS:
        return (*_MODEL, CALLED, rest[-1])
    return (*_MODEL, *rest)


def imports_django(modules: Iterable[Module]) -> bool:
    """Whether any of the modules imports Django."""
    return any(found.path[:1] == _MODEL[:1] for module in modules for found in module.imports)
