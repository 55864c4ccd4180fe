"""Programs that reached code starts, and the project's own scripts among them, which are reached as well."""

from __future__ import annotations

import ast
import posixpath
import re
from dataclasses import dataclass, field, replace

from ops0.core.analyzer.hidden.dynamic import argument_of, project_file
from ops0.core.analyzer.hidden.kept_answers import kept_answer, texts_once
from ops0.core.analyzer.hidden.launches import LAUNCHERS, Launch, lines_of
from ops0.core.analyzer.hidden.scripts import run_script
from ops0.core.analyzer.hidden.shell import Words, commands_of, split_shell
from ops0.core.analyzer.hidden.sites import CallSites
from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.hidden.spots import Spots
from ops0.core.analyzer.hidden.texts import ROOT, UNKNOWN, is_known
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import foreign_name
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.extract import extract
from ops0.core.analyzer.syntax.model import CallUse, Extract, Imported
from ops0.core.facts import CommandFact
from ops0.core.pipeline import Reason, Warn, Where

__all__ = ["Commands"]

_PYTHON = re.compile(r"(?:python|pypy)[\d.]*w?")
_SHELLS = frozenset({"ash", "bash", "dash", "ksh", "sh", "source", ".", "zsh"})
_SHEBANG = re.compile(rb"#!.*\b(?:python|(?:ba|da|k|z)?sh)")
_APPLICATION = re.compile(r"([A-Za-z_][\w.]*):[A-Za-z_][\w.]*(?:\(\))?")
# These read or move a file that is named to them; every other program runs a Python file.
_READERS = frozenset(
    {"aws", "black", "cat", "chmod", "cp", "diff", "flake8", "git", "grep", "gsutil", "head", "isort", "ls", "mv",
     "mypy", "pylint", "rm", "rsync", "ruff", "scp", "sed", "tail", "tar", "test", "touch", "wc", "zip"}
)  # fmt: skip
_FINDERS = frozenset({"distutils.spawn.find_executable", "shutil.which"})
_PROGRAM_MODULES = ("plumbum.cmd.", "sh.")
_VALUED = frozenset({"-W", "-X", "--check-hash-based-pycs"})
_LAST = frozenset({name.rpartition(".")[2] for name in LAUNCHERS} | {"find_executable", "which"})
_HINT = 'name what it needs on the step: @ops0.requires("...", apt=["..."])'


