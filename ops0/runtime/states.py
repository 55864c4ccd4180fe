"""The states that a call and a run can be in, as the event log and reports have them."""

from __future__ import annotations

from typing import Literal

CallState = Literal["pending", "parked", "running", "done", "failed", "skipped", "cancelled"]
RunState = Literal["done", "failed", "cancelled"]
