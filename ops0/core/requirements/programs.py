"""From a program that code starts to what brings it into an image: a Debian package or a Python distribution."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import tomli

from ops0.core.facts import CommandFact
from ops0.core.pipeline import Reason, Warn
from ops0.core.requirements.installed import Installed

__all__ = ["Program", "Started", "parse_programs", "started_by"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """What is known of one program.

    apt:   Debian packages;          needs: Python distributions;   () for both: nothing brings it, or every base has it
    links: the name to call it by where Debian makes its usual one by a maintainer script
    note:  what must be said of it
    base:  every base has it
    """

    apt: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    links: str | None = None
    note: str | None = None
    base: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """What the commands of a step need: each with why."""

    needs: tuple[tuple[str, Reason], ...] = ()
    packages: tuple[tuple[str, Reason], ...] = ()
    warnings: tuple[Warn, ...] = ()


def parse_programs(text: str) -> dict[str, Program]:
    """Read ``programs.toml``. It is ours: a fault in it is a programming error and may raise."""
    tables = tomli.loads(text)
    found = {name: Program(base=True) for name in tables["base"]["names"]}
    for name, entry in {**tables["debian"], **tables["python"], **tables["absent"]}.items():
        found[name] = Program(
            apt=tuple(entry.get("apt", ())),
            needs=tuple(entry.get("needs", ())),
            links=entry.get("links"),
            note=entry.get("note"),
        )
    return found


def started_by(
    commands: Iterable[CommandFact],
    programs: Mapping[str, Program],
    installed: Installed,
    *,
    declared: bool,
    had: frozenset[str],
) -> Started:
    """What the commands need.

    declared: the step or the settings name Debian packages themselves: a program that nobody knows may be in them
    had:      Debian packages that the project's environment has: a program of theirs is there where it is looked for
    """
    search = _Search(programs, installed, declared, had)
    commands = tuple(commands)
    certain = [one for one in commands if not one.optional]
    for one in certain:
        search.add(one)
    run = {one.program for one in certain}
    for one in commands:
        if one.optional and one.program not in run:
            search.ask(one)
    return Started(
        needs=tuple(search.needs), packages=tuple(search.packages), warnings=tuple(search.warnings)
    )


class _Search:
    def __init__(
        self,
        programs: Mapping[str, Program],
        installed: Installed,
        declared: bool,
        had: frozenset[str],
    ) -> None:
        self.programs, self.installed, self.declared = programs, installed, declared
        self.had = had
        self.needs: dict[tuple[str, Reason], None] = {}
        self.packages: dict[tuple[str, Reason], None] = {}
        self.warnings: dict[Warn, None] = {}

    def add(self, fact: CommandFact) -> None:
        """One command that the step runs."""
        if fact.program in ("pip", "pip3"):
            self._installs(fact)
            return
        self._downloads(fact)
        names = [fact.program]
        if len(fact.words) > 1 and self._find(f"{fact.program}-{fact.words[1]}") is not None:
            # `jupyter nbconvert` is the program jupyter-nbconvert, `git lfs` git-lfs.
            names.append(f"{fact.program}-{fact.words[1]}")
        reason = Reason(fact.where, f"runs `{fact.text}`")
        for name in names:
            program = self._find(name)
            if program is None:
                self._unknown(fact)
                continue
            self.needs.update(((one, reason), None) for one in program.needs)
            self.packages.update(((one, reason), None) for one in program.apt)
            self._remarks(fact, name, program)

    def ask(self, fact: CommandFact) -> None:
        """A program that the step only looks for: it goes on without, as with an optional import."""
        program = self._find(fact.program)
        if self.declared or (program is not None and program.base):
            return
        owner = self.installed.script_owner(fact.program)
        if owner is not None and owner.origin is None:
            self.needs[owner.name, Reason(fact.where, f"looks for {fact.program}: installed")] = (
                None
            )
            return
        given = program or Program()
        if given.apt and self.had.issuperset(given.apt):
            reason = Reason(
                fact.where, f"looks for {fact.program}: the project's environment has it"
            )
            self.packages.update({(name, reason): None for name in given.apt})
            return
        parts = [f'"{one}"' for one in given.needs]
        listed = ", ".join(f'"{one}"' for one in given.apt or ("PACKAGE",))
        parts += [f"apt=[{listed}]"] if given.apt or not given.needs else []
        self._warn(
            fact,
            f"the program {fact.program} is looked for, and left out",
            f"to have it: @ops0.requires({', '.join(parts)})",
        )

    def _find(self, name: str) -> Program | None:
        """Who brings a program: what is installed beside ops0, then the table."""
        known = self.programs.get(name)
        if known is not None and known.base:
            return known
        owner = self.installed.script_owner(name)
        if owner is None:
            return known
        if owner.origin is not None and known is None:
            return Program(note=f"it is installed from {owner.origin}, which no index has")
        return Program(needs=(owner.name,), note=known.note if known and known.needs else None)

    def _remarks(self, fact: CommandFact, name: str, program: Program) -> None:
        if program.links is not None and not self.declared:
            package = " and ".join(program.apt)
            self._warn(
                fact,
                f"Debian's {package} has no `{name}` before a maintainer script makes it, and images run none",
                f"call it `{program.links}` on Linux, or name a base image that has it",
            )
        elif program.note is not None and (program.needs or not self.declared):
            hint = 'declare what it needs, @ops0.requires("...", apt=["..."]), or name a base image that has it'
            brought = (
                "" if program.needs or program.apt else ", and nothing brings it into the image"
            )
            self._warn(fact, f"`{fact.text}` starts {name}: {program.note}{brought}", hint)

    def _unknown(self, fact: CommandFact) -> None:
        if self.declared:
            return
        self._warn(
            fact,
            f"`{fact.text}` starts {fact.program}, and nothing is known to bring it into the image",
            'name its Debian package, @ops0.requires(apt=["..."]), or a base image that has it',
        )

    def _installs(self, fact: CommandFact) -> None:
        """``pip install x`` in the code: the image has x from the start."""
        if fact.words[1:2] != ("install",):
            return
        for name in _named(fact.words[2:]):
            self.needs[name, Reason(fact.where, f"runs `{fact.text}`")] = None
        self._warn(
            fact,
            f"`{fact.text}` installs when it runs; the image has what it names already, and no pip",
            "declare it with @ops0.requires and leave the call out",
        )

    def _downloads(self, fact: CommandFact) -> None:
        words = fact.words[2:] if fact.words[:2] == ("python", "-m") else fact.words
        if words[:2] == ("spacy", "download") or words[:1] == ("nltk.downloader",):
            self._warn(
                fact,
                f"`{fact.text}` downloads when it runs; a container has a network only where the step asks for it",
                "keep the data beside the code, or give the step @ops0.resources(network=True)",
            )

    def _warn(self, fact: CommandFact, text: str, hint: str) -> None:
        self.warnings.setdefault(Warn(where=fact.where, text=text, hint=hint))


def _named(words: Iterable[str]) -> Iterator[str]:
    """The requirements among pip's words: no options, files or addresses."""
    skip = False
    for word in words:
        if not skip and not word.startswith("-") and _REQUIREMENT.fullmatch(word):
            yield word
        skip = not skip and word in _VALUED


_REQUIREMENT = re.compile(
    r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?:\[[\w,-]+\])?(?:[<>=!~]=?[\w.*+!]+(?:,[<>=!~]=?[\w.*+!]+)*)?"
)
_VALUED = frozenset(
    {
        "-c",
        "-e",
        "-i",
        "-r",
        "-t",
        "--constraint",
        "--editable",
        "--extra-index-url",
        "--find-links",
        "--index-url",
        "--requirement",
        "--target",
    }
)
