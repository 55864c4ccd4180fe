"""The calls that start programs, and the command lines that they give."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import prod

from ops0.core.analyzer.hidden.shell import Words, split_shell
from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.hidden.spots import Spots
from ops0.core.analyzer.hidden.texts import UNKNOWN, texts

__all__ = ["LAUNCHERS", "Launch", "lines_of"]

_MOST = 32


@dataclass(frozen=True, slots=True)
class Launch:
    """How a call gives its command line.

    position: of the argument;  keyword: its name
    form:     ``line``: an argv or a text;  ``argv``: an argv;  ``words``: each argument is a word;
              ``texts``: a list of texts
    """

    position: int
    keyword: str
    form: str = "line"


def _launchers() -> dict[str, Launch]:
    line = Launch(0, "args")
    found = {
        f"subprocess.{name}": line
        for name in ("run", "call", "check_call", "check_output", "Popen")
    }
    found |= {f"subprocess.{name}": Launch(0, "cmd") for name in ("getoutput", "getstatusoutput")}
    found |= {"os.system": Launch(0, "command"), "os.popen": Launch(0, "cmd")}
    for start, position in (("exec", 0), ("spawn", 1)):
        for end in ("l", "le", "lp", "lpe"):
            found[f"os.{start}{end}"] = Launch(position + 1, "", "words")
        for end in ("v", "ve", "vp", "vpe"):
            found[f"os.{start}{end}"] = Launch(position + 1, "args", "argv")
    found |= {
        "os.posix_spawn": Launch(1, "argv", "argv"),
        "os.posix_spawnp": Launch(1, "argv", "argv"),
    }
    for module in ("asyncio", "asyncio.subprocess"):
        found[f"{module}.create_subprocess_exec"] = Launch(0, "", "words")
        found[f"{module}.create_subprocess_shell"] = Launch(0, "cmd")
    engine = Launch(0, "command")
    for start in ("chess.engine", "chess.engine.SimpleEngine"):
        found |= {f"{start}.popen_uci": engine, f"{start}.popen_xboard": engine}
    operation = Launch(0, "commands", "texts")
    for module in ("prefect_shell", "prefect_shell.commands"):
        found[f"{module}.ShellOperation"] = operation
        found[f"{module}.shell_run_command"] = Launch(0, "command")
    texts_alone = ("pexpect.run", "pexpect.spawn", "delegator.run", "invoke.run", "sarge.run")
    found |= dict.fromkeys(texts_alone, Launch(0, "command"))
    found |= {"dagster_shell.execute_shell_command": Launch(0, "shell_command")}
    return found | {"pty.spawn": Launch(0, "argv"), "snakemake.shell.shell": Launch(0, "cmd")}


LAUNCHERS = _launchers()
"""Dotted name of a call to how it starts a program."""


def lines_of(spots: Spots, call: Spot, launch: Launch) -> list[Words]:
    """The command lines that a call may start; a word with ``UNKNOWN`` in it is decided by the run."""
    node = call.node
    assert isinstance(node, ast.Call)  # noqa: S101 - what launches are
    if launch.form == "words":
        given = ast.copy_location(ast.Tuple(node.args[launch.position :], ast.Load()), node)
        return _argvs(spots, call.at(given)) or [(UNKNOWN,)]
    argument = next((one.value for one in node.keywords if one.arg == launch.keyword), None)
    if argument is None and len(node.args) > launch.position:
        argument = node.args[launch.position]
    if argument is None:
        return [(UNKNOWN,)]
    found: dict[Words, None] = {}
    for one in spots.behind(call.at(argument)):
        if launch.form == "texts":
            found.update(dict.fromkeys(_from_texts(spots, one)))
            continue
        argvs = _argvs(spots, one)
        if argvs is not None:
            found.update(dict.fromkeys(_shell_argv(argvs, node)))
        else:
            found.update(dict.fromkeys(_from_text(spots, one)))
    return list(found)


def _from_texts(spots: Spots, spot: Spot) -> Iterator[Words]:
    """The command lines of a list of texts."""
    if not isinstance(spot.node, (ast.List, ast.Tuple)):
        yield (UNKNOWN,)
        return
    for one in spot.node.elts:
        yield from _from_text(spots, spot.at(one))


def _shell_argv(argvs: list[Words], node: ast.Call) -> Iterator[Words]:
    """With ``shell=True`` the first word of a list is the shell's text."""
    shell = any(
        one.arg == "shell" and isinstance(one.value, ast.Constant) and one.value.value is True
        for one in node.keywords
    )
    for words in argvs:
        yield from _split(words[0]) if shell and words and " " in words[0] else (words,)


def _argvs(spots: Spots, spot: Spot) -> list[Words] | None:
    """The lists of words that an expression may be; None where it is no list."""
    found: list[Words] = []
    for one in spots.behind(spot):
        made = _listed(spots, one)
        if made is None:
            return None
        found += made
    return found


def _lines(parts: Sequence[Sequence[Words]]) -> list[Words]:
    """The command lines that choices of words come to. Of too many the rest is known by how it begins alone."""
    lines = list(islice(product(*parts), _MOST))
    if prod(map(len, parts)) > _MOST:
        begins = next(at for at, one in enumerate(parts, 1) if len(one) > 1)
        lines += [(*one, (UNKNOWN,)) for one in product(*parts[:begins])]
    return [tuple(word for part in one for word in part) for one in lines]


def _listed(spots: Spots, spot: Spot) -> list[Words] | None:
    node = spot.node
    if isinstance(node, (ast.List, ast.Tuple)):
        return _lines([_words(spots, spot.at(one)) for one in node.elts])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left = _argvs(spots, spot.at(node.left))
        if left is None:
            return None
        right = _argvs(spots, spot.at(node.right)) or [(UNKNOWN,)]
        return _lines([left, right])
    if isinstance(node, ast.ListComp):
        return _argvs(spots, spot.at(node.generators[0].iter))
    if isinstance(node, ast.Call):
        return _made(spots, spot, node)
    return None


def _words(spots: Spots, spot: Spot) -> list[Words]:
    """What one item of a list gives: a word, or with ``*`` several."""
    if isinstance(spot.node, ast.Starred):
        return _argvs(spots, spot.at(spot.node.value)) or [(UNKNOWN,)]
    return [(one,) for one in texts(spots, spot)]


def _made(spots: Spots, spot: Spot, node: ast.Call) -> list[Words] | None:
    """``shlex.split(text)``, ``text.split()``, ``list(argv)``, ``map(str, argv)``."""
    func = node.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if name == "split":
        owner = func.value if isinstance(func, ast.Attribute) else None
        is_module = isinstance(owner, ast.Name) and owner.id == "shlex"
        text = node.args[0] if node.args and (owner is None or is_module) else owner
        return None if text is None else list(_from_text(spots, spot.at(text)))
    if name in ("list", "tuple") and len(node.args) == 1:
        return _argvs(spots, spot.at(node.args[0]))
    if name == "map" and len(node.args) == 2:
        return _argvs(spots, spot.at(node.args[1]))
    return None


def _from_text(spots: Spots, spot: Spot) -> Iterator[Words]:
    for one in spots.behind(spot):
        listed = _listed(spots, one)
        if listed is not None:
            yield from listed  # `if isinstance(argv, str): argv = shlex.split(argv)`
            continue
        for text in texts(spots, one):
            yield from _split(text)


def _split(text: str) -> list[Words]:
    try:
        return split_shell(text)
    except ValueError:
        return [(UNKNOWN,)]
