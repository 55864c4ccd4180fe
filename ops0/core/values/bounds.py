"""What a manifest is called, and how large it may be. Runs in images: Python 3.8."""

from __future__ import annotations

MANIFEST_NAME = "manifest.json"
LARGEST_MANIFEST = 16 * 1024**2
"""Bytes. Hosts read those of containers, and JSON takes many times its size in memory."""
