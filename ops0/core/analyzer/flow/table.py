"""What calls and attributes of libraries give, as data: ``flows.toml``, whose head has the grammar."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import tomli

__all__ = ["FOLLOWS", "HOLDS", "PASSES", "PLAIN", "SAME", "UNSURE", "Table", "flow_table"]

PLAIN = ""
"""The result is plain Python."""
PASSES = "="
"""The result is, or holds, what went in."""
SAME = "."
"""The result is the library's own."""
HOLDS = "&"
"""The result is the library's own, and goes on using what went in."""
FOLLOWS = "~"
"""The result is what went in, if its library takes part in numpy's functions; else numpy's."""
UNSURE = "?"
"""Anything may come out."""


_TEXTS = frozenset({"__doc__", "__file__", "__name__", "__version__"})
_KINDS = ("carriers", "elementwise", "tables", "numeric")


@dataclass(frozen=True)
class Table:
    """What ``flows.toml`` says.

    functions: dotted -> result;  starts: the same for whole modules, longest first

    methods:  (library, method) -> result, library "" for any;  rest: library -> what its other methods give
    beginnings: library -> (start of a method's name, result)
    carriers, elementwise, tables, numeric: libraries, see [kinds]
    constants: dotted names of values that are plain Python, and beginnings of such names
    puts: method -> ((library, what it puts into the object that it is called on), …)
    """

    functions: dict[str, str]
    starts: tuple[tuple[str, str], ...]
    methods: dict[tuple[str, str], str]
    rest: dict[str, str]
    beginnings: dict[str, tuple[tuple[str, str], ...]]
    carriers: frozenset[str]
    elementwise: frozenset[str]
    tables: frozenset[str]
    numeric: frozenset[str]
    constants: tuple[str, ...]
    puts: dict[str, tuple[tuple[str, str], ...]]

    def put_into(self, dotted: str, name: str) -> str | None:
        """What a method puts into the object that ``dotted`` made."""
        above = set(_up(dotted))
        return next((put for library, put in self.puts.get(name, ()) if library in above), None)

    def is_constant(self, dotted: str) -> bool:
        """Whether a library's value is plain Python: ``numpy.pi``, and texts that any module has."""
        return dotted.rpartition(".")[2] in _TEXTS or any(
            dotted.startswith(one[:-1]) if one.endswith("*") else dotted == one
            for one in self.constants
        )

    @cached_property
    def not_always_plain(self) -> frozenset[str]:
        """The methods that give plain Python of most values, but not of what some library makes."""
        own = (name for (library, name), made in self.methods.items() if library and made != PLAIN)
        return frozenset(name for name in own if self.any(name) == PLAIN)

    @cached_property
    def _calls(self) -> frozenset[str]:
        return frozenset(name for _, name in self.methods if name.endswith(")"))

    def as_called(self, name: str, argument: str) -> str:
        """A method as the table names its call, where that gives something else: ``size()``, ``astype(str)``."""
        every = (f"{name}({argument})", f"{name}()")
        return next((one for one in every if one in self._calls), name)

    def says(self, dotted: str, name: str) -> str | None:
        """What the entry of its own library says that a method or attribute gives; None where it says nothing."""
        found = (self._of(one, name.partition("(")[0]) for one in _up(dotted))
        return next((one for one in found if one is not None), None)

    def plain_items(self, dotted: str) -> bool:
        """Whether what it is looped over gives is plain Python."""
        return any(self.methods.get((one, "[*]")) == PLAIN for one in _up(dotted))

    @cached_property
    def to_texts(self) -> frozenset[str]:
        """The methods and attributes that give something of which a loop gives plain Python."""
        return frozenset(name for (_, name), made in self.methods.items() if self.plain_items(made))

    @cached_property
    def _told(self) -> frozenset[str]:
        return frozenset(name.partition("(")[0] for _, name in self.methods)

    @cached_property
    def _every_beginning(self) -> tuple[str, ...]:
        return tuple(start for each in self.beginnings.values() for start, _ in each)

    def is_told(self, name: str) -> bool:
        """Whether the entry of any library says what an attribute or method of that name gives."""
        return name.partition("(")[0] in self._told or name.startswith(self._every_beginning)

    def function(self, dotted: str) -> str:
        """What a call of a library's function or class gives."""
        found = self.functions.get(dotted)
        if found is None:
            found = next((made for start, made in self.starts if dotted.startswith(start)), SAME)
        return found

    def method(self, dotted: str, name: str) -> str:
        """What a method or attribute gives of something that ``dotted`` made; called itself, ``()``, its own."""
        if name == "()":
            called = (self.methods.get((one, name)) for one in _up(dotted))
            return next((one for one in called if one is not None), SAME)
        if name.endswith("()"):
            found = next(
                (self.methods[one, name] for one in _up(dotted) if (one, name) in self.methods),
                None,
            )
            return self.method(dotted, name[:-2]) if found is None else found
        library = dotted
        while library:
            found = self._of(library, name)
            if found is None and library in self.rest:
                found = self.any(name)
                found = self.rest[library] if found is None else found
            if found is not None:
                return found
            library = library.rpartition(".")[0]
        found = self.any(name)
        return UNSURE if found is None else found

    def gives_itself(self, dotted: str, name: str) -> bool:
        """Whether the entry of its library says that a method gives the object that it is called on."""
        return self.says(dotted, name) == PASSES

    def plain_with(self, dotted: str, name: str, words: Collection[str]) -> bool:
        """Whether a method gives plain Python when these keywords are true: ``iter_rows(values_only=True)``."""
        library = dotted.partition(".")[0]
        return any(self.methods.get((library, f"{name}({word})")) == PLAIN for word in words)

    def looked_up(self, dotted: str, *, sliced: bool) -> str:
        """What ``x[key]``, or a slice, gives of something that ``dotted`` made; SAME where nothing is said."""
        keys = ("[]", "[:]") if sliced else ("[]",)
        found = (self.methods.get((one, key)) for one in _up(dotted) for key in keys)
        return next((one for one in found if one is not None), SAME)

    def any(self, name: str) -> str | None:
        """What a method of that name gives of whatever library; None where names do not tell."""
        return self._of("", name.partition("(")[0])

    def _of(self, library: str, name: str) -> str | None:
        found = self.methods.get((library, name))
        if found is None:
            starts = self.beginnings.get(library, ())
            found = next((made for start, made in starts if name.startswith(start)), None)
        return found


