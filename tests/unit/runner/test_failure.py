"""What went wrong, from the user's own code on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ops0_runner.failure import failure_of, fit_to_send, plain_failure, shown
from ops0_runner.loading import LoadFault


def failing(folder: Path, code: str, name: str = "pipeline.py") -> Any:
    """Run code as if it stood in a file of the folder; gives what it raises."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code)
    scope: dict[str, Any] = {"__name__": "pipeline"}
    with pytest.raises(BaseException) as caught:
        exec(compile(code, str(path), "exec"), scope)
    return caught.value


def test_frames_before_the_users_are_left_out(tmp_path: Path) -> None:
    fault = failing(tmp_path, "def f():\n    return 1 / 0\nf()\n")
    failure = failure_of("step", fault, [str(tmp_path)])
    assert failure["traceback"].splitlines()[1] == '  File "pipeline.py", line 3, in <module>'
    assert (failure["where"], failure["type"], failure["hint"]) == (
        "pipeline.py:2",
        "ZeroDivisionError",
        None,
    )


def test_frames_of_libraries_after_the_users_are_kept(tmp_path: Path) -> None:
    fault = failing(tmp_path, "import json\n\njson.loads('{')\n")
    failure = failure_of("step", fault, [str(tmp_path)])
    assert "json/decoder.py" in failure["traceback"]
    assert failure["where"] == "pipeline.py:3"


def test_packages_in_the_users_folder_are_not_the_users(tmp_path: Path) -> None:
    fault = failing(tmp_path, "1 / 0\n", "venv/lib/site-packages/thing.py")
    failure = failure_of("step", fault, [str(tmp_path)])
    assert (failure["where"], "File" in failure["traceback"]) == (None, False)


def test_names_are_relative_to_the_first_folder(tmp_path: Path) -> None:
    fault = failing(tmp_path, "1 / 0\n", "src/pkg/mod.py")
    failure = failure_of("step", fault, [str(tmp_path), str(tmp_path / "src")])
    assert failure["where"] == "src/pkg/mod.py:1"
    assert 'File "src/pkg/mod.py", line 1' in failure["traceback"]


def test_in_an_image_names_are_relative_to_the_projects_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A pipeline in a subfolder was named without the folder: its import root came first.
    monkeypatch.setattr("ops0_runner.failure.CODE_DIR", str(tmp_path))
    fault = failing(tmp_path, "1 / 0\n", "flows/pipeline.py")
    failure = failure_of("step", fault, [str(tmp_path / "flows"), str(tmp_path)])
    assert failure["where"] == "flows/pipeline.py:1"


def test_causes_and_contexts_are_kept_and_trimmed(tmp_path: Path) -> None:
    code = "try:\n    1 / 0\nexcept ZeroDivisionError as f:\n    raise ValueError('outer') from f\n"
    failure = failure_of("step", failing(tmp_path, code), [str(tmp_path)])
    lines = [text for text in failure["traceback"].splitlines() if text.startswith("  File")]
    assert lines == [
        '  File "pipeline.py", line 2, in <module>',
        '  File "pipeline.py", line 4, in <module>',
    ]


def test_a_cycle_of_causes_ends(tmp_path: Path) -> None:
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    failure = failure_of("step", one, [str(tmp_path)])
    assert failure["message"] == "one"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exception groups came with 3.11")
def test_groups_show_their_members(tmp_path: Path) -> None:
    fault = failing(tmp_path, "raise ExceptionGroup('both', [ValueError('a'), KeyError('b')])\n")
    text = failure_of("step", fault, [str(tmp_path)])["traceback"]
    assert "ValueError: a" in text
    assert "KeyError: 'b'" in text


def test_a_syntax_error_names_its_own_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("x = 1\ny = = 2\n")
    with pytest.raises(SyntaxError) as caught:
        compile(path.read_text(), str(path), "exec")
    assert failure_of("import", caught.value, [str(tmp_path)])["where"] == "broken.py:2"


