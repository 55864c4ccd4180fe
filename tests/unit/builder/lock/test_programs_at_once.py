from __future__ import annotations

import threading

import pytest

from ops0_builder.lock.programs_at_once import programs_at_once


def test_results_come_in_the_order_of_the_items():
    second_done = threading.Event()

    def work(item, stop):
        if item == 1:
            assert second_done.wait(5)
        else:
            second_done.set()
        return item * 10

    assert programs_at_once(work, [1, 2], 2) == [10, 20]


def test_the_first_failure_ends_the_others_and_starts_no_more():
    started = []
    both = threading.Barrier(2)

    def work(item, stop):
        started.append(item)
        if item < 2:
            both.wait(5)
        if item == 0:
            raise ValueError("first")
        assert stop.wait(5)

    with pytest.raises(ValueError, match="first"):
        programs_at_once(work, range(6), 2)
    # The thread that failed may have taken one more item before the rest was cancelled.
    assert started[:2] in ([0, 1], [1, 0])
    assert len(started) < 6


def test_nothing_to_do_is_nothing():
    assert programs_at_once(lambda item, stop: item, [], 3) == []
