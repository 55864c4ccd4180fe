"""The runner as a process: whatever a step leaves behind, it ends in time and with the code meant. No Docker."""

from __future__ import annotations

import os
import signal
import subprocess
import textwrap
import time
from pathlib import Path

import pytest
from running.runner_process import PYTHON, attempt, ended, environment

from ops0_runner import protocol

SLOW = """
import sys, time
def step():
    try:
        print("working", flush=True)
        time.sleep(60)
    finally:
        print("cleaned up")
"""


def test_sigterm_ends_a_step_in_order(tmp_path: Path) -> None:
    one = attempt(tmp_path, SLOW)
    runner = one.start()
    assert runner.stdin is not None
    assert runner.stderr is not None
    runner.stdin.write(one.go())
    runner.stdin.flush()
    assert runner.stderr.readline() == b"working\n"
    runner.send_signal(signal.SIGTERM)
    done = ended(runner)
    assert (done.code, done.printed) == (143, "cleaned up\n")
    assert [event["event"] for event in done.events] == ["ready"]


def test_sigterm_ends_a_runner_that_waits(tmp_path: Path) -> None:
    runner = attempt(tmp_path, "def step(): pass").start()
    assert runner.stdout is not None
    assert b"ready" in runner.stdout.readline()
    runner.send_signal(signal.SIGTERM)
    assert runner.wait(timeout=10) == 143
    done = ended(runner)
    assert done.printed == ""


def test_a_step_that_swallows_sigterm_does_not_count_as_done(tmp_path: Path) -> None:
    code = """
    import os, signal
    def step():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except BaseException:
            pass
    """
    assert attempt(tmp_path, code).run().code == 143


@pytest.mark.parametrize("ends", ["raise", "return {'n': len(files)}"], ids=["raises", "returns"])
def test_a_step_that_has_used_up_all_descriptors_says_so(tmp_path: Path, ends: str) -> None:
    """What tells a failure could not be imported any more, and the attempt ended without a word."""
    code = f"""
    import resource
    files = []
    def step():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        try:
            while True:
                files.append(open(__file__))
        except OSError:
            {ends}
    """
    done = attempt(tmp_path, code).run()
    assert "Too many open files" in done.failure["message"]
    assert "ops0_runner" not in done.printed


@pytest.mark.parametrize(
    ("end", "code"),
    [("return 'child'", 0), ("sys.exit(5)", 5), ("raise ValueError('of the child')", 1)],
)
def test_a_forked_child_that_comes_back_does_not_speak_for_the_step(
    end: str, code: int, tmp_path: Path
) -> None:
    body = f"""
    import os, sys
    def step():
        child = os.fork()
        if child == 0:
            {end}
        return os.waitpid(child, 0)[1] >> 8
    """
    made = attempt(tmp_path, body)
    done = made.run()
    assert [event["event"] for event in done.events] == ["ready", "done"]
    assert (done.code, made.value()) == (protocol.EXIT_DONE, code)
    assert ("of the child" in done.printed) == (code == 1)


def test_a_stream_of_the_steps_own_changes_no_exit_code(tmp_path: Path) -> None:
    code = """
    import sys
    class Tee:
        def write(self, text):
            return sys.__stdout__.write(text)
    def step():
        sys.stdout = sys.stderr = Tee()
        print("told")
        return 1
    """
    done = attempt(tmp_path, code).run()
    assert (done.code, done.printed) == (protocol.EXIT_DONE, "told\n")


def test_threads_left_running_do_not_keep_the_process(tmp_path: Path) -> None:
    code = """
    import atexit, threading
    atexit.register(print, "bye")
    def step():
        threading.Thread(target=threading.Event().wait).start()
        return 1
    """
    started = time.monotonic()
    done = attempt(tmp_path, code).run()
    assert (done.code, done.printed) == (protocol.EXIT_DONE, "bye\n")
    assert time.monotonic() - started < 200


def test_an_exit_hook_that_hangs_does_not_keep_the_process(tmp_path: Path) -> None:
    code = """
    import atexit, time
    from ops0_runner import leaving
    leaving.HOOKS = 0.5
    atexit.register(time.sleep, 600)
    def step():
        return 1
    """
    started = time.monotonic()
    done = attempt(tmp_path, code).run()
    assert done.code == protocol.EXIT_DONE
    assert "exit hooks of the step had not ended after 0.5 s" in done.printed
    assert time.monotonic() - started < 200


def test_an_exit_with_what_cannot_be_shown_is_a_failure_like_any(tmp_path: Path) -> None:
    code = """
    class Hostile:
        def __repr__(self):
            raise SystemExit
        __str__ = __repr__
    def step():
        raise SystemExit(Hostile())
    """
    done = attempt(tmp_path, code).run()
    assert done.code == protocol.EXIT_STEP
    failure = done.events[-1]["failure"]
    assert failure["message"] == "the step called sys.exit(a Hostile that cannot be shown)"


def test_a_pool_that_still_waits_for_work_does_not_keep_the_process(tmp_path: Path) -> None:
    code = """
    import concurrent.futures, multiprocessing
    def step():
        global pool
        context = multiprocessing.get_context("spawn")
        pool = concurrent.futures.ProcessPoolExecutor(1, mp_context=context)
        return pool.submit(abs, -3).result()
    """
    started = time.monotonic()
    done = attempt(tmp_path, code).run()
    assert (done.code, done.printed) == (protocol.EXIT_DONE, "")
    assert time.monotonic() - started < 200  # a worker of it would wait for ever


def test_a_child_process_left_running_does_not_keep_the_process(tmp_path: Path) -> None:
    code = """
    import atexit, multiprocessing, time
    atexit.register(print, "bye")
    def step():
        child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,))
        child.start()
        return child.pid
    """
    started = time.monotonic()
    runner = attempt(tmp_path, code)
    process = runner.start()
    assert process.stdin is not None
    process.stdin.write(runner.go())
    process.stdin.flush()
    assert process.wait(timeout=180) == protocol.EXIT_DONE
    assert time.monotonic() - started < 200
    os.kill(runner.value(), signal.SIGKILL)
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        stream.close()


@pytest.mark.parametrize("alone", [True, False])
def test_exit_hooks_run_and_all_that_was_printed_arrives(tmp_path: Path, alone: bool) -> None:
    code = f"""
        import atexit, ctypes, sys
        from ops0_runner.leaving import leave
        class Held:
            def __del__(self):
                sys.__stderr__.write("tidied up")
        held = Held()
        atexit.register(lambda: 1 / 0)
        atexit.register(print, "hook", end="")
        ctypes.CDLL(None).printf(b"from C, ")
        ctypes.CDLL(None).fflush(None) if not {alone} else None
        leave(7, alone={alone})
    """
    done = subprocess.run(
        [PYTHON, "-c", textwrap.dedent(code)],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7
    assert sorted(done.stdout.replace("from C, ", "|from C, |").split("|")) == [
        "",
        "from C, ",
        "hook",
    ]
    assert "ZeroDivisionError" in done.stderr
    assert ("tidied up" in done.stderr) is not alone


def test_a_host_that_is_gone_is_no_noise(tmp_path: Path) -> None:
    runner = attempt(tmp_path, "def step(): pass").start()
    assert runner.stdout is not None
    assert runner.stdin is not None
    assert runner.stderr is not None
    runner.stdout.close()
    runner.stdin.close()
    assert runner.stderr.read() == b""
    assert runner.wait(timeout=10) == protocol.EXIT_JOB
    runner.stderr.close()
