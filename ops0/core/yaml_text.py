"""YAML as conda and its like write it: read event by event, so that no document is deeper or larger than it looks.

PyYAML is imported where a file is read: few projects have one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ops0.core.toml_text import UnreadableSettings

__all__ = ["Node", "parse_yaml"]

_LONGEST = 1_000_000
"""Bytes of a file that is read."""
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Node:
    """A text, a list or a mapping, with its line. A number is the text that stands there: 3.10 stays 3.10."""

    line: int
    text: str | None = None
    items: tuple[Node, ...] = ()
    entries: tuple[tuple[str, Node], ...] = ()

    def get(self, key: str) -> Node | None:
        """What a mapping has under a key, the last one where there are several; None where it is no mapping."""
        return dict(self.entries).get(key)


@dataclass
class _Open:
    """A list or mapping whose end has not come yet."""

    line: int
    is_mapping: bool
    found: list[Node] = field(default_factory=list)

    def closed(self) -> Node:
        if not self.is_mapping:
            return Node(self.line, items=tuple(self.found))
        pairs = zip(self.found[::2], self.found[1::2], strict=True)
        return Node(
            self.line,
            entries=tuple((key.text, value) for key, value in pairs if key.text is not None),
        )


def parse_yaml(data: bytes, path: str) -> Node:
    """Read one document; an empty one is an empty mapping.

    raises: UnreadableSettings with the line; also for an alias (``*name``), which could make a short text endless
    """
    import yaml  # noqa: PLC0415 - see above

    if len(data) > _LONGEST:
        raise UnreadableSettings(path, f"it has more than {_LONGEST} bytes", "YAML")
    try:
        text = data.decode("utf-8-sig")
        return _built(yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)), path)
    except UnicodeDecodeError as fault:
        raise UnreadableSettings(path, f"byte {fault.start} is not UTF-8", "YAML") from None
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise UnreadableSettings(
            f"{path}:{line}", f"{fault.problem or fault.context}", "YAML"
        ) from None
    except (yaml.YAMLError, ValueError, OverflowError) as fault:
        raise UnreadableSettings(path, str(fault).splitlines()[0], "YAML") from None


def _built(events: Iterator[Any], path: str) -> Node:
    import yaml  # noqa: PLC0415 - see above

    outer: list[_Open] = [_Open(1, is_mapping=False)]
    for event in events:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise UnreadableSettings(f"{path}:{line}", "an alias is not read: write it out", "YAML")
        if isinstance(event, yaml.ScalarEvent):
            outer[-1].found.append(Node(line, text=event.value))
        elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            outer.append(_Open(line, isinstance(event, yaml.MappingStartEvent)))
            if len(outer) > _DEEPEST:
                raise UnreadableSettings(f"{path}:{line}", "it is nested too deeply", "YAML")
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            outer[-2].found.append(outer[-1].closed())
            outer.pop()
    return outer[0].found[0] if outer[0].found else Node(1)
