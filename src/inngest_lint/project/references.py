"""References: what names lead to across the modules of a project: libraries, functions, methods and values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from inngest_lint.model.body import Assign, Await, Block, Body, Call, Return
from inngest_lint.model.function import Class, Language, Module
from inngest_lint.model.value import (
    CALLED,
    CALLED_WITH_ARGUMENTS,
    CALLS,
    Closure,
    Constant,
    Opaque,
    Origin,
    Record,
    Ref,
    Result,
    Value,
    only_import,
)
from inngest_lint.model.walk import everywhere, walk
from inngest_lint.project.names import Names

# Re-exports that lead in a circle end here.
_LONGEST_CHAIN = 16
# The member of an enum, as a text.
_VALUE = "value"
_OWN = (Origin.MODULE, Origin.SELF)


class References:
    """The names of a project's modules, followed through imports, instances and base classes."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules
        self._names = Names(modules.values())

    def language(self, file: str) -> Language:
        """The language a file is written in."""
        return self._modules[file].language

    # Libraries

    def canonical(self, value: Value, file: str) -> Ref | None:
        """A value of a file traced to a library, through this project's own names."""
        return self._canonical(value, file, _LONGEST_CHAIN)

    def _canonical(self, value: Value, file: str, left: int) -> Ref | None:
        match value:
            case Ref(origin=Origin.IMPORT) if left:
                return self._imported(value, file, left - 1)
            case Ref(origin=Origin.MODULE | Origin.SELF, path=(_, _, *_)) if left:
                return self._own(value, file, left - 1)
            case Ref():
                return value
            case Result(of=Call() as call, path=path):
                target = self._canonical(call.target, file, left)
                called = CALLED_WITH_ARGUMENTS if call.arguments else CALLED
                return target and Ref(target.origin, (*target.path, called, *path))
            case Result(of=Await(value=waited), path=path):
                base = self._canonical(waited, file, left)
                return base and Ref(base.origin, (*base.path, *path))
            case Opaque(reads=reads, either=True):
                return only_import(self._canonical(read, file, left) for read in reads)
        return None

    def _imported(self, ref: Ref, file: str, left: int) -> Ref:
        found = self._names.find(ref.path, file)
        ref = Ref(ref.origin, self._names.absolute(ref.path, file))
        if found is None or not found[1]:
            return ref
        module, (name, *rest) = found
        bound = module.binding(name)
        if isinstance(bound, Ref) and bound.origin is Origin.IMPORT:
            # What is re-exported may be a module, whose names are only found with what follows.
            base = self._canonical(Ref(Origin.IMPORT, (*bound.path, *rest)), module.file, left)
        elif isinstance(bound, Closure) or name in module.classes:
            base = self._canonical(Ref(Origin.MODULE, (name, *rest)), module.file, left)
        else:
            base = self._canonical(bound, module.file, left) if bound is not None else None
            if base is not None and rest:
                base = self._canonical(Ref(base.origin, (*base.path, *rest)), module.file, left)
        return base if base is not None and base.origin is Origin.IMPORT else ref

    def _own(self, ref: Ref, file: str, left: int) -> Ref:
        """What a name of the file has from a library: `get_session().execute`, `Logger("shop").info`."""
        module, (name, hop, *rest) = self._modules[file], ref.path
        bound = module.binding(name)
        if name in module.classes:
            base = self._beyond(ref, module, left)
        elif ref.origin is Origin.MODULE and hop in CALLS and isinstance(bound, Closure):
            made = self._given_by(bound.body, file, left)
            base = made and self._canonical(Ref(made.origin, (*made.path, *rest)), file, left)
        else:
            base = None
        return base if base is not None and base.origin is Origin.IMPORT else ref

    def _given_by(self, body: Body, file: str, left: int) -> Ref | None:
        """What calling a function gives, where that comes from another module, or is an instance of a class."""
        if not left:
            return None
        module = self._modules[file]
        values = [_at_top(value, module) for value in returned(body)]
        found = [self._canonical(value, file, left - 1) for value in values]
        base = only_import(found) or _only_instance(found, module)
        if base is None and body.returns is not None and body.returns.origin in (Origin.IMPORT, Origin.MODULE):
            return Ref(body.returns.origin, (*body.returns.path, CALLED_WITH_ARGUMENTS))
        return base

    def _beyond(self, ref: Ref, module: Module, left: int) -> Ref | None:
        """What an attribute of a class is that it has from the library it derives from."""
        name, *hops = ref.path
        known = module.classes[name]
        attribute = next((hop for hop in hops if hop not in CALLS), None)
        if attribute is None or attribute in known.declares or len(known.bases) != 1:
            return None
        (base,) = known.bases
        return self._canonical(Ref(base.origin, (*base.path, *hops)), module.file, left)

    def is_local(self, ref: Ref, file: str) -> bool:
        """Whether an import leads to a file of the project's own."""
        return self._names.is_local(ref.path, file)

    def found(self, ref: Ref, file: str) -> tuple[Module, tuple[str, ...]] | None:
        """The module of the run that an import leads into, and the hops that are left."""
        return self._names.find(ref.path, file)

    def place(self, ref: Ref, file: str) -> tuple[str, tuple[str, ...]] | None:
        """The file on the disk that an import leads into, read or not, and the hops that are left."""
        return self._names.place(ref.path, file)

    def declared(self, ref: Ref, file: str) -> tuple[Class, str] | None:
        """The class of the project that a reference of a file leads to, and the file it stands in."""
        found = self._names.find(ref.path, file) if ref.origin is Origin.IMPORT else None
        module, hops = found if found is not None else (self._modules[file], ref.path)
        if len(hops) != 1 or (found is None and ref.origin is not Origin.MODULE):
            return None
        known = module.classes.get(hops[0])
        if known is not None:
            return known, module.file
        onward = module.binding(hops[0])
        is_passed_on = found is not None and isinstance(onward, Ref) and onward.origin is Origin.IMPORT
        return self.declared(onward, module.file) if is_passed_on and isinstance(onward, Ref) else None

    # Values and functions

    def bound(self, ref: Ref, file: str) -> Value | None:
        """What a reference of a file stands for, where a top level of the project says so."""
        return self.bound_in(ref, file)[0]

    def bound_in(self, ref: Ref, file: str) -> tuple[Value | None, str]:
        """The same, and the file whose top level says so."""
        value: Value | None = ref
        for _ in range(_LONGEST_CHAIN):
            if not isinstance(value, Ref):
                break
            found = self._names.find(value.path, file) if value.origin is Origin.IMPORT else None
            if found is not None and found[1]:
                file, value = found[0].file, Ref(Origin.MODULE, found[1])
            if value.origin is not Origin.MODULE:
                return None, file
            value = _below_name(value.path, self._modules[file])
        return value, file

    def imported(self) -> frozenset[tuple[str, str]]:
        """The names of this project's files that other files of it import, each with its file."""
        led = (self._names.find(i.path, module.file) for module in self._modules.values() for i in module.imports)
        return frozenset((found[0].file, found[1][0]) for found in led if found is not None and found[1])

    def function(self, value: Value, file: str) -> Body | None:
        """The function a value stands for, where the project defines it."""
        match value:
            case Closure(body=body):
                return body
            case Ref(origin=Origin.MODULE | Origin.SELF | Origin.IMPORT):
                return self._function(value, file, _LONGEST_CHAIN)
        return None

    def _function(self, ref: Ref, file: str, left: int) -> Body | None:
        # A call at the end of the path is what the function gives, not the function.
        if not left or not ref.path or ref.path[-1] in CALLS:
            return None
        if ref.origin is Origin.IMPORT:
            return self._function_elsewhere(ref.path, file, left - 1)
        return self._direct(ref.path, file) or self._derived(ref, file, left - 1) if ref.origin in _OWN else None

    def _function_elsewhere(self, path: tuple[str, ...], file: str, left: int) -> Body | None:
        """The function that a name of another file stands for, re-exported ones and methods of instances included."""
        found = self._names.find(path, file)
        if found is None or not found[1]:
            return None
        module, (name, *rest) = found
        direct = self._function(Ref(Origin.MODULE, (name, *rest)), module.file, left)
        if direct is not None:
            return direct
        bound = module.binding(name)
        base = bound if isinstance(bound, Ref) else self._canonical(bound, module.file, left) if bound else None
        return self._function(Ref(base.origin, (*base.path, *rest)), module.file, left) if base is not None else None

    def _direct(self, path: tuple[str, ...], file: str) -> Body | None:
        """A function of the top level, or a method of one of its classes."""
        names = [hop for hop in path if hop not in CALLS]
        if not names or len(names) > 2:
            return None
        module = self._modules[file]
        for name in (".".join(names), f"{names[0]}.__init__") if len(names) == 1 else (".".join(names),):
            bound = module.binding(name)
            if isinstance(bound, Closure):
                return bound.body
        return None

    def _derived(self, ref: Ref, file: str, left: int) -> Body | None:
        """A method that a class has from another file, or one of what a function gives."""
        module, (name, *hops) = self._modules[file], ref.path
        bound = module.binding(name)
        if isinstance(bound, Closure) and name not in module.classes and hops and hops[0] in CALLS:
            made = self._given_by(bound.body, file, left)
            return self._function(Ref(made.origin, (*made.path, *hops[1:])), file, left) if made is not None else None
        known = module.classes.get(name)
        attribute = next((hop for hop in hops if hop not in CALLS), None)
        if known is None or attribute is None or attribute in known.declares:
            return None
        found = (self._function(Ref(base.origin, (*base.path, *hops)), file, left) for base in known.bases)
        body = next((body for body in found if body is not None), None)
        return body if body is not None and known.declares.isdisjoint(_asked_of_self(body)) else None