def broken_text() -> BaseException:
    class Broken(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    return Broken()


STRANGE: list[Callable[[], BaseException]] = [
    broken_text,
    KeyError,
    lambda: ValueError("\ud800"),
    lambda: ValueError("x" * 10**6),
    lambda: SystemExit(0),
]


@pytest.mark.parametrize("make", STRANGE)
def test_no_exception_is_too_strange(make: Callable[[], BaseException], tmp_path: Path) -> None:
    failure = fit_to_send(failure_of("step", make(), [str(tmp_path)]), {})
    assert failure["kind"] == "step"
    assert len(failure["message"]) < 5_000
    assert len(failure["traceback"]) < 70_000


def test_a_failure_without_user_code() -> None:
    assert plain_failure("job", "no", None) == {
        "kind": "job",
        "type": "",
        "message": "no",
        "traceback": "",
        "where": None,
        "hint": None,
    }


@pytest.mark.parametrize(
    ("code", "in_image", "outside"),
    [
        (
            "import nobody_has_it",
            "name its package: @ops0.requires('nobody_has_it')",
            "--containers",
        ),
        ("raise OSError(30, 'read-only')", "only the temporary folder can be written to", None),
        ("raise OSError(13, 'denied', '/root/p/a.csv')", "files that the code itself names", None),
        (
            "import sqlite3; sqlite3.connect('/nowhere/a.db')",
            "files that the code itself names",
            None,
        ),
        (
            (
                "import sqlite3, contextlib\nwith contextlib.closing(sqlite3.connect(':memory:')) as base:\n"
                "    base.executescript('pragma query_only = 1; create table t (i)')"
            ),
            "only the temporary folder can be written to",
            None,
        ),
        ("import socket; raise socket.gaierror(-3, 'x')", "@ops0.resources(network=True)", None),
        (
            "raise EOFError('EOF when reading a line')",
            "make the answer a parameter",
            "--param NAME=VALUE",
        ),
        ("open('plots/a.png', 'w')", "if it was to be written", "make the folder 'plots'"),
        (
            "raise OSError(\"Cannot save file into a non-existent directory: 'plots'\")",
            "only the temporary folder can be written to",
            None,
        ),
        ("raise TypeError(\"object of type 'Items' has no len()\")", "list(...)", "list(...)"),
        (
            "exec('raise FileNotFoundError(2, str(), str())', {'__name__': 'subprocess'})",
            "apt=",
            None,
        ),
    ],
)
def test_hints_are_about_the_place_where_the_step_ran(
    tmp_path: Path, code: str, in_image: str, outside: str | None
) -> None:
    fault = failing(tmp_path, code)
    assert in_image in failure_of("step", fault, [str(tmp_path)])["hint"]
    hint = failure_of("step", fault, [str(tmp_path)], in_image=False)["hint"]
    assert hint is None if outside is None else outside in hint


NATIVE = "@ops0.resources(native_code=True)"
_DENIED = """
import tempfile
scope = {"__name__": "subprocess", "file": tempfile.gettempdir() + "/x"}
exec("raise PermissionError(13, 'denied', file)", scope)
"""
_COMPILER = """
class InductorError(Exception): pass
raise InductorError("InvalidCxxCompiler: No working C++ compiler found in (None, 'g++')")
"""
_IN_A_LIBRARY = """
library = {"__name__": "library"}
exec('''
def compiles():
    try:
        exec("raise FileNotFoundError(2, 'No such file', 'openssl')", {"__name__": "subprocess"})
    except OSError as fault:
        raise RuntimeError(str(fault)) from fault
''', library)
library["compiles"]()
"""


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise OSError('/tmp/x.so: failed to map segment from shared object')", NATIVE),
        (
            "raise ValueError('UnsatisfiedLinkError: failed to map segment from shared object')",
            NATIVE,
        ),
        (_DENIED, NATIVE),
        (_DENIED.replace("tempfile.gettempdir()", "'/etc'"), None),
        (_DENIED.replace('"subprocess"', '"other"'), None),
        (_COMPILER, 'apt=["g++", "libpython3-dev"]'),
        (_COMPILER.replace("InductorError", "Other"), None),
        ("raise OSError('libfoo.so: cannot open shared object file')", None),
    ],
)
def test_native_code_that_a_container_does_not_run_is_told_with_what_to_do(
    tmp_path: Path, code: str, told: str | None
) -> None:
    fault = failing(tmp_path, code)
    hint = failure_of("step", fault, [str(tmp_path)])["hint"]
    assert hint is None if told is None else told in hint
    assert failure_of("step", fault, [str(tmp_path)], in_image=False)["hint"] is None


def test_a_program_that_a_library_misses_is_no_missing_file(tmp_path: Path) -> None:
    """What the library catches has no line of the user's: all its frames are left out of what is told."""
    hint = failure_of("step", failing(tmp_path, _IN_A_LIBRARY), [str(tmp_path)])["hint"]
    assert "the image has no such program" in hint


def test_a_path_that_begins_where_ops0_was_called_is_told_where_it_does_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "rows.csv").write_text("n\n")
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("PWD", str(tmp_path))
    for name, told in (("rows.csv", True), ("other.csv", False)):
        fault = failing(tmp_path, f"open({name!r})")
        hint = failure_of("step", fault, [str(tmp_path)], in_image=False)["hint"]
        assert (f"opens files from its own folder, {tmp_path}/project" in hint) == told


