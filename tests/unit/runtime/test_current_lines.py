"""An old image's failure is told on the lines of the text that the user sees now."""

from __future__ import annotations

import ast
import linecache
import traceback
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.runtime.engines.current_lines import Unreadable, line_map, on_current_lines
from ops0.runtime.errors import Failure

BUILT = '''\
import os
LIMIT = (
    1,
    2,
)
def deep(
    x, y=[n
          for n in range(3)],
):
    """A text
    of lines."""
    with open(os.devnull) as stream, \\
            open(os.devnull):
        for n in y:
            if n > 1 and (
                x
            ):
                raise ValueError(f"{n} {x}") if False else KeyError(
                    n)
    return x
@staticmethod
def later():
    try:
        return deep(
            1)
    except KeyError as fault:
        raise ValueError("no rows") from fault
class Shape:
    side = 1; area = side
'''


def statements(text: str) -> Iterator[ast.stmt]:
    """All statements, in the order of the text."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt):
            yield node


def holes(text: str) -> tuple[int, ...]:
    """The lines above which another line changes nothing: not inside a string, not behind a backslash."""
    lines = text.split("\n")
    plain = ast.dump(ast.parse(text))

    def is_hole(number: int) -> bool:
        more = "\n".join([*lines[: number - 1], "# more", *lines[number - 1 :]])
        try:
            return ast.dump(ast.parse(more)) == plain
        except SyntaxError:
            return False

    return tuple(number for number in range(1, len(lines)) if is_hole(number))


HOLES = holes(BUILT)


@given(st.dictionaries(st.sampled_from(HOLES), st.lists(st.sampled_from(["", "# more", "\t # x"]))))
def test_every_line_is_found_where_it_was_moved(more: dict[int, list[str]]) -> None:
    current, place = [], {}
    for number, line in enumerate(BUILT.split("\n"), start=1):
        current += [*more.get(number, ()), line]
        place[number] = len(current)
    text = "\n".join(current)
    found = line_map(BUILT, text)
    starts = {
        node.lineno for node in ast.walk(ast.parse(BUILT)) if isinstance(node, (ast.stmt, ast.expr))
    }
    assert {line: found.now(line) for line in starts} == {line: place[line] for line in starts}
    back = line_map(text, BUILT)
    assert [back.now(one.lineno) for one in statements(text)] == [
        one.lineno for one in statements(BUILT)
    ]


def test_there_is_room_for_lines_in_the_property() -> None:
    assert len(HOLES) > 15


def test_a_statement_that_was_broken_is_told_by_its_first_line() -> None:
    assert line_map("a = 1\nb = f(a, g(a))\n", "a = 1\n\nb = f(\n  a,\n  g(a))\n").now(2) == 3


def test_a_line_on_which_nothing_begins_moves_with_the_one_above() -> None:
    assert line_map("x = 1\nf(\n  x\n)\n", "x = 1\n\nf(\n\n  x\n)\n").now(4) == 6


@pytest.mark.parametrize("other", ["x = 2\n", "y = 1\n", "x = True\n", "x = 1\nx\n", "x = (\n", ""])
def test_other_code_is_not_taken_for_the_same(other: str) -> None:
    with pytest.raises(Unreadable):
        line_map("x = 1\n", other)


def failing(text: str) -> Failure:
    """The failure of ``later``, as the runner tells it."""
    names: dict[str, object] = {}
    exec(compile(text, "pipeline.py", "exec"), names)
    lines = text.splitlines(keepends=True)
    linecache.cache["pipeline.py"] = (len(text), None, lines, "pipeline.py")
    try:
        names["later"]()  # type: ignore[operator]
    except ValueError as fault:
        told = traceback.TracebackException.from_exception(fault)
        for one in (told, told.__cause__):
            assert one is not None
            one.stack[:] = [  # one line of source each, whichever Python tells it
                traceback.FrameSummary(frame.filename, frame.lineno, frame.name)
                for frame in one.stack
                if frame.filename == "pipeline.py"
            ]
        line = told.stack[-1].lineno
        return Failure(
            kind="step",
            type="ValueError",
            message="no rows",
            traceback="".join(told.format()),
            where=f"pipeline.py:{line}",
        )
    raise AssertionError("it must fail")


def moved(text: str) -> str:
    """The same code, formatted anew."""
    text = text.replace("import os\n", "# a comment\n\nimport os\n")
    text = text.replace("def later():\n", "def later():\n    # why\n")
    return text.replace('raise ValueError("no rows")', 'raise ValueError(  # nothing\n  "no rows")')


def code(text: str) -> str:
    """Without marks below the source, which a changed line has lost."""
    return "\n".join(line for line in text.split("\n") if line.strip(" ~^"))


def test_a_traceback_is_told_as_the_current_text_would_have_told_it() -> None:
    now = moved(BUILT)
    found = on_current_lines(failing(BUILT), {"pipeline.py": now}, lambda _: BUILT.encode())
    wanted = failing(now)
    assert found.where == wanted.where
    assert code(found.traceback) == code(wanted.traceback)
    assert found.traceback != failing(BUILT).traceback


def test_marks_stay_below_a_line_that_reads_as_before() -> None:
    told = '  File "pipeline.py", line 1, in f\n    a = g(b)\n        ^^^^\nX: y\n'
    failure = Failure(kind="step", message="y", traceback=told, where="pipeline.py:1")
    found = on_current_lines(failure, {"pipeline.py": "\n# c\na = g(b)\n"}, lambda _: b"a = g(b)\n")
    assert found.traceback == told.replace("line 1", "line 3")
    assert found.where == "pipeline.py:3"
    found = on_current_lines(failure, {"pipeline.py": "a = g( b )"}, lambda _: b"a = g(b)\n")
    assert found.traceback == '  File "pipeline.py", line 1, in f\n    a = g( b )\nX: y\n'


def test_frames_of_groups_and_of_several_lines_move_too() -> None:
    built = "f(\n  1,\n  2,\n  3,\n)\n"
    told = (
        "  + Exception Group Traceback (most recent call last):\n"
        '  |   File "pipeline.py", line 1, in g\n'
        "  |     f(\n"
        "  |     ~^\n"
        "  |     ...<3 lines>...\n"
        "  |     )\n"
        "  |     ^\n"
        "  | ValueError: x (1 sub-exception)\n"
    )
    failure = Failure(kind="step", message="x", traceback=told)
    found = on_current_lines(failure, {"pipeline.py": f"\n{built}"}, lambda _: built.encode())
    assert found.traceback == told.replace("line 1,", "line 2,")
    longer = built.replace("2,", "2,\n # x")
    found = on_current_lines(failure, {"pipeline.py": longer}, lambda _: built.encode())
    assert "  |     f(\n  | ValueError" in found.traceback


def test_other_files_stay_and_are_not_asked_for() -> None:
    def read(path: str) -> bytes:
        raise AssertionError(path)

    told = (
        '  File "/usr/lib/python3/json.py", line 7, in f\n    a\n  File "<string>", line 1\nX: y\n'
    )
    failure = Failure(kind="step", message="y", traceback=told, where="other.py:7")
    assert on_current_lines(failure, {"pipeline.py": "a\n"}, read) == failure


def test_lines_that_cannot_be_found_are_said_to_be_old() -> None:
    told = '  File "pipeline.py", line 1, in f\n    a = 1\nX: y\n'
    failure = Failure(kind="step", message="y", traceback=told, where="pipeline.py:1")
    found = on_current_lines(failure, {"pipeline.py": "\na = 2\n"}, lambda _: b"a = 1\n")
    assert found.where == "pipeline.py:1"
    assert found.traceback == (
        f"{told}[lines in pipeline.py are those that the image was built from: "
        "its code differs from the current text]\n"
    )


@given(st.text(alphabet='File "pipeline.py", line 1234567890\n |+-^~.<>x', max_size=300))
def test_no_text_of_a_step_breaks_it(text: str) -> None:
    told = f'  File "pipeline.py", line 1{text}\n  File "pipeline.py", line 3, in f\n{text}'
    failure = Failure(kind="step", message="y", traceback=told, where=text)
    found = on_current_lines(failure, {"pipeline.py": "a\n"}, lambda _: b"a\n")
    assert found == failure  # nothing has moved: not a character may change
    found = on_current_lines(failure, {"pipeline.py": "\n\na\n\n"}, lambda _: b"a\n")
    assert '\n  File "pipeline.py", line 5, in f' in found.traceback
