"""Secrets redacted in what a run leaves on the host: log lines, failures, previews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ops0.runtime.engines.streams import MAX_LOG_LINE
from ops0.runtime.errors import Failure
from ops0.runtime.execution.verdict import Done
from ops0.runtime.outputs.manifest import Value
from ops0.runtime.outputs.previews import as_raw, parse_shown
from ops0_runner.redaction import Redactor

_LATE = "secrets are there only while the step runs: read os.environ inside the function"


class AttemptRedactor:
    """Redacts the secrets of one attempt in all that is logged of it."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._held = ""
        self.take(secrets)

    def take(self, secrets: Mapping[str, str]) -> None:
        """Redact these from now on."""
        self._names = tuple(secrets)
        self._redactor = Redactor(secrets)

    def line(self, line: str) -> str:
        """A line without secrets. The end of a piece that was cut from a longer line is held back for the next one."""
        if not self._names:
            return line
        text = self._redactor.text(self._held + line)
        cut = len(line.encode("utf-8", "replace")) >= MAX_LOG_LINE
        keep = min(self._redactor.longest, len(text)) if cut else 0
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def text(self, text: str) -> str:
        """A text without secrets."""
        return self._redactor.text(text) if self._names else text

    def rest(self) -> str:
        """What is held back, when no more comes."""
        held, self._held = self._held, ""
        return held

    def outcome(self, outcome: Done | Failure) -> Done | Failure:
        """The outcome without secrets in its texts, and with a hint where a secret was looked for too early."""
        if not self._names:
            return outcome
        if isinstance(outcome, Done):
            manifest = outcome.manifest
            return replace(outcome, manifest=replace(manifest, value=self._value(manifest.value)))
        early = outcome.kind == "import" and any(name in outcome.message for name in self._names)
        text = self._redactor.text
        return replace(
            outcome,
            type=text(outcome.type),
            message=text(outcome.message),
            traceback=text(outcome.traceback),
            where=outcome.where and text(outcome.where),
            hint=_LATE if early else outcome.hint and text(outcome.hint),
        )

    def _value(self, value: Value) -> Value:
        items = None if value.items is None else tuple(self._value(item) for item in value.items)
        raw = None if value.shown is None else self._redactor.shown(as_raw(value.shown))
        shown, preview = parse_shown(raw), self._redactor.text(value.preview)
        about = None if value.about is None else self._redactor.shown(dict(value.about))
        return replace(value, preview=preview, items=items, shown=shown, about=about)
