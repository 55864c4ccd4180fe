import threading

import ops0


@ops0.step
def make_guard() -> dict[str, object]:
    return {"rows": [1, 2, 3], "lock": threading.Lock()}


@ops0.step
def use(guard: dict[str, object]) -> int:
    return len(guard)
