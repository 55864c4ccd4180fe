"""One attempt on a thread of its own: start, listen, wait, judge, keep the result, remove. Tells the orchestrator."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from select import PIPE_BUF

from ops0.core.errors import EngineError
from ops0.host.usage import Usage
from ops0.runtime.engine import Attempt, Engine, Exit, Job
from ops0.runtime.engines.importing import ImportWatch
from ops0.runtime.errors import Failure
from ops0.runtime.execution.attempt_log import LIMIT, AttemptLog
from ops0.runtime.execution.collecting import Collector
from ops0.runtime.execution.messages import Broke, Delivery, Gone, Noted, Over, Post, Up
from ops0.runtime.execution.protocol_reader import ProtocolReader
from ops0.runtime.execution.redaction import AttemptRedactor
from ops0.runtime.execution.sampling import Sampler
from ops0.runtime.execution.verdict import (
    Done,
    Ended,
    is_loss,
    may_have_succeeded,
    stuck,
    unheard,
    verdict,
)
from ops0.runtime.keeping.lookups import Keeping
from ops0.runtime.outputs.previews import write_previews
from ops0.runtime.outputs.results import BadOutput
from ops0.runtime.outputs.text import fit_text
from ops0.runtime.runs import RunFolder

_TAIL_LINES = 20
GRACE = 2.0
"""Seconds that an attempt gets to end which does nothing."""
LEAVING = 10.0
"""Seconds that an attempt may take to end after its last word. Others run in its place meanwhile."""
_MAX_SHOWN = 2000
_LINE_PAUSE = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """One attempt, as a worker is given it.

    folder:    of the run;  keep: whether the result is kept in it
    secrets:   finds what is hidden in all that is told
    keeping:   how the result is kept for other runs, or None
    supplies:  what must be in the engine before it starts
    adopt:     it is under way already, and had its go line
    log_limit: bytes that its log may have
    """

    job: Job
    folder: RunFolder
    keep: bool
    secrets: Callable[[], Mapping[str, str]]
    keeping: Keeping | None = None
    supplies: tuple[Delivery, ...] = ()
    adopt: bool = False
    log_limit: int = LIMIT


class Worker:
    """Runs one attempt. ``go``, ``give_up`` and ``dismiss`` are the orchestrator's; all else is the thread's.

    secrets: what is hidden in all that is told; {} until it is Up
    leaving: it is done, by its last word, and all that is left is its end
    """

    def __init__(self, engine: Engine, given: Assignment, post: Post) -> None:
        self.job, self._given = given.job, given
        self.secrets: Mapping[str, str] = {}
        self._collector = Collector(
            given.job, given.folder, keep=given.keep, keeping=given.keeping, post=post
        )
        self._redactor = AttemptRedactor({})
        self._reader = ProtocolReader(given.job, self._redactor.text, post, self._print)
        self._engine, self._folder, self._post = engine, given.folder, post
        self._stopped: Failure | None = None
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self._last_told = 0.0
        self._sink: AttemptLog | None = None
        self._guard = threading.Lock()
        self._attempt: Attempt | None = None
        self._sampler: Sampler | None = None
        self._watch: ImportWatch | None = None
        self._dismissed = self._over = False
        self.leaving = False
        name = f"ops0 {given.job.call}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def wants_result(self) -> bool:
        """Whether the result itself is to come here."""
        return self._collector.wants

    def begin(self) -> None:
        """Start the thread."""
        self._thread.start()

    def join(self, timeout: float) -> bool:
        """Wait for the thread. Gives whether it has ended."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def go(self, line: bytes) -> None:
        """Send the go line, and wait for nobody who reads it. Only after Up."""
        with self._guard:
            attempt = self._attempt
            if attempt is None or self._over:
                return
            # Whatever reads it may be importing for ever.
            if self._given.adopt or len(line) > PIPE_BUF:
                threading.Thread(target=self._send, args=(attempt, line), daemon=True).start()
            else:
                attempt.go(line)
            self._sampler = Sampler(attempt.usage, self._used)
            self._sampler.begin()

    def _send(self, attempt: Attempt, line: bytes) -> None:
        try:
            attempt.go(line)
        except Exception as fault:  # noqa: BLE001 - a thread's last word goes to the orchestrator, never to stderr
            if not self._over:
                self._post(Broke(self.job, fault))

    def _used(self, usage: Usage) -> None:
        data = {"cpu": round(usage.cpu, 3), "memory": usage.memory}
        self._post(Noted(self.job, "attempt.usage", data))

    def give_up(self, why: Failure, grace: float) -> None:
        """Its time has run out: stop it, on a thread of its own. ``why`` becomes its failure."""
        self._stopped = why
        self._stop_aside(grace)

    def dismiss(self, grace: float) -> None:
        """It is not wanted any more: stop it, now or as soon as it is up."""
        with self._guard:
            self._dismissed = True
            attempt = self._attempt
        if attempt is not None:
            self._stop_aside(grace)

    def _stop_aside(self, grace: float) -> None:
        threading.Thread(target=self._stop, args=(grace,), daemon=True).start()

    def _stop(self, grace: float) -> None:
        if self._attempt is not None:
            try:
                self._attempt.stop(grace)
            except EngineError as fault:
                self._post(Broke(self.job, fault))

    def _run(self) -> None:
        try:
            given, log = self._given, self._folder.log(self.job.call, self.job.attempt)
            log.parent.mkdir(parents=True, exist_ok=True)
            with closing(AttemptLog(log, given.log_limit, again=given.adopt)) as self._sink:
                self._live()
        except Exception as fault:  # noqa: BLE001 - a thread's last word goes to the orchestrator, never to stderr
            self._post(Broke(self.job, fault))

    def _live(self) -> None:
        self.secrets = self._given.secrets()  # on this thread: a vault may take its time
        self._redactor.take(self.secrets)
        for supply in self._given.supplies:
            supply.deliver()
        start = self._engine.reattach if self._given.adopt else self._engine.start
        attempt = start(self.job, self._reader.line, self._print)
        if attempt is None:
            self._post(Gone(self.job))
            return
        try:
            with self._guard:
                self._attempt = attempt
                dismissed = self._dismissed
            if dismissed:
                attempt.stop(0)
            else:
                self._watch_import(attempt)
                self._post(Up(self.job, attempt))
            ahead = attempt.listen(lambda: self._reader.last) and self._done_ahead()
            end = self._await_end(attempt, ahead)
            self._tell(self._redactor.rest())
            if ahead:
                return
            outcome = self._redactor.outcome(self._judge(attempt, end))
            outcome = self._with_log_warning(outcome)
            if isinstance(outcome, Failure) and self._is_loss(end):
                self._post(Gone(self.job))
                return
            if isinstance(outcome, Failure):
                self._collector.announced(attempt, self._reader.announced)
                outcome = attempt.on_current_lines(outcome)
            self._post_over(outcome, end)
        finally:
            with self._guard:
                self._over = True
            for one in (self._sampler, self._watch):
                if one is not None:
                    one.end()
            attempt.remove()

    def _has_heard_all(self) -> bool:  # one that is dismissed owes no last word
        return self._dismissed or self._reader.whole()

    def _await_end(self, attempt: Attempt, ahead: bool) -> Exit:
        if not ahead:
            return attempt.wait(self._has_heard_all)
        limit = threading.Timer(LEAVING, self._stop, (0,))
        limit.daemon = True
        limit.start()
        try:
            return attempt.wait(self._has_heard_all)
        finally:
            limit.cancel()

    def _done_ahead(self) -> bool:
        """Let those go on that wait for it, where nothing is to be read from it but what it has told already."""
        end = Exit(code=0, ahead=True)
        outcome = verdict(self.job, Ended(exit=end, manifest=self._reader.told))
        if self._dismissed or isinstance(outcome, Failure) or self._reader.told is None:
            return False
        taken = self._collector.told(outcome, self._reader.told, self._reader.files)
        if taken is None:
            return False
        self.leaving = True
        self._post_over(self._with_log_warning(self._redactor.outcome(taken)), end)
        return True

    def _post_over(self, outcome: Done | Failure, end: Exit) -> None:
        code = None
        if isinstance(outcome, Done):
            code = self._engine.code(self.job.step)
            if shown := outcome.manifest.value.all_shown():
                with suppress(OSError):  # a run does not fail for want of a picture
                    write_previews(self._folder.preview(self.job.call, self.job.attempt), shown)
        self._post(Over(self.job, outcome, end, tuple(self._tail), code))

    def _with_log_warning(self, outcome: Done | Failure) -> Done | Failure:
        left_out = 0 if self._sink is None else self._sink.left_out
        if not isinstance(outcome, Done) or not left_out:
            return outcome
        said = f"{left_out} bytes of its log are left out (setting `log_limit`)"
        return replace(outcome, warning=f"{outcome.warning}; {said}" if outcome.warning else said)

    def _watch_import(self, attempt: Attempt) -> None:
        """An adopted one has imported long ago, whatever it still says."""
        watch = ImportWatch(attempt.usage, lambda idle: self.give_up(stuck(idle), GRACE))
        self._watch = watch
        self._reader.on_ready = watch.end
        if not (self._reader.ready or self._given.adopt):
            watch.begin()

    def _judge(self, attempt: Attempt, end: Exit) -> Done | Failure:
        likely = may_have_succeeded(end) and not self._dismissed
        try:
            data = (self._reader.told or attempt.manifest()) if likely else None
            outcome = verdict(self.job, self._ended(end, data))
            if isinstance(outcome, Failure) or data is None:
                return outcome
            return self._collector.result(attempt, outcome, data)
        except BadOutput as fault:
            return Failure(kind="value", message=f"its output cannot be taken: {fault}")

    def _ended(self, end: Exit, data: bytes | None = None) -> Ended:
        said = self._reader.said or (unheard(end) if self._given.adopt else None)
        return Ended(exit=end, manifest=data, said=said, stopped=self._stopped)

    def _is_loss(self, end: Exit) -> bool:
        return self._given.adopt and not self._dismissed and is_loss(self._ended(end))

    def _print(self, line: str) -> None:
        self._tell(self._redactor.line(line), empty=not line)

    def _tell(self, line: str, *, empty: bool = False) -> None:
        if not line and not empty:
            return
        if self._sink is not None:
            try:
                self._sink.write(line.encode("utf-8", "replace") + b"\n")
            except OSError as fault:  # read on, or the step would wait for ever to be read
                self._sink = None
                self._post(Broke(self.job, fault))
        if not line.strip():
            return
        shown = fit_text(line, _MAX_SHOWN)
        self._tail.append(shown)
        now = time.monotonic()
        if now - self._last_told >= _LINE_PAUSE:
            self._last_told = now
            self._post(Noted(self.job, "attempt.log", {"line": shown}))
