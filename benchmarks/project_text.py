"""The text of the made project's modules: what real code has, from docstrings to decorators. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.project_words import COMMENTS, EFFECTS, LIBRARIES, NAMES, SENTENCES, STANDARD

__all__ = [
    "Helper",
    "entry_module",
    "library_module",
    "package_module",
    "steps_module",
]


@dataclass(frozen=True, slots=True)
class Helper:
    """A function that other modules may import and call with rows and a limit."""

    module: str
    name: str


def library_module(
    module: str,
    earlier: Sequence[Helper],
    shared: Sequence[Helper],
    functions: int,
    dice: random.Random,
) -> tuple[str, list[Helper]]:
    """One module of helpers and classes, and what it offers."""
    borrowed = _some(earlier[-26:], 2, dice) + _some(shared, 2, dice)
    libraries = dice.sample(LIBRARIES, 3)
    own: list[Helper] = []
    parts = [_head(module, borrowed, libraries, dice), _globals(module, dice)]
    parts += [_record(module, at, dice) for at in range(2)]
    for at in range(functions):
        name = f"{dice.choice(NAMES)}_{module.rpartition('.')[2]}_{at:02}"
        called = _some(own[-4:], 1, dice) + _some(borrowed, at % 2, dice)
        parts.append(_function(name, called, _some(libraries, at % 3 == 0, dice), dice))
        own.append(Helper(module, name))
    parts += [_worker(module, own[-3:], dice), _main(own[-1])]
    return "\n\n".join(parts), own


def package_module(name: str, helpers: Sequence[Helper]) -> str:
    """A package's ``__init__`` with a few names taken up from below."""
    lines = [f'"""What {name} offers to others."""', "", "from __future__ import annotations", ""]
    chosen = sorted(helpers[::17], key=lambda one: (one.module, one.name))
    lines += [f"from {one.module} import {one.name}" for one in chosen]
    lines += ["", "__all__ = [", *(f'    "{one.name}",' for one in chosen), "]", ""]
    return "\n".join(lines)


def steps_module(
    domain: str, steps: Sequence[str], helpers: Sequence[Helper], dice: random.Random
) -> str:
    """The steps of one domain."""
    used = _some(helpers, 12, dice)
    head = [
        f'"""Steps of {domain}."""',
        "",
        "from __future__ import annotations",
        "",
        "import logging",
        "",
    ]
    head += ["import ops0", "import pandas as pd", ""]
    head += [f"from {one.module} import {one.name}" for one in sorted(set(used), key=str)]
    head += ["", "log = logging.getLogger(__name__)", f'SOURCE = "s3://bucket/{domain}"', ""]
    return "\n\n".join(["\n".join(head), *(_step(name, used, dice) for name in steps)])


def entry_module(
    exported: Sequence[tuple[str, tuple[str, ...]]],
    own: Sequence[str],
    shared: Sequence[Helper],
    dice: random.Random,
) -> str:
    """The pipeline file: steps of its own, and one pipeline that calls all, each after the one before it."""
    used = _some(shared, 8, dice)
    head = [
        '"""All of it as one pipeline."""',
        "",
        "from __future__ import annotations",
        "",
        "import logging",
        "",
    ]
    head += ["import ops0", "import pandas as pd", ""]
    head += [f"from {one.module} import {one.name}" for one in sorted(set(used), key=str)]
    for module, names in exported:
        head += [f"from {module} import (", *(f"    {name}," for name in names), ")"]
    head += ["", "log = logging.getLogger(__name__)", 'SOURCE = "s3://bucket/all"', ""]
    calls = [
        "@ops0.pipeline",
        "def everything(limit: int = 10):",
        '    """Every step, domain by domain."""',
    ]
    ends: list[str] = []
    for _, names in [*exported, ("", tuple(own))]:
        before = "limit"
        for name in names:
            calls.append(f"    made_{name} = {name}({before}, limit)")
            before = f"made_{name}"
        ends.append(before)
    calls += [f"    return [{', '.join(ends)}]", ""]
    return "\n\n".join(
        ["\n".join(head), *(_step(name, used, dice) for name in own), "\n".join(calls)]
    )


def _head(
    module: str,
    borrowed: Sequence[Helper],
    libraries: Sequence[tuple[str, str]],
    dice: random.Random,
) -> str:
    domain, _, name = module.partition(".")
    lines = [
        f'"""{name.replace("_", " ").capitalize()} of {domain}.',
        "",
        *dice.sample(SENTENCES, 3),
        '"""',
        "",
    ]
    lines += ["from __future__ import annotations", ""]
    needed = ("import logging", "from dataclasses import dataclass, field")
    lines += [*sorted({*needed, *dice.sample(STANDARD, 3)}), ""]
    lines += [*sorted(statement for statement, _ in libraries), ""]
    lines += sorted({f"from {one.module} import {one.name}" for one in borrowed})
    return "\n".join(lines)


