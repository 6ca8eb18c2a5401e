"""What a schedule file holds, before anybody asks what it means: texts, lists and mappings with their places."""

from dataclasses import dataclass, replace

from chatcal.problems import Span


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, as typed; `plain` where it stands without quotes."""

    text: str
    span: Span
    plain: bool = True

    def find_part(self, text: str) -> Span:
        """Return where the first such part of the text stands, or the whole where that cannot be told."""
        quotes = 0 if self.plain else 1
        if self.span.width != len(self.text) + 2 * quotes:
            return self.span
        return replace(self.span, column=self.span.column + quotes + self.text.index(text), width=max(1, len(text)))


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: "tuple[Node, ...]"
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values, in the order of the file."""

    pairs: "tuple[tuple[Scalar, Node], ...]"
    span: Span
    whole: bool = True
    """Whether every key of it was read; where one was refused, nobody knows what is missing."""


@dataclass(frozen=True, slots=True)
class RefusedNode:
    """A value that could not be read; its problem is reported already, so nobody complains of it again."""

    span: Span


Node = Scalar | Sequence | Mapping | RefusedNode
