"""What an attempt has used, as the kernel counted it. Python 3.8, standard library only."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Optional, Union


def usage() -> Dict[str, Union[float, int]]:
    """Seconds of processor time, imports and ended children included, and the most memory at once, in bytes.

    shape: ``{"cpu": 1.25, "peak": 104857600}``; {} where the platform does not count
    """
    try:
        import resource  # noqa: PLC0415 - when the step has ended, not while it waits
    except ImportError:
        return {}
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    peak = _high_water()
    if peak is None:
        peak = own.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {"cpu": round(cpu, 6), "peak": peak}


def _high_water() -> Optional[int]:
    """Give VmHWM: ``ru_maxrss`` of a new program begins at what its parent had (kernel's setmax_mm_hiwater_rss)."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None