def test_a_file_that_is_not_there_is_told_with_where_it_was_looked_for_and_a_like_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The hint of a mistyped name was: fix it.
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "customers.csv").write_text("n\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", str(tmp_path))
    for name, told in (
        ("data/custmers.csv", "correct the name if 'data/customers.csv' is meant"),
        ("dta/customers.csv", "make the folder 'dta' there, or correct its name"),
        (
            "data/quite-another.json",
            "put the file there, or correct its name",
        ),
    ):
        fault = failing(tmp_path, f"open({name!r})")
        hint = failure_of("step", fault, [str(tmp_path)], in_image=False)["hint"]
        assert hint == f"relative paths begin at the step's folder, {tmp_path}: {told}"


@pytest.mark.parametrize(
    ("need", "told"),
    [
        ("acme @ file:libs/ac%20me", "pip install './libs/ac me'; or"),
        ("acme @ file:../acme ; python_version > '3'", "pip install ../acme; or"),
        ("acme @ git+https://x.example/a.git", "'acme @ git+https://x.example/a.git'; or"),
    ],
)
def test_what_stands_in_a_folder_is_installed_by_its_path(
    tmp_path: Path, need: str, told: str
) -> None:
    fault = failing(tmp_path, "import nobody_has_it")
    needs = {need: ["nobody_has_it"]}
    assert told in failure_of("step", fault, [str(tmp_path)], in_image=False, needs=needs)["hint"]


def test_all_that_a_python_of_the_users_lacks_is_named_at_once(tmp_path: Path) -> None:
    """Whatever failed: a library that looks for another by itself has words of its own for that."""
    needs = {"nobody>=1": ["nobody_has_it.part"], "json-of-ours": ["json"], "else": ["not_there"]}
    for code in ("import nobody_has_it", "raise ValueError('needs module not_there')"):
        fault = failing(tmp_path, code)
        hint = failure_of("step", fault, [str(tmp_path)], in_image=False, needs=needs)["hint"]
        assert "pip install 'nobody>=1' else; or" in hint
    unknown = failing(tmp_path, "import nobody_knows_it")
    hint = failure_of("step", unknown, [str(tmp_path)], in_image=False, needs=needs)["hint"]
    assert "pip install 'nobody>=1' else, and what has nobody_knows_it; or" in hint
    needs = {"json-of-ours": ["json"]}
    assert failure_of("step", fault, [str(tmp_path)], in_image=False, needs=needs)["hint"] is None


def test_what_other_steps_need_is_named_where_an_import_of_the_file_is_missing(
    tmp_path: Path,
) -> None:
    """The file is imported whole, and an import that only another step needs ends this one too."""
    needs, others = {"mine": ["json"]}, {"other>=2": ["nobody_has_it"]}
    wanted = (("import nobody_has_it", "pip install 'other>=2'; or"), ("raise ValueError", None))
    for code, words in wanted:
        fault = failing(tmp_path, code)
        hint = failure_of(
            "import", fault, [str(tmp_path)], in_image=False, needs=needs, others=others
        )["hint"]
        assert hint is None if words is None else words in hint


