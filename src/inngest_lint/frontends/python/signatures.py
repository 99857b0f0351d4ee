"""Signatures: the parameters of functions, and the classes that annotations name."""

from __future__ import annotations

import re

import libcst as cst

from inngest_lint.frontends.python.parse import evaluated
from inngest_lint.frontends.python.targets import Targets
from inngest_lint.frontends.scope import Binding, Frame
from inngest_lint.model.body import Parameter
from inngest_lint.model.value import Origin, Ref
from inngest_lint.text import Span

# Annotations that stand for the classes in their brackets.
_TRANSPARENT = (("Optional",), ("Annotated",), ("Union",))


class Signatures(Targets):
    """The part of the lowering that reads the heads of functions."""

    def parameters(self, node: cst.Parameters, frame: Frame[cst.FunctionDef]) -> tuple[Parameter, ...]:
        """The parameters of a function, their defaults taken now, their names bound in its frame."""
        listed = [*node.posonly_params, *node.params, *node.kwonly_params]
        spread = [p for p in (node.star_arg, node.star_kwarg) if isinstance(p, cst.Param)]
        return tuple(self._parameter(p, frame, spread=p in spread) for p in (*listed, *spread))

    def _parameter(self, node: cst.Param, frame: Frame[cst.FunctionDef], *, spread: bool) -> Parameter:
        default = self.value(node.default) if node.default is not None else None
        type_ = self.annotation(node.annotation)
        binding = Binding(count=frame.names.get(node.name.value, Binding()).count + 1, type=type_)
        frame.names[node.name.value] = binding
        if type_ is not None and type_.path in self.module.words.contexts and type_.origin is Origin.IMPORT:
            binding.values.append(Ref(Origin.CONTEXT, *_whole(self.module.words.contexts[type_.path])))
            frame.immediate = type_.path in self.module.words.immediate
        return Parameter(node.name.value, self.span(node.name), type_, default, spread, node.annotation is not None)

    def annotation(self, node: cst.Annotation | None) -> Ref | None:
        """The class an annotation names, the first one of several."""
        return None if node is None else self._type(node.annotation)

    def _type(self, node: cst.BaseExpression) -> Ref | None:
        match node:
            case cst.Name() | cst.Attribute():
                value = self.quiet(node)
                return value if isinstance(value, Ref) else None
            case cst.BinaryOperation(left=left, right=right):
                return self._type(left) or self._type(right)
            case cst.Subscript(value=base, slice=parts):
                outer = self._type(base)
                transparent = outer is not None and outer.path[-1:] in _TRANSPARENT
                inner = (self._type(part.slice.value) for part in parts if isinstance(part.slice, cst.Index))
                return next((type_ for type_ in inner if type_ is not None), None) if transparent else outer
            case cst.SimpleString():
                text = evaluated(node)
                return None if text is None else self._quoted(str(text))
        return None

    def _quoted(self, text: str) -> Ref | None:
        if not re.fullmatch(r"\s*\w+(\.\w+)*\s*", text):
            return None
        first, *rest = text.strip().split(".")
        value = self.named(first, Span(self.parsed.file, 0, 0))
        return Ref(value.origin, (*value.path, *rest)) if isinstance(value, Ref) else None

    def base(self, node: cst.BaseExpression) -> Ref | None:
        """What a class derives from or is decorated with: `Base`, `Base[T]`, `base()`."""
        match node:
            case cst.Subscript(value=inner) | cst.Call(func=inner):
                return self.base(inner)
        return self._type(node)


def _whole(path: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    return path, len(path)
