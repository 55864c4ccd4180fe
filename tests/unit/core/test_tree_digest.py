from __future__ import annotations

import pytest

from ops0.core.tree_digest import tree_digest

CODE = "import os\n\ndef f(a, b=None):\n    '''doc'''\n    return a or b\n"


@pytest.mark.parametrize(
    "same",
    [
        "import os\n\n\n\ndef f(a, b=None):  # a comment\n    '''doc'''\n    return (a or b)\n",
        'import os\ndef f(a,b = None):\n  """doc"""\n  return a or b',
    ],
)
def test_comments_and_layout_leave_the_digest(same: str) -> None:
    assert tree_digest(same) == tree_digest(CODE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a or b", "b or a"),
        ("'''doc'''", "'''other'''"),
        ("b=None", "b=0"),
        ("b=None", "b=False"),
        ("b=None", "b"),
        ("import os", "import sys as os"),
        ("import os", "from os import path as os"),
    ],
)
def test_any_other_change_is_another_digest(old: str, new: str) -> None:
    assert tree_digest(CODE.replace(old, new)) != tree_digest(CODE)


def test_values_that_compare_equal_are_not_the_same_code() -> None:
    digests = {tree_digest(f"x = {text}") for text in ("1", "True", "1.0", "'1'", "b'1'", "1j")}
    assert len(digests) == 6
    assert tree_digest("x = 0.0") != tree_digest("x = -0.0")


def test_what_is_no_python_counts_by_its_text() -> None:
    assert tree_digest("def (") != tree_digest("def  (")
    assert tree_digest("(" * 5000) == tree_digest("(" * 5000)
    assert tree_digest("x = '\ud800'") != tree_digest("x = '\ud801'")


def test_odd_escapes_of_the_user_warn_nobody() -> None:
    assert tree_digest(r"x = '\d'") == tree_digest(r"x = '\\d'")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f'a{x}' 'b' f'c'", "f'a{x}bc'"),
        ("f'{x:}'", "f'{x}'"),
        ("f'{x:%Y-{z}}'", "f'{x:%Y-{z}}' ''"),
    ],
)
def test_an_f_string_counts_however_it_is_cut(one: str, other: str) -> None:
    assert tree_digest(one) == tree_digest(other)


def test_every_python_gives_this_digest() -> None:
    """Measured on 3.10 to 3.13. Another value is another content key for every image."""
    text = "@d\ndef f(x: int = 1, *a, k=None, **m) -> str: return f'{x}' 'a' f'b{y!r:>{w}}' u'c'\n"
    text += "class C(B, m=1): '''Doc'''\nlambda: (yield)\n"
    assert tree_digest(text)[:16] == "9e9ab594ae47bbce"
