"""Command lines: a shell's text, or an argv, to the simple commands that they start."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

__all__ = ["Words", "commands_of", "split_shell"]

Words = tuple[str, ...]

_OPERATORS = ";|&()<>\n"
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_COMMENT = re.compile(r"(?m)^\s*#.*$")
_KEYWORDS = frozenset({"if", "then", "else", "elif", "do", "while", "until", "!", "{"})
_NO_COMMANDS = frozenset(
    {"for", "case", "function", "fi", "done", "esac", "}", "in", "[[", "select"}
)
_SHELLS = frozenset({"ash", "bash", "dash", "ksh", "sh", "zsh"})

# What only starts another program: its options that take a value, and how many words stand before the program.
_PREFIXES: dict[str, tuple[frozenset[str], int]] = {
    "chrt": (frozenset(), 1),
    "command": (frozenset(), 0),
    "env": (frozenset({"-u", "--unset", "-C", "--chdir"}), 0),
    "exec": (frozenset(), 0),
    "ionice": (frozenset({"-c", "-n", "-p"}), 0),
    "nice": (frozenset({"-n"}), 0),
    "nohup": (frozenset(), 0),
    "numactl": (frozenset({"-m", "-N", "-C"}), 0),
    "setsid": (frozenset(), 0),
    "stdbuf": (frozenset({"-i", "-o", "-e"}), 0),
    "sudo": (frozenset({"-u", "-g", "-h", "-p", "-C"}), 0),
    "taskset": (frozenset({"-c"}), 1),
    "time": (frozenset({"-f", "-o"}), 0),
    "timeout": (frozenset({"-k", "-s", "--signal", "--kill-after"}), 1),
    "xargs": (frozenset({"-I", "-n", "-P", "-L", "-d", "-a", "-E", "-s"}), 0),
}
# The same, for programs that the image must have itself: (options with a value, words before).
_WRAPPERS: dict[str, tuple[frozenset[str], int]] = {
    "mpiexec": (frozenset({"-n", "-np", "-host", "--host", "-hostfile"}), 0),
    "parallel": (frozenset({"-j", "--jobs", "-a", "--arg-file"}), 0),
    "mpirun": (frozenset({"-n", "-np", "-host", "--host", "-hostfile", "--hostfile"}), 0),
    "xvfb-run": (frozenset({"-n", "-s", "--server-args", "-w"}), 0),
}
_RUNNERS = frozenset({"conda", "hatch", "mamba", "micromamba", "pdm", "pipenv", "poetry", "uv"})


def split_shell(text: str) -> list[Words]:
    """The simple commands of a shell's text, in order, without redirections. Raises ValueError for open quotes."""
    text = _COMMENT.sub("", text.replace("\\\n", " "))
    lexer = shlex.shlex(text, posix=True, punctuation_chars=_OPERATORS)
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""
    found: list[list[str]] = [[]]
    skip = False
    for token in lexer:
        if token and set(token) <= set(_OPERATORS):
            skip = (token[-1] in "<>&" and token[0] in "<>") or token in (">", "<", ">>", "&>")
            if not skip:
                found.append([])
        elif skip:
            skip = False
        else:
            found[-1].append(token)
    return [tuple(one) for one in found if one]


def commands_of(words: Sequence[str]) -> Iterator[Words]:
    """The programs that one command line starts, each with its arguments: ``sudo env X=1 ffmpeg -i x`` is ffmpeg's."""
    rest = _plain(words)
    if not rest or rest[0] in _NO_COMMANDS:
        return
    name = rest[0].rpartition("/")[2]
    if name in _PREFIXES:
        yield from commands_of(_after(rest, *_PREFIXES[name]))
    elif name in _WRAPPERS:
        yield rest
        yield from commands_of(_after(rest, *_WRAPPERS[name]))
    elif name in _RUNNERS and "run" in rest[1:2]:
        yield rest[:2]
        yield from commands_of(_after(rest[1:], frozenset({"-n", "-p", "--with", "--name"}), 0))
    elif name in _SHELLS and _script_text(rest) is not None:
        yield rest[:1]
        for one in split_shell(_script_text(rest) or ""):
            yield from commands_of(one)
    else:
        yield rest
        if name == "find" and "-exec" in rest:
            yield from commands_of(rest[rest.index("-exec") + 1 :])


def _plain(words: Sequence[str]) -> Words:
    """Without variables and keywords in front."""
    start = 0
    while start < len(words) and (
        words[start] in _KEYWORDS or _ASSIGNMENT.fullmatch(words[start]) or words[start] == "$"
    ):
        start += 1
    return tuple(words[start:])


def _after(words: Words, valued: frozenset[str], before: int) -> Words:
    """What follows the options of a program and the words that are its own."""
    at = 1
    while at < len(words) and (words[at].startswith("-") or _ASSIGNMENT.fullmatch(words[at])):
        at += 2 if words[at] in valued else 1
    return words[at + before :]


def _script_text(words: Words) -> str | None:
    """The text after ``sh -c``."""
    for at, word in enumerate(words[1:], start=1):
        if not word.startswith("-"):
            return None
        if not word.startswith("--") and "c" in word and at + 1 < len(words):
            return words[at + 1]
    return None
