"""Questions asked side by side: each once, errors to whoever wants the answer."""

from __future__ import annotations

from threading import Barrier, Event

import pytest

from ops0.host.ahead import Answers


def test_each_question_is_asked_once() -> None:
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return question.upper()

    answers = Answers(ask, 4)
    answers.want("abcabc")
    assert [answers.get(one) for one in "abcabc"] == list("ABCABC")
    assert sorted(asked) == ["a", "b", "c"]


def test_questions_wait_side_by_side() -> None:
    together = Barrier(3, timeout=30)
    answers = Answers(lambda question: (together.wait(), question)[1], 3)
    answers.want("abc")
    assert [answers.get(one) for one in "abc"] == ["a", "b", "c"]


def test_no_more_threads_than_allowed_and_none_is_left_unanswered() -> None:
    inside: list[int] = []
    most: list[int] = []

    def ask(question: str) -> str:
        inside.append(1)
        most.append(len(inside))
        inside.pop()
        return question

    answers = Answers(ask, 2)
    questions = [str(number) for number in range(500)]
    answers.want(questions)
    assert [answers.get(one) for one in questions] == questions
    assert max(most) <= 2


def test_an_error_reaches_whoever_wants_the_answer_and_nobody_else() -> None:
    def ask(question: str) -> str:
        if question == "bad":
            raise LookupError(question)
        return question

    answers = Answers(ask, 2)
    answers.want(["bad", "good"])
    assert answers.get("good") == "good"
    with pytest.raises(LookupError, match="bad"):
        answers.get("bad")


def test_what_is_forgotten_is_asked_again() -> None:
    given = iter([1, 2])
    answers = Answers(lambda _: next(given), 1)
    assert (answers.get("x"), answers.get("x")) == (1, 1)
    answers.forget("x")
    assert answers.get("x") == 2


def test_asking_ahead_does_not_wait() -> None:
    gate = Event()
    answers = Answers(lambda question: (gate.wait(30), question)[1], 1)
    answers.want(["slow", "slower"])
    gate.set()
    assert answers.get("slower") == "slower"