def given_back(body: Body, module: Module) -> Iterator[Ref]:
    """What calling a function of a file may give, as far as the file itself says so."""
    if body.returns is not None:
        yield Ref(body.returns.origin, (*body.returns.path, CALLED_WITH_ARGUMENTS))
    for value in returned(body):
        match _at_top(value, module):
            case Ref() as ref:
                yield ref
            case Result(of=Call(target=Ref(origin=origin, path=path))):
                yield Ref(origin, (*path, CALLED))


def returned(body: Body) -> Iterator[Value]:
    """The values a body gives back, traced through its own names."""
    for operation in walk(body.block):
        if isinstance(operation, Return) and operation.value is not None:
            yield from _assigned(operation.value, body.block)


def _assigned(value: Value, block: Block) -> Iterator[Value]:
    match value:
        case Ref(origin=Origin.LOCAL, path=(_,)):
            pass
        case Ref(origin=Origin.MODULE, path=(_,)):
            yield value  # what it was before
        case _:
            yield value
            return
    for operation in walk(block):
        match operation:
            case Assign(targets=(target,), value=given) if target == value:
                yield given


def _at_top(value: Value, module: Module) -> Value:
    """A value that is a name of the top level as what that is bound to."""
    match value:
        case Ref(origin=Origin.MODULE, path=(name,)) if name not in module.classes:
            return module.binding(name) or value
    return value


