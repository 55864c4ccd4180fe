"""``@ops0.cache``: what it may say, and that code and analysis read it alike."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ops0
from ops0.core.analyzer import analyse
from ops0.core.analyzer.errors import BadDecorator
from ops0.core.api.keeping import fill_key, key_names
from ops0.core.api.marks import MarkFault, StepDefinitionError
from ops0.core.decorators import options_of
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource
from ops0.core.requirements.values import Resolved
from ops0.core.step_options import Caching


def analysed(decorator: str) -> Caching | None:
    text = f"import ops0\n@ops0.step\n@ops0.cache{decorator}\ndef f(user_id=1): return 1\n"
    source, target = MemorySource({"p.py": text}), Target(python="3.11")
    pipeline = analyse(
        source, "p.py", roots=(".",), target=target, resolve_needs=lambda *_: Resolved()
    )
    return pipeline.steps[0].options.cache


@pytest.mark.parametrize(
    ("decorator", "ttl", "key"),
    [
        ("", None, None),
        ("()", None, None),
        ("(ttl='1h', key='user_{user_id}')", 3600, "user_{user_id}"),
        ("('90s')", 90, None),
        ("(ttl=60)", 60, None),
    ],
)
def test_code_and_analysis_read_it_alike(decorator: str, ttl: float, key: str) -> None:
    assert analysed(decorator) == Caching(ttl=ttl, key=key)
    names: dict[str, Any] = {"ops0": ops0}
    exec(f"@ops0.cache{decorator}\ndef f(user_id=1): return 1", names)
    assert options_of(names["f"])["cache"] == {"ttl": ttl, "key": key}


@pytest.mark.parametrize(
    ("decorator", "says"),
    [
        ("(ttl='soon')", "'soon' is not a duration"),
        ("(ttl=0)", "ttl is no time at all"),
        ("(key='user_{user}')", "the step has no parameter 'user'"),
        ("(key='user_{user_id.name}')", "'{user_id.name}' is no parameter in braces"),
        ("(key='user_{user_id!r}')", "is no parameter in braces"),
        ("(key='user_{')", "'{' is no parameter in braces"),
        ("(key='user_}')", "'}' is no parameter in braces"),
        ("(key='{}')", "'{}' is no parameter in braces"),
        ("(key='')", "is no text"),
        ("(key=3)", "key=3 is no text"),
    ],
)
def test_what_cannot_be_meant_is_told_by_both(decorator: str, says: str) -> None:
    with pytest.raises(StepDefinitionError, match=re.escape(says)):
        exec(f"@ops0.cache{decorator}\ndef f(user_id=1): return 1", {"ops0": ops0})
    with pytest.raises(BadDecorator, match=re.escape(says)) as caught:
        analysed(decorator)
    assert caught.value.where.line == 3


def test_said_twice_is_an_error() -> None:
    with pytest.raises(StepDefinitionError, match="twice"):

        @ops0.cache
        @ops0.cache(ttl="1h")
        def f() -> int:
            return 1


def test_a_cached_function_stays_the_function() -> None:
    @ops0.cache(ttl="1h")
    @ops0.step
    def f(x: int) -> int:
        return x

    assert f(3) == 3


def test_a_key_is_filled_and_braces_are_written_twice() -> None:
    assert fill_key("{{a}} {a}-{b}-{a}", {"a": "1", "b": "{x}"}) == "{a} 1-{x}-1"
    assert key_names("{{a}} {b}{c}{b}") == ("b", "c")


@given(st.text(alphabet="ab{}_!.: 1", max_size=12))
def test_any_text_is_a_key_or_a_fault(text: str) -> None:
    try:
        names = key_names(text)
    except MarkFault:
        return
    assert fill_key(text, dict.fromkeys(names, "")).count("{") <= text.count("{{")
