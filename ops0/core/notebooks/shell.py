"""Shell lines of a notebook: what they install, read as a declaration; and what else they would do. Nothing is run."""

from __future__ import annotations

import re
import shlex
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ops0.core.notebooks.table import listed

__all__ = ["Installs", "read_shell"]

_LONGEST = 100_000
"""Characters. shlex takes time that grows with the square of a word's length."""

_BETWEEN = frozenset({"&&", "||", ";", "&"})
_SPACED = re.compile(r"(?<!\s)\s+([=<>~!]=)\s*")
_REDIRECT = re.compile(r"(\d?|&)(>>?|<)(&\d)?.*")
_LAUNCHER = re.compile(
    r"(.*/)?(python|py)(\d(\.\d+)?)?|\{\s*sys\.executable\s*\}|\$\(which python\d?\)"
)
_PIP = re.compile(r"(.*/)?pip(\d(\.\d+)?)?")
_VARIABLE = re.compile(r"[A-Za-z_]\w*=.*")
_ADDRESS = re.compile(r"^([a-z+]+://|\.{0,2}/|~|\.{1,2}$)|\.(whl|zip|tar\.gz)$")
_USER = re.compile(r"//[^/@]*@")
_CONDA_PIN = re.compile(r"(?P<name>[\w.-]+)=(?P<version>\d[\w.!+]*)(\.\*)?(=[\w.*]+)?")
_BEFORE = frozenset({"sudo", "time", "env"})
_CONDA = frozenset({"conda", "mamba", "micromamba"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Installs:
    """What a shell line installs.

    requirements: PEP 508;  files: requirement files, as named
    unused:       what it says of installing that ops0 does not use: the fact, and what to do
    system:       Debian packages that it installs;  other: commands that install nothing, as written
    """

    requirements: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    unused: tuple[tuple[str, str], ...] = ()
    system: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


def read_shell(text: str) -> Installs:
    """Read one shell line, its continuations joined. A line that no person wrote installs nothing."""
    if len(text) > _LONGEST:
        return Installs(other=(text,))
    reading = _Reading()
    try:
        words = shlex.split(_SPACED.sub(r"\1", text))
    except ValueError:
        return Installs(other=(text,))
    for command in _commands(words):
        reading.command(command, writes=any(map(_REDIRECT.fullmatch, words)))
    return Installs(
        requirements=tuple(reading.requirements),
        files=tuple(reading.files),
        unused=tuple(reading.unused),
        system=tuple(reading.system),
        other=tuple(reading.other),
    )


def _commands(words: Sequence[str]) -> Iterator[list[str]]:
    """The commands of a line, without redirections, comments, and what only reads another's output."""
    command: list[str] = []
    skip = piped = False
    for word in words:
        if word in _BETWEEN:
            yield command
            command, skip, piped = [], False, False
        elif word.startswith("#"):
            break
        elif skip:
            skip = False
        elif word == "|" or piped:
            piped = True
        elif _REDIRECT.fullmatch(word):
            skip = word.endswith((">", "<"))
        elif word.endswith(";"):
            yield [*command, word.rstrip(";")]
            command = []
        else:
            command.append(word)
    yield command


class _Reading:
    """What has been read of a line so far."""

    def __init__(self) -> None:
        self.requirements: list[str] = []
        self.files: list[str] = []
        self.unused: list[tuple[str, str]] = []
        self.system: list[str] = []
        self.other: list[str] = []

    def command(self, words: list[str], *, writes: bool) -> None:
        """Read one command. ``writes``: the line's output goes to a file."""
        bare = _without_launcher(words)
        if not bare or bare[0] in ("true", ":") or (bare[0] == "echo" and not writes):
            return
        tool, rest = bare[0], bare[1:]
        if _PIP.fullmatch(tool) and rest:
            self._install(rest[0], rest[1:], words, conda=False)
        elif tool in _CONDA and rest:
            self._install(rest[0], rest[1:], words, conda=True)
        elif tool == "uv" and rest[:1] == ["add"]:
            self._install("install", rest[1:], words, conda=False)
        elif tool == "uv" and rest[:1] == ["pip"] and len(rest) > 1:
            self._install(rest[1], rest[2:], words, conda=False)
        elif tool in ("apt", "apt-get") and "install" in rest:
            named = rest[rest.index("install") + 1 :]
            self.system += [one for one in named if not one.startswith("-")]
        elif not (tool in ("apt", "apt-get") and rest[-1:] == ["update"]):
            self.other.append(" ".join(words))

    def _install(self, verb: str, words: Sequence[str], command: list[str], *, conda: bool) -> None:
        if verb not in ("install", "add"):
            if verb not in listed("install", "silent"):
                self.other.append(" ".join(command))
            return
        todo = deque(words)
        while todo:
            word = todo.popleft()
            if word.startswith("-") and len(word) > 1:
                self._option(word, todo, conda=conda)
            else:
                self._wanted(word, conda=conda)

    def _option(self, word: str, todo: deque[str], *, conda: bool) -> None:
        """One option, with the value that follows it."""
        name, sign, value = word.partition("=")
        if not sign and word[:2] in ("-r", "-i", "-e", "-f") and len(word) > 2 and word[2] != "-":
            name, value, sign = word[:2], word[2:], "="
        takes = name in listed("install", "with_value")
        if name == "-c" and conda:
            name = "--channel"
        if takes and not sign:
            value = todo.popleft() if todo else ""
        if name in ("-r", "--requirement"):
            self.files.append(value)
        elif name in ("-e", "--editable"):
            self._wanted(value if _ADDRESS.search(value) else f"./{value}", conda=False)
        elif name in listed("install", "reported"):
            fact = f"`{name}` is not used: ops0 reads only which distributions are declared"
            hint = "indexes, constraints and certificates come from pip's and uv's own settings"
            self.unused.append((fact, hint))

    def _wanted(self, word: str, *, conda: bool) -> None:
        if "{" in word or "$" in word:
            fact = f"`{word}` is filled in only when the cell runs, and is not used"
            self.unused.append((fact, "write out what it installs"))
        elif word.startswith(("git+", "https://", "http://")) and not conda:
            self.requirements.append(word)
        elif _ADDRESS.search(word) and " @ " not in word:
            word = _USER.sub("//", word)
            fact = f"`{word}` is a file or address without a name, and is not used"
            hint = 'write it with its name: "NAME @ file:FOLDER"'
            self.unused.append((fact, hint))
        elif conda:
            self._conda(word)
        else:
            self.requirements.append(word)

    def _conda(self, word: str) -> None:
        """A match specification of conda: ``channel::name=1.2``."""
        word = word.rpartition("::")[2]
        pin = _CONDA_PIN.fullmatch(word)
        name = pin["name"] if pin else re.split(r"[=<>!~ \[]", word, maxsplit=1)[0]
        if name.lower() in listed("install", "conda_only"):
            return
        self.requirements.append(f"{pin['name']}=={pin['version']}.*" if pin else word)


def _without_launcher(words: list[str]) -> list[str]:
    """A command without ``sudo``, variables set for it, and ``python -m``."""
    at = 0
    while at < len(words) and (words[at] in _BEFORE or _VARIABLE.fullmatch(words[at])):
        at += 1
    rest = words[at:]
    if len(rest) > 2 and _LAUNCHER.fullmatch(rest[0]) and rest[1] == "-m":
        return rest[2:]
    return rest