@pytest.mark.parametrize(
    "code", ["import colorsys; colorsys.hsv_to_rgb", "from colorsys import hsv_to_rgb"]
)
def test_a_file_that_hides_a_library_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    (tmp_path / "colorsys.py").write_text("n = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    hint = failure_of("step", failing(tmp_path, code), [str(tmp_path)])["hint"]
    monkeypatch.delitem(sys.modules, "colorsys")
    assert (
        hint
        == "'colorsys' is your own colorsys.py, which hides the library of that name: rename the file"
    )


def test_a_file_that_hides_nothing_is_not_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_helpers_here.py").write_text("n = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    fault = failing(tmp_path, "import my_helpers_here; my_helpers_here.clean")
    monkeypatch.delitem(sys.modules, "my_helpers_here")
    assert failure_of("step", fault, [str(tmp_path)])["hint"] is None


def test_a_library_below_the_project_counts_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / ".venv" / "site-packages"
    packages.mkdir(parents=True)
    for folder in (packages, tmp_path):
        (folder / "nobodys_library.py").write_text("n = 1\n")
        monkeypatch.syspath_prepend(str(folder))
    fault = failing(tmp_path, "import nobodys_library; nobodys_library.load")
    monkeypatch.delitem(sys.modules, "nobodys_library")
    assert "hides the library" in failure_of("step", fault, [str(tmp_path)])["hint"]


@pytest.mark.parametrize("offset", [970, 999, 5000])
def test_secrets_are_hidden_before_a_text_is_cut(tmp_path: Path, offset: int) -> None:
    secret = "a-secret-of-some-length-that-is-42-letters"
    fault = failing(tmp_path, f"raise ValueError('{'x' * offset}' + {secret!r} + {'y' * 3000!r})")
    sent = fit_to_send(failure_of("step", fault, [str(tmp_path)]), {"A": secret})
    assert len(sent["message"]) < 4100
    assert secret[:8] not in sent["message"]
    plain = fit_to_send(plain_failure("value", "z" * 100_000, None), {})
    assert "characters left out" in plain["message"]


HOSTILE = """
class Hostile({base}):
    def __str__(self):
        raise SystemExit("str")
    def __repr__(self):
        raise KeyboardInterrupt
    @property
    def __notes__(self):
        raise ValueError
    @property
    def obj(self):
        raise ValueError
    @property
    def exceptions(self):
        raise SystemExit
raise Hostile()
"""


@pytest.mark.parametrize(
    "base", ["Exception", "BaseException", "AttributeError", "ModuleNotFoundError", "OSError"]
)
def test_an_exception_that_cannot_be_looked_at_is_told_all_the_same(
    tmp_path: Path, base: str
) -> None:
    failure = failure_of("step", failing(tmp_path, HOSTILE.format(base=base)), [str(tmp_path)])
    assert failure["where"] == "pipeline.py:16"
    assert failure["type"] == "pipeline.Hostile"
    assert failure["message"] == "(its text cannot be shown)"


def test_a_value_that_cannot_be_looked_at_is_told_by_its_type(tmp_path: Path) -> None:
    fault = failing(tmp_path, HOSTILE.format(base="Exception"))
    assert shown(fault) == "a Hostile that cannot be shown"
    assert shown("a") == "'a'"


def test_a_group_is_told_with_its_members(tmp_path: Path) -> None:
    code = "raise ExceptionGroup('several', [ValueError('one'), KeyError('two')])\n"
    if sys.version_info < (3, 11):
        pytest.skip("Python 3.11 has exception groups")
    failure = failure_of("step", failing(tmp_path, code), [str(tmp_path)])
    assert failure["type"] == "ExceptionGroup"
    assert "ValueError: one" in failure["traceback"]
    assert "KeyError: 'two'" in failure["traceback"]


def test_what_ops0_refuses_is_no_exception_of_the_users(tmp_path: Path) -> None:
    code = "from ops0.core.values.faults import ValueFault\nraise ValueFault('no', 'do it')\n"
    failure = failure_of("step", failing(tmp_path, code), [str(tmp_path)])
    told = (failure["type"], failure["message"], failure["hint"], failure["where"])
    assert told == ("", "no", "do it", "pipeline.py:2")
    assert failure["traceback"].splitlines()[-1].strip() == "raise ValueFault('no', 'do it')"


def test_frames_of_ops0_are_not_shown_where_a_decorator_refuses_a_function(tmp_path: Path) -> None:
    code = "import ops0\n\n\n@ops0.step\ndef f(*rows):\n    return rows\n"
    failure = failure_of("step", failing(tmp_path, code), [str(tmp_path)])
    assert failure["where"] == "pipeline.py:4"
    assert failure["traceback"].count("File ") == 1


def test_a_module_that_is_not_the_pipelines_file_is_told_without_a_traceback() -> None:
    failure = failure_of("step", LoadFault("module 'json' is Python's", "rename the file"), ["/x"])
    assert (failure["type"], failure["traceback"]) == ("", "")


def test_a_breakpoint_is_told_of(tmp_path: Path) -> None:
    failure = failure_of(
        "step", failing(tmp_path, "import bdb\nraise bdb.BdbQuit\n"), [str(tmp_path)]
    )
    assert failure["hint"].startswith("nobody can type into a step")


def test_what_a_container_has_only_so_much_of_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hint(code: str) -> Any:
        fault = failing(tmp_path, code)
        here = failure_of("step", fault, [str(tmp_path)], in_image=False)
        assert here["hint"] is None
        return failure_of("step", fault, [str(tmp_path)])["hint"] or ""

    assert "/dev/shm are memory" in hint("raise OSError(28, 'No space left on device')")
    assert "files open at once" in hint("raise OSError(24, 'Too many open files')")
    counted = tmp_path / "pids"
    monkeypatch.setattr("ops0_runner.places._PIDS", (str(tmp_path / "nowhere"), str(counted)))
    refused = 'raise RuntimeError("can\'t start new thread")'
    assert hint(refused) == ""
    Path(f"{counted}.max").write_text("1024\n")
    Path(f"{counted}.events").write_text("max 0\n")
    assert hint(refused) == ""
    Path(f"{counted}.events").write_text("max 3\n")
    assert "1,024 processes and threads" in hint(refused)
