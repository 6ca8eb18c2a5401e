"""The content of a schedule file before it is interpreted: texts, lists and mappings with their places."""

from dataclasses import dataclass, replace

from chatcal.problems import Span


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, as typed; `plain` if it is not in quotes."""

    text: str
    span: Span
    plain: bool = True

    def find_part(self, text: str) -> Span:
        """Return the place of a part of the text, or of the whole text if escapes hide where the part is."""
        quotes = 0 if self.plain else 1
        if self.span.width != len(self.text) + 2 * quotes:
            return self.span
        return replace(self.span, column=self.span.column + quotes + self.text.index(text), width=max(1, len(text)))


@dataclass(frozen=True, slots=True)
class Sequence:
    items: "tuple[Node, ...]"
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values, in the order of the file."""

    pairs: "tuple[tuple[Scalar, Node], ...]"
    span: Span
    whole: bool = True
    """False if a key was refused: then nobody knows which keys are missing."""


@dataclass(frozen=True, slots=True)
class RefusedNode:
    """A value that cannot be read; its problem is reported already, and is not reported again."""

    span: Span


Node = Scalar | Sequence | Mapping | RefusedNode
