"""What an ``environment.yml`` of conda declares, in the words of PyPI and Debian. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import tomli

from ops0.core.pipeline import Warn, Where
from ops0.core.requirements.conda_versions import pep440
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.names import canonicalize_name
from ops0.core.toml_text import BadSetting
from ops0.core.yaml_text import Node, parse_yaml

if TYPE_CHECKING:
    from ops0.core.requirements.reading import Reading

_SPEC = re.compile(r"(?:.*::)?(?P<name>[A-Za-z0-9_][A-Za-z0-9._-]*)(?P<rest>(?:[\s=<>!~\[].*)?)")
_LONGEST = 80
"""Letters of what stands in a file that a message repeats."""
_SHOWN = 8
"""Names that a warning lists."""


@dataclass(frozen=True, slots=True)
class CondaNames:
    """What packages of conda are called elsewhere.

    pypi:     conda's name -> the distribution, where the two differ
    longer:   those whose versions have one part more on PyPI
    debian:   a program's name in conda -> Debian packages
    conda:    names that mean another thing on PyPI
    known:    distributions that ops0 knows: of the same name in conda
    """

    pypi: Mapping[str, str] = field(default_factory=dict)
    longer: frozenset[str] = frozenset()
    debian: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    conda: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()

    def distribution(self, name: str) -> str | None:
        """The distribution that a package is, or None where it is none or nobody knows."""
        if name in self.pypi:
            return self.pypi[name]
        same = canonicalize_name(name)
        is_other = name in self.conda or name in self.debian
        return same if same in self.known and not is_other else None


def parse_conda_names(text: str, known: frozenset[str]) -> CondaNames:
    """Read ``conda_names.toml``. It is ours: a fault in it is a programming error and may raise."""
    tables = tomli.loads(text)
    return CondaNames(
        pypi={name: entry["name"] for name, entry in tables["pypi"].items()},
        longer=frozenset(name for name, entry in tables["pypi"].items() if "longer" in entry),
        debian={name: tuple(entry["apt"]) for name, entry in tables["debian"].items()},
        conda=frozenset(tables["conda"]),
        known=known,
    )


def read_environment(
    reading: Reading, data: bytes, path: str, read_names: Callable[[], CondaNames]
) -> None:
    """Add what an environment of conda declares. Raises UnreadableSettings; other faults are added."""
    wanted = parse_yaml(data, path).get("dependencies")
    if wanted is None or wanted.text == "":
        return
    if wanted.text is not None or wanted.entries:
        fault = BadSetting(Where(path, wanted.line), "dependencies", "is not a list")
        reading.faults.append(fault)
        return
    found = _Environment(reading, path, read_names())
    for one in wanted.items:
        if one.text is not None:
            found.add(one.text.strip(), Where(path, one.line))
        else:
            found.add_table(one)
    found.tell()


class _Environment:
    def __init__(self, reading: Reading, path: str, names: CondaNames) -> None:
        self.reading, self.path, self.names = reading, path, names
        self.unknown: dict[str, Where] = {}
        self.programs: dict[str, Where] = {}

    def add(self, spec: str, where: Where) -> None:
        """One package as conda writes it: ``conda-forge::pandas=2.2``."""
        found = _SPEC.fullmatch(spec)
        if found is None or "/" in found["name"] or spec.endswith((".conda", ".tar.bz2")):
            fact = "is not a package as conda writes it"
            self.reading.faults.append(
                BadSetting(where, "dependencies", f"{fact}: {spec[:_LONGEST]!r}")
            )
            return
        name = found["name"].lower()
        versions = pep440(found["rest"], longer=name in self.names.longer)
        if name == "python":
            if versions:
                self.reading.pythons.append(Declaration(versions, where))
            return
        distribution = self.names.distribution(name)
        if distribution is not None:
            if versions is None:
                text = f"of {spec[:_LONGEST]!r} only the name is used: PyPI's versions cannot say the rest"
                hint = "write one range: name>=1,<2"
                self.reading.warnings.append(Warn(where=where, text=text, hint=hint))
            self.reading.take(f"{distribution}{versions or ''}", where)
        elif name in self.names.debian:
            self.programs.setdefault(name, where)
            packages = self.names.debian[name]
            self.reading.packages += [Declaration(one, where) for one in packages]
        else:
            self.unknown.setdefault(name, where)

    def add_table(self, node: Node) -> None:
        """The list below ``pip:``, line by line as pip reads it."""
        lines = node.get("pip")
        if lines is None or lines.text or lines.entries or len(node.entries) > 1:
            fact = "has something other than texts and `pip:` with a list"
            self.reading.faults.append(
                BadSetting(Where(self.path, node.line), "dependencies", fact)
            )
            return
        for one in lines.items:
            where = Where(self.path, one.line)
            if one.text is None:
                fault = BadSetting(where, "dependencies.pip", "has something that is no text")
                self.reading.faults.append(fault)
            elif text := " ".join(one.text.split()):
                self.reading.line(text, where)

    def tell(self) -> None:
        """Once a file: what of it no image gets, or not every one."""
        if self.unknown:
            text = f"nobody knows what {_listed(self.unknown)} of conda would be on PyPI: left out"
            hint = (
                "what a step needs of it: its distribution below `pip:`, or @ops0.requires(apt=[...]) "
                "for a library of the system; wheels bring CUDA, MKL and the like themselves"
            )
            where = next(iter(self.unknown.values()))
            self.reading.warnings.append(Warn(where=where, text=text, hint=hint))
        if self.programs:
            text = f"{_listed(self.programs)}: Debian's go to steps that start or look for them, not to all"
            packages = {one: None for name in self.programs for one in self.names.debian[name]}
            hint = f"where a library starts them: @ops0.requires(apt=[{', '.join(map(_quoted, packages))}])"
            where = next(iter(self.programs.values()))
            self.reading.warnings.append(Warn(where=where, text=text, hint=hint))


def _quoted(text: str) -> str:
    return f'"{text}"'


def _listed(names: Mapping[str, Where]) -> str:
    shown = ", ".join([*names][:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
