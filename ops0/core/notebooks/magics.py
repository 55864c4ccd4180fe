"""What each line that only a kernel understands becomes: Python that binds the same names, and what to tell of it.

Source: https://ipython.readthedocs.io/en/stable/interactive/magics.html and the section "System shell access" of
https://ipython.readthedocs.io/en/stable/interactive/reference.html.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ops0.core.notebooks.shell import Installs, read_shell
from ops0.core.notebooks.table import listed

__all__ = [
    "CellMagic",
    "Told",
    "assigned_line",
    "cell_magic",
    "kernel_line",
    "other_cell",
    "written_file",
]

_BODY = frozenset({"time", "prun"})
_PRUN_OPTION = re.compile(r"-(?:[qr]|[lsTD]\s+\S+)\s+")
_NAME = re.compile(r"[A-Za-z_]\w*")
_ENV = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:\s*=\s*|\s+)(?P<value>\S.*)")

_OWN = re.compile(r"ops0(\s[^;&|<>`$]*)?")
_WRITES = re.compile(r"%%(?:write)?file[ \t]+(?:\./)?(?P<name>[A-Za-z_]\w*\.py)")

Remark = tuple[str, str]
"""What is not done, and what to do about it."""

_NOT_RUN = "is not run: only a kernel understands it"
_SAY_PYTHON = "write it as Python where a step needs what it does"
_SAY_SUBPROCESS = "use subprocess.run([...]) in a step that needs it"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a kernel's line means.

    code:     Python on one line, without indentation
    installs: what it declares
    remarks:  what is not done, as text and hint
    missing:  a step that reaches the line would not do what it does in the notebook
    """

    code: str = "pass"
    installs: Installs = field(default_factory=Installs)
    remarks: tuple[Remark, ...] = ()
    missing: bool = False


def kernel_line(text: str) -> Told:
    """A line that starts with ``%``, ``!``, ``?``, ``,``, ``;`` or ``/``, or ends with ``?``. ``text`` is stripped."""
    if text.startswith("?") or text.rstrip("; ").endswith("?"):
        return Told()
    if text.startswith("!"):
        return _shell(text, text.lstrip("!"))
    if not text.startswith("%"):
        return _not_run(text)
    name, _, rest = text.lstrip("%").partition(" ")
    rest = rest.strip()
    if text.startswith("%%") or not name:
        return _not_run(text)
    if name in listed("line", "installers"):
        return _shell(text, f"{name} {rest}")
    if name in _BODY:
        rest = rest.replace("\\\n", " ")
        while name == "prun" and _PRUN_OPTION.match(rest):
            rest = _PRUN_OPTION.sub("", rest, count=1)
        return kernel_line(rest) if rest[:1] in ("!", "%") else Told(code=rest or "pass")
    if name in ("env", "set_env"):
        return _environment(text, rest)
    if name in ("sx", "system", "sc"):
        return _shell(text, rest)
    return Told() if name in listed("line", "harmless") else _not_run(text)


def assigned_line(target: str, text: str) -> Told:
    """``target = %magic`` or ``target = !command``: nobody knows what it gives."""
    fact = f"`{shown(text)}` is not run, so what `{target}` holds is unknown"
    return Told(code=f"{target} = ...", remarks=((fact, _SAY_PYTHON),), missing=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class CellMagic:
    """What the first line of a cell, ``%%name``, makes of the cell.

    code: what the line itself becomes;  is_python: whether the rest is Python as if the line were not there
    """

    name: str
    told: Told
    is_python: bool


def cell_magic(text: str) -> CellMagic | None:
    """Read the first line of a cell; None where it is no cell magic."""
    found = re.match(r"%%(?P<name>[!\w]+)(?:[ \t]+(?P<rest>.*))?$", text.strip())
    if found is None or found["name"].endswith("?"):
        return None
    name, rest = found["name"], (found["rest"] or "").strip()
    if name not in listed("cell", "transparent"):
        return CellMagic(name=name, told=Told(), is_python=False)
    if name == "capture" and (bound := _NAME.match(rest)):
        return CellMagic(name=name, told=assigned_line(bound[0], text.strip()), is_python=True)
    setup = rest if name == "timeit" and not rest.startswith("-") else ""
    return CellMagic(name=name, told=Told(code=setup or "pass"), is_python=True)


def written_file(line: str) -> str | None:
    """The file of a module that ``%%writefile helpers.py`` writes beside the notebook; None for any other line."""
    found = _WRITES.fullmatch(line.strip())
    return found["name"] if found is not None else None


def other_cell(name: str, body: str) -> Told:
    """A cell that is no Python: what its lines declare if they are a shell's, and that it is not run."""
    if name in listed("cell", "displayed"):
        return Told()
    if name not in listed("cell", "shells"):
        hint = "save the file beside the notebook" if name in ("writefile", "file") else _SAY_PYTHON
        return Told(remarks=((f"the cell is `%%{name}`, not Python: it is not run", hint),))
    lines = [line for line in body.replace("\\\n", " ").split("\n") if line.strip()]
    read = [read_shell(line) for line in lines]
    installs = Installs(
        requirements=tuple(one for part in read for one in part.requirements),
        files=tuple(one for part in read for one in part.files),
        unused=tuple(one for part in read for one in part.unused),
        system=tuple(one for part in read for one in part.system),
    )
    remarks = _install_remarks(installs)
    if any(part.other for part in read):
        remarks = (
            *remarks,
            (f"the cell is `%%{name}`, not Python: it is not run", _SAY_SUBPROCESS),
        )
    return Told(installs=installs, remarks=remarks)


def shown(text: str) -> str:
    """A line for a message: on one line, at most 80 characters."""
    flat = " ".join(text.replace("\\\n", " ").split())
    return flat if len(flat) <= 80 else f"{flat[:77]}..."


def _shell(text: str, command: str) -> Told:
    if _OWN.fullmatch(command.strip()):
        return Told()  # running or showing the pipeline is no part of it
    installs = read_shell(command.replace("\\\n", " "))
    remarks = _install_remarks(installs)
    if installs.other:
        remarks = (*remarks, (f"`{shown(text)}` is not run", _SAY_SUBPROCESS))
    return Told(installs=installs, remarks=remarks, missing=bool(installs.other))


def _install_remarks(installs: Installs) -> tuple[Remark, ...]:
    remarks: list[Remark] = list(installs.unused)
    if installs.system:
        names = ", ".join(f'"{one}"' for one in installs.system)
        fact = f"Debian packages are not taken from a cell: {' '.join(installs.system)}"
        hint = f"declare them on the step that needs them: @ops0.requires(apt=[{names}])"
        remarks.append((fact, hint))
    return tuple(remarks)


def _environment(text: str, rest: str) -> Told:
    """``%env NAME=value`` sets a variable of the process; anything else only shows, or is filled in by the kernel."""
    found = _ENV.fullmatch(rest)
    if found is None:
        return Told()
    value = found["value"].strip()
    if "$" in value or "{" in value:
        return _not_run(text)
    return Told(code=f"import os; os.environ[{found['name']!r}] = {value!r}")


def _not_run(text: str) -> Told:
    return Told(remarks=((f"`{shown(text)}` {_NOT_RUN}", _SAY_PYTHON),), missing=True)