def _globals(module: str, dice: random.Random) -> str:
    name = module.rpartition(".")[2]
    lines = [
        "",
        "log = logging.getLogger(__name__)",
        "",
        f'SOURCE = "{module.replace(".", "/")}"',
        "LIMIT = 250",
    ]
    lines += [
        f'COLUMNS = ("key", "day", "{name}")',
        "REGISTRY: dict[str, object] = {}",
        'REGISTRY["start"] = SOURCE',
        "",
    ]
    if dice.random() < 0.3:  # settings that change what later calls do
        lines += [*dice.choice(EFFECTS), ""]
    return "\n".join(lines)


def _record(module: str, at: int, dice: random.Random) -> str:
    title = "".join(word.capitalize() for word in module.rpartition(".")[2].split("_")) + "AB"[at]
    first, second, third = dice.sample(NAMES, 3)
    return f'''\
@dataclass(frozen=True)
class {title}:
    """One row of {module}. {dice.choice(SENTENCES)}"""

    key: str
    {first}: float = 0.0
    {second}: float = 1.0
    tags: tuple[str, ...] = field(default_factory=tuple)

    @property
    def {third}_of(self) -> float:
        """{dice.choice(SENTENCES)}"""
        if not self.{second}:
            return 0.0
        return self.{first} / self.{second} if self.{second} > LIMIT else self.{first}

    def tagged(self, *names: str) -> {title}:
        """The same with more tags."""
        return {title}(self.key, self.{first}, self.{second}, (*self.tags, *names))

'''


def _function(
    name: str,
    called: Sequence[Helper],
    libraries: Sequence[tuple[str, str]],
    dice: random.Random,
) -> str:
    first, second = dice.sample(NAMES, 2)
    lines = [f"def {name}(rows, limit: int = LIMIT):", f'    """{dice.choice(SENTENCES)}"""']
    lines += [f"    # {dice.choice(COMMENTS)}", "    found = {}"]
    lines += [
        "    for index, row in enumerate(rows):",
        f'        {first} = row["{first}"] * {dice.randint(2, 9)}',
    ]
    lines += [f"        if {first} > limit and index % {dice.randint(2, 5)} == 0:"]
    lines += [
        f'            log.debug("row %s has {first} %s", index, {first})',
        "            continue",
    ]
    lines += [f'        found[row["key"]] = {{"{second}": {first} + index, "at": index}}']
    lines += [f"    result = {one.name}(list(found.values()), limit)" for one in called]
    lines += [f"    made = {call}\n    log.info('made %s', made)" for _, call in libraries]
    lines += [
        "    return [value for value in found.values() if value] + "
        + ("list(result)" if called else "[]"),
        "",
    ]
    return "\n".join(lines)


def _worker(module: str, helpers: Sequence[Helper], dice: random.Random) -> str:
    title = "".join(word.capitalize() for word in module.rpartition(".")[2].split("_")) + "Worker"
    lines = [
        f"class {title}:",
        f'    """{dice.choice(SENTENCES)}"""',
        "",
        "    def __init__(self, limit: int = LIMIT) -> None:",
    ]
    lines += ["        self.limit = limit", "        self.seen: list[dict] = []", ""]
    for helper in helpers:
        lines += [
            f"    def run_{helper.name}(self, rows):",
            f'        """{dice.choice(SENTENCES)}"""',
        ]
        lines += [
            f"        # {dice.choice(COMMENTS)}",
            "        try:",
            f"            made = {helper.name}(rows, self.limit)",
        ]
        lines += [
            "        except (KeyError, ValueError) as fault:",
            '            log.warning("left out: %s", fault)',
        ]
        lines += [
            "            return []",
            "        self.seen.extend(made)",
            "        return made",
            "",
        ]
    return "\n".join(lines)


def _main(last: Helper) -> str:
    return f'if __name__ == "__main__":\n    print({last.name}([]))\n'


def _step(name: str, helpers: Sequence[Helper], dice: random.Random) -> str:
    used = _some(helpers, 3, dice)
    lines = ["@ops0.step", f"def {name}(rows: pd.DataFrame, limit: int) -> pd.DataFrame:"]
    lines += [f'    """{dice.choice(SENTENCES)}"""', '    table = rows.to_dict("records")']
    lines += [f"    table = {one.name}(table, limit)  # {dice.choice(COMMENTS)}" for one in used]
    lines += [
        f'    log.info("{name}: %s rows from %s", len(table), SOURCE)',
        "    return pd.DataFrame(table)",
        "",
    ]
    return "\n".join(lines)


def _some(given: Sequence[Helper], count: int, dice: random.Random) -> list[Helper]:
    return dice.sample(list(given), min(count, len(given)))
