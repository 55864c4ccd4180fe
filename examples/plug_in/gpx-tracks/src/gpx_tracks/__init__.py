"""Tracks of walks, read from and written as GPX 1.1."""

from gpx_tracks.track import Point, Track

__all__ = ["Point", "Track"]
