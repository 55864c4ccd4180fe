"""Programs that can reach nobody."""

from __future__ import annotations

import os

NO_NETWORK = ("unshare", "--net", *(() if os.geteuid() == 0 else ("--map-root-user",)))
"""A network namespace without routes or loopback: no connection leaves it. The engine's socket is a file."""
