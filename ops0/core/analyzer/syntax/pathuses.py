"""Calls that read, name or write files: which of their expressions may be files of the project."""

from __future__ import annotations

import ast
from typing import Literal

from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import PathUse

__all__ = ["path_uses", "path_uses_of_division"]

_READERS = frozenset(
    {
        "fromfile", "genfromtxt", "get_data", "imread", "iterdir", "load", "loads_file", "load_file", "loadmat",
        "loadtxt", "memmap", "parse", "read", "read_bytes", "read_text", "scan_csv", "scan_parquet", "glob", "rglob",
        "FileSystemLoader", "ImageFolder", "Jinja2Templates", "StaticFiles", "TemplateLookup", "connect",
    }
)  # fmt: skip
_NEEDERS = frozenset(
    {
        "genfromtxt", "imread", "loadmat", "loadtxt", "read_bytes", "read_csv", "read_excel", "read_feather",
        "read_fwf", "read_json", "read_orc", "read_parquet", "read_pickle", "read_table", "read_text", "scan_csv",
        "scan_parquet",
    }
)  # fmt: skip
_ASKERS = frozenset({"exists", "is_file", "isfile", "is_dir", "isdir"})
_NAMERS = frozenset({"Path", "PurePath", "PosixPath", "join", "joinpath", "files"})
_WRITERS = frozenset(
    {"mkdir", "makedirs", "savefig", "savetxt", "savez", "touch", "unlink", "write_bytes", "write_text", "write",
     "remove", "rmtree", "replace", "rename", "imwrite", "imsave", "savemat", "basicConfig", "FileHandler",
     "RotatingFileHandler", "TimedRotatingFileHandler"}
)  # fmt: skip
_MOVERS = frozenset({"replace", "rename"})
_SECOND_WRITERS = frozenset({"dump", "save", "copy", "copy2", "copyfile", "copytree", "move"})
"""Of these the second argument may be what is written: ``joblib.dump(model, "m.joblib")``, ``shutil.copy(a, b)``."""
_COPIERS = _SECOND_WRITERS - {"dump", "save"}
_FILE_WRITERS = frozenset(
    {"imsave", "imwrite", "savefig", "savetxt", "savez", "to_csv", "to_excel", "to_feather", "to_parquet", "to_pickle",
     "write_bytes", "write_csv", "write_parquet", "write_text"}
)  # fmt: skip
_BY_MODE = frozenset({"ZipFile", "TarFile", "File", "ExcelWriter"})
"""Their second argument or ``mode`` tells: ``zipfile.ZipFile("x.zip", "w")``, ``h5py.File("x.h5")``."""
_KEYWORDS = frozenset(
    {
        "path",
        "file",
        "filename",
        "fname",
        "filepath",
        "filepath_or_buffer",
        "io",
        "source",
        "searchpath",
        "directory",
        "directories",
        "path_or_buf",
        "path_or_buffer",
        "excel_writer",
    }
)

_NUMBERS = frozenset(
    {"abs", "exp", "float", "int", "len", "log", "max", "min", "round", "sqrt", "sum"}
)
"""Calls that give numbers, as far as divisions have them for an operand."""


def path_uses_of_division(node: ast.BinOp) -> list[PathUse]:
    """``root / name``; of numbers most divisions are, and following each of them through all calls takes long."""
    if not isinstance(node.op, ast.Div) or _is_number(node.left) or _is_number(node.right):
        return []
    return [PathUse(node, node, "mention")]


def _is_number(node: ast.expr) -> bool:
    """Whether an operand is, as it is written, no path and no text."""
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, (str, bytes))
    if isinstance(node, ast.BinOp):
        is_sum_or_path = isinstance(node.op, (ast.Add, ast.Div, ast.Mod))
        return not is_sum_or_path or _is_number(node.left) or _is_number(node.right)
    if isinstance(node, ast.Call):
        chain = chain_of(node.func)
        return chain is not None and chain[-1] in _NUMBERS
    return isinstance(node, (ast.UnaryOp, ast.Compare))