def _up(dotted: str) -> Iterator[str]:
    """A dotted name, and those above it."""
    while dotted:
        yield dotted
        dotted = dotted.rpartition(".")[0]


@lru_cache(maxsize=1)
def flow_table() -> Table:
    """The table that ops0 ships."""
    data = tomli.loads(Path(__file__).with_name("flows.toml").read_text("utf-8"))
    functions: dict[str, str] = {}
    methods = {("", name): PLAIN for name in data["any"]["plain"].split()}
    methods.update((("", name), PASSES) for name in data["any"]["passes"].split())
    for made, names in data["any"]["gives"].items():
        methods.update((("", name), made) for name in names.split())
    rest: dict[str, str] = {}
    for entry in data["library"]:
        rest[entry["name"]] = PLAIN if entry.get("rest") == "plain" else SAME
        for result, names in _results(entry):
            for name in names:
                if name.startswith("."):
                    methods[entry["name"], name[1:]] = result
                else:
                    functions[f"{entry['name']}.{name}"] = result
    beginnings: dict[str, tuple[tuple[str, str], ...]] = {}
    for (library, name), result in methods.items():
        if name.endswith("*"):
            beginnings[library] = (*beginnings.get(library, ()), (name[:-1], result))
    starts = sorted(
        ((name[:-1], result) for name, result in functions.items() if name.endswith("*")),
        key=lambda one: (-len(one[0]), one[0]),
    )
    exact = {name: made for name, made in functions.items() if not name.endswith("*")}
    kinds = {name: frozenset(data["kinds"][name].split()) for name in _KINDS}
    constants = tuple(
        f"{entry['name']}.{name}"
        for entry in data["library"]
        for name in entry.get("constants", "").split()
    )
    puts = _puts(data["library"])
    return Table(
        exact, tuple(starts), methods, rest, beginnings, constants=constants, puts=puts, **kinds
    )


def _puts(entries: list[dict[str, Any]]) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for entry in entries:
        for made, names in entry.get("puts", {}).items():
            for name in names.split():
                found[name[1:]] = (*found.get(name[1:], ()), (entry["name"], made))
    return found


def _results(entry: dict[str, object]) -> list[tuple[str, list[str]]]:
    """(result, names) of one library's entry."""
    kinds = {"plain": PLAIN, "passes": PASSES, "follows": FOLLOWS, "holds": HOLDS, "unsure": UNSURE}
    found = [(made, str(entry[kind]).split()) for kind, made in kinds.items() if kind in entry]
    gives = entry.get("gives", {})
    assert isinstance(gives, dict)  # noqa: S101 - our own file, held by a test
    return found + [(made, str(names).split()) for made, names in gives.items()]