@dataclass
class Commands:
    """The commands of one reach. Scripts of the project are reached on the way."""

    reach: Reach
    spots: Spots
    folder: str
    facts: dict[CommandFact, None] = field(default_factory=dict)
    warnings: dict[Warn, None] = field(default_factory=dict)
    scanned: set[str] = field(default_factory=set)

    def read(self, sites: CallSites) -> None:
        """Read every call that starts a program."""
        for module, call, name in sites.foreign(_LAST):
            if name is None:
                continue
            if name in LAUNCHERS:
                self._launch(module, call, name, LAUNCHERS[name])
            elif name in _FINDERS:
                self._asked_for(module, call)
        for module, call in tuple(sites.below(_PROGRAM_MODULES)):
            name = foreign_name(module, call) or ""
            start = next((one for one in _PROGRAM_MODULES if name.startswith(one)), None)
            if start is not None and "." not in name.removeprefix(start):
                program = name.removeprefix(start).rstrip("_").replace("_", "-")
                self._note((program,), module.where(call.node.lineno))

    # calls

    def _launch(self, module: Module, call: CallUse, name: str, launch: Launch) -> None:
        place = Spot(module, call.node, module.around.get(id(call.node), ()))
        where = module.where(call.node.lineno)
        cwd = argument_of(call.node, 99, "cwd")
        folder = texts_once(self.spots, place.at(cwd))[0] if cwd is not None else None
        lines = kept_answer(
            self.spots, name, place, lambda: tuple(lines_of(self.spots, place, launch))
        )
        for line in lines:
            if not line or not is_known(posixpath.basename(line[0])):
                shown = ast.unparse(call.node.args[0])[:60] if call.node.args else ""
                text = f"which program `{name}({shown})` starts is only known when it runs"
                self.warnings.setdefault(Warn(where=where, text=text, hint=_HINT))
                continue
            for words in commands_of(line):
                self._command(words, where, folder)

    def _asked_for(self, module: Module, call: CallUse) -> None:
        if not call.node.args:
            return
        place = Spot(module, call.node.args[0], module.around.get(id(call.node), ()))
        for text in texts_once(self.spots, place):
            if is_known(text):
                self._note((text,), module.where(call.node.lineno), optional=True)

    # command lines

    def _command(self, words: Words, where: Where, cwd: str | None = None) -> None:
        """One program with its arguments."""
        name = posixpath.basename(words[0])
        if not is_known(name):
            text = f"which program `{shown(words)}` starts is only known when it runs"
            self.warnings.setdefault(Warn(where=where, text=text, hint=_HINT))
        elif _PYTHON.fullmatch(name):
            self._python(words, where, cwd)
        elif name in _SHELLS:
            self._note(words[:1], where)
            self._shell_script(words, where, cwd)
        elif "/" in words[0] and (own := self._own_file(words[0], cwd)) is not None:
            self._own_program(own, words, where)
        else:
            self._note(words, where)
            if name not in _READERS:
                self._arguments(words[1:], words, where, cwd)

    def _note(self, words: Words, where: Where, *, optional: bool = False) -> None:
        name = posixpath.basename(words[0])
        self.facts.setdefault(
            CommandFact(
                program=name,
                words=(name, *words[1:]),
                text=shown(words),
                where=where,
                optional=optional,
            )
        )

    def _python(self, words: Words, where: Where, cwd: str | None) -> None:
        at = 1
        while at < len(words):
            word = words[at]
            if word in ("-m", "-c") and at + 1 < len(words):
                if word == "-m":
                    self._module(words, at + 1, where, cwd)
                else:
                    self._code(words[at + 1], where)
                return
            if not is_known(word) and not {"-c", "-m"}.isdisjoint(words[at + 1 :]):
                at += 1  # options that only the run knows
                continue
            if not word.startswith("-") or word == "-":
                self._script(word, words, where, cwd)
                return
            at += 2 if word in _VALUED else 1

    def _module(self, words: Words, at: int, where: Where, cwd: str | None) -> None:
        """``python -m package.module``: the project's own is reached as a program, others are imported."""
        name, project = words[at], self.reach.project
        if not is_known(name):
            text = f"which module `{shown(words)}` runs is only known when it runs"
            self.warnings.setdefault(Warn(where=where, text=text, hint=_HINT))
            return
        if name == "pip":
            self._note(("pip", *words[at + 1 :]), where)
            return
        found = project.locate(f"{name}.__main__") or project.locate(name)
        if found is not None and found.path is not None:
            main = f"{name}.__main__"
            self.reach.touch_name(main if project.is_local(main) else name)
            run_script(
                self.reach,
                project.module(found.path),
                where,
                f"{where}: `{shown(words)}` runs it",
            )
        else:
            said = shown(words[: at + 1])
            one = Imported(module=name, bound=name, whole=True, line=where.line, said=said)
            self.reach.external(project.module(where.path), one, name, None)
            self._note(("python", "-m", *words[at:]), where)
        self._arguments(words[at + 1 :], words, where, cwd)

    def _code(self, text: str, where: Where) -> None:
        """``python -c "import x"``: what it imports."""
        module = self.reach.project.module(where.path)
        try:
            tree = ast.parse(text.replace(UNKNOWN, "_"))
        except (SyntaxError, ValueError):
            return
        piece = extract(tree.body, module.surroundings)
        imports = tuple(replace(one, line=where.line) for one in piece.imports)
        made = Extract(imports=imports)
        if (module, made) not in self.reach.extras:
            self.reach.begin(module, made, tree)

    def _script(self, word: str, words: Words, where: Where, cwd: str | None) -> None:
        own = self._own_file(word, cwd) if is_known(word) else None
        if own is not None:
            self._run(own, words, where)
        elif word != "-":
            fact = (
                "is not a file of the project" if is_known(word) else "is only known when it runs"
            )
            text = f"the script of `{shown(words)}` {fact}"
            self.warnings.setdefault(Warn(where=where, text=text, hint=_HINT))

    def _run(self, own: str, words: Words, where: Where) -> None:
        self.reach.project.start_in(posixpath.dirname(own) or ".")
        module = self.reach.project.module(own)
        run_script(self.reach, module, where, f"{where}: `{shown(words)}` runs it")

    def _own_program(self, own: str, words: Words, where: Where) -> None:
        """``./tool.sh``: a file of the project that is started itself."""
        head = (self.reach.project.read(own) or b"")[:200]
        if own.endswith(".py") or (_SHEBANG.match(head) and b"python" in head.split(b"\n")[0]):
            self._run(own, words, where)
        else:
            self.reach.files.setdefault(own, Reason(where, f"`{shown(words)}` starts it"))
            if _SHEBANG.match(head):
                self._lines_of_file(own)

    def _shell_script(self, words: Words, where: Where, cwd: str | None) -> None:
        word = next((one for one in words[1:] if not one.startswith(("-", "+"))), None)
        if word is None:
            return
        own = self._own_file(word, cwd) if is_known(word) else None
        if own is None:
            self._script(word, words, where, cwd)
            return
        self.reach.files.setdefault(own, Reason(where, f"`{shown(words)}` runs it"))
        self._lines_of_file(own)

    def _lines_of_file(self, path: str) -> None:
        """The simple commands of a shell script of the project."""
        text = (self.reach.project.read(path) or b"").decode("utf-8", "replace")
        if path in self.scanned or "\0" in text:
            return
        self.scanned.add(path)
        functions = set(re.findall(r"(?m)^\s*(?:function\s+)?([\w-]+)\s*\(\)", text))
        try:
            lines = split_shell(re.sub(r"\$\{?\w+\}?", UNKNOWN, text))
        except ValueError:
            hint = 'name the programs that it needs: @ops0.requires(apt=["..."])'
            self.warnings.setdefault(
                Warn(
                    where=Where(path, 1), text=f"{path} cannot be read as a shell script", hint=hint
                )
            )
            return
        for line in lines:
            for words in commands_of(line):
                if words[0] not in functions and is_known(words[0]):
                    self._command(words, Where(path, _line_of(text, words[0])))

    def _arguments(self, given: Words, words: Words, where: Where, cwd: str | None) -> None:
        """``torchrun train.py``, ``uvicorn app:app``: Python that another program runs."""
        for word in given:
            if not is_known(word):
                continue
            application = _APPLICATION.fullmatch(word)
            if application and self.reach.project.is_local(application[1]):
                found = self.reach.project.file_module(application[1])
                self.reach.touch_name(application[1])
                if found is not None:
                    self.reach.keep_whole(found, where, f"{where}: `{shown(words)}` loads it")
            elif word.endswith((".py", ".ipynb", ".sh")):
                own = self._own_file(word, cwd)
                if own is not None and word.endswith(".py"):
                    self._run(own, words, where)
                elif own is not None:
                    self.reach.files.setdefault(own, Reason(where, f"`{shown(words)}` runs it"))
                return

    def _own_file(self, path: str, cwd: str | None) -> str | None:
        if cwd is not None and is_known(cwd) and not path.startswith((ROOT, "/")):
            path = posixpath.join(cwd, path)
        return project_file(self.reach, path, self.folder)


def shown(words: Words) -> str:
    """A command line for people, cut where it grows long."""
    text = " ".join(words).replace(f"{ROOT}/", "").replace(ROOT, ".").replace(UNKNOWN, "…")
    return text if len(text) <= 60 else f"{text[:59]}…"


def _line_of(text: str, word: str) -> int:
    at = text.find(word)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