def _is_text_join(node: ast.Call) -> bool:
    """``", ".join(names)``: no path is put together without its separator."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    separator = owner.value if isinstance(owner, ast.Constant) else "/"
    return isinstance(separator, str) and "/" not in separator


_OPENERS = (
    ("open",),
    ("io", "open"),
    ("gzip", "open"),
    ("bz2", "open"),
    ("lzma", "open"),
    ("codecs", "open"),
    ("tarfile", "open"),
)
"""Functions called ``open`` that take a file's name; a method of that name is a path's own."""


def path_uses(node: ast.Call) -> list[PathUse]:
    """The expressions of one call that may name files, with what the call does to them."""
    func = node.func
    owner = [func.value] if isinstance(func, ast.Attribute) else []
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    given = node.args[:1] + [one.value for one in node.keywords if one.arg in _KEYWORDS]
    if name == "open":
        own = chain_of(func) in _OPENERS
        mode = _open_mode(node, 1 if own else 0)
        sure = own or mode == "read"
        return [PathUse(one, node, mode, sure) for one in (given if own else owner)]
    if name.startswith(("to_", "sink_")):  # of a frame, which is no file
        return [PathUse(one, node, "write", name in _FILE_WRITERS) for one in given]
    if name in _BY_MODE:
        mode = _open_mode(node, 1, "w" if name == "ExcelWriter" else "r")
        return [PathUse(one, node, mode) for one in given]
    if name in _SECOND_WRITERS:
        return _of_two(node, name, given if name in _COPIERS else given + owner)
    if (name in _MOVERS and not _moves(node)) or (name == "write" and _writes_text(node)):
        return []
    if name in _WRITERS or name.startswith(("save_", "write_")):
        sure = name in _FILE_WRITERS
        return [PathUse(one, node, "write", sure) for one in given + owner]
    if name in _READERS or name.startswith(("read_", "load_")):
        return [PathUse(one, node, "read", name in _NEEDERS) for one in given + owner]
    if name == "PackageLoader" and given:
        return [PathUse(_package_folder(node), node, "read")]
    if name in _ASKERS:
        return [PathUse(one, node, "ask") for one in given + owner]
    if name in _NAMERS and not _is_text_join(node):
        return [PathUse(node, node, "mention")]
    return []


def _moves(node: ast.Call) -> bool:
    """Whether it is ``os.replace(a, b)`` or ``path.replace(b)``, and no text's, date's or frame's method of that name.

    A text has two: ``name.replace(".csv", ".json")`` writes nothing. What of a path is moved has one argument.
    """
    chain = chain_of(node.func) or ("", "")
    if chain[:-1] in ((), ("os",)):
        return True
    return len(node.args) + len(node.keywords) == 1 and all(
        one.arg == "target" for one in node.keywords
    )


def _writes_text(node: ast.Call) -> bool:
    """``out.write(name)``: one argument is what is written, but for a path and a name that stand there.

    ``tree.write("a.xml")``, ``tree.write(HERE / "a.xml")``, ``ElementTree(root).write(name)``.
    """
    if len(node.args) != 1 or isinstance(node.args[0], (ast.Constant, ast.JoinedStr, ast.BinOp)):
        return False
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    made = (chain_of(owner.func) or ("",))[-1] if isinstance(owner, ast.Call) else ""
    return made not in ("ElementTree", "parse")


def _of_two(node: ast.Call, name: str, first: list[ast.expr]) -> list[PathUse]:
    second = node.args[1:2] + [one.value for one in node.keywords if one.arg in ("dst", "f")]
    how: Literal["read", "write"] = "read" if name in _COPIERS else "write"
    return [
        *(PathUse(one, node, how) for one in first),
        *(PathUse(one, node, "write") for one in second),
    ]


def _package_folder(node: ast.Call) -> ast.expr:
    """``PackageLoader("pages", "html")`` of jinja2 as ``files("pages") / "html"``, which is where it looks."""
    named = [one.value for one in node.keywords if one.arg == "package_path"]
    folder = (*node.args[1:2], *named, ast.Constant("templates"))[0]
    package = ast.Call(ast.Name("files", ast.Load()), node.args[:1], [])
    made = ast.copy_location(ast.BinOp(package, ast.Div(), folder), node)
    return ast.fix_missing_locations(made)


def _open_mode(node: ast.Call, position: int, usual: str = "r") -> Literal["read", "write"]:
    modes = node.args[position : position + 1] + [
        one.value for one in node.keywords if one.arg == "mode"
    ]
    text = modes[0].value if modes and isinstance(modes[0], ast.Constant) else usual
    return "write" if isinstance(text, str) and set(text) & set("wax") else "read"