def _only_instance(found: Iterable[Ref | None], module: Module) -> Ref | None:
    """The one instance of a class of a file among references."""
    made = {
        ref
        for ref in found
        if ref is not None and ref.origin is Origin.MODULE and ref.name in module.classes and ref.path[1:2] != ()
    }
    names = {ref.name for ref in made}
    return made.pop() if len(names) == 1 else None


def _asked_of_self(body: Body) -> frozenset[str]:
    """What a method reads of the instance, which a class that derives from its own may have made something else."""
    targets = (o.target for o in everywhere(body.block) if isinstance(o, Call))
    return frozenset(t.path[1] for t in targets if isinstance(t, Ref) and t.origin is Origin.SELF and len(t.path) > 1)


def _below_name(path: tuple[str, ...], module: Module) -> Value | None:
    """What stands under some hops of a name of the top level; the attribute of a class is a name of its own."""
    name, *hops = path
    attribute = module.binding(".".join(path[:2])) if hops else None
    if isinstance(attribute, Constant) and hops[1:] in ([], [_VALUE]):
        return attribute
    return _below(module.binding(name), hops)


def _below(value: Value | None, hops: list[str]) -> Value | None:
    """What stands under some hops of a value; None where they cannot be followed."""
    for position, hop in enumerate(hops):
        if isinstance(value, (Ref, Result)):
            return replace(value, path=(*value.path, *hops[position:]))
        entry = value.get(hop) if isinstance(value, Record) else None
        value = entry.value if entry is not None else None
    return value
