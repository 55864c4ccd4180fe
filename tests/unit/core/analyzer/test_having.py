"""Modules that have nothing for a question are asked once, those that have something are given to whoever asks."""

from __future__ import annotations

from ops0.core.analyzer.project.having import having
from ops0.core.analyzer.project.modules import Project
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource


def test_what_has_nothing_is_asked_once_and_what_has_something_is_given_in_order() -> None:
    project = Project(MemorySource({}), (".",), Target(python="3.11"))
    asked: list[str] = []

    def length(word: str) -> int:
        asked.append(word)
        return len(word.strip())

    assert list(having(project, "length", ["b", " ", "aa"], length)) == [("b", 1), ("aa", 2)]
    assert list(having(project, "length", [" ", "aa", "  "], length)) == [("aa", 2)]
    assert asked == ["b", " ", "aa", "aa", "  "]


def test_another_question_is_asked_of_all() -> None:
    project = Project(MemorySource({}), (".",), Target(python="3.11"))
    assert list(having(project, "upper", ["a", "B"], str.isupper)) == [("B", True)]
    assert list(having(project, "lower", ["a", "B"], str.islower)) == [("a", True)]


def test_modules_that_come_while_others_are_looked_at_wait_for_the_next_time() -> None:
    """A reach grows while what its modules name is followed."""
    project = Project(MemorySource({}), (".",), Target(python="3.11"))
    words = ["a"]
    for word, _ in having(project, "length", words, len):
        words.append(f"{word}{word}")
    assert words == ["a", "aa"]
