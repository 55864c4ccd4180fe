"""How a track crosses an edge between two steps: as GPX, which every map reads. ops0 finds it by its entry point."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from gpx_tracks.track import Point, Track

_SPACE = "http://www.topografix.com/GPX/1/1"


class TrackSerializer:
    """``serialize`` and ``deserialize`` undo each other; numbers are written so that they come back exactly."""

    def serialize(self, track: Track) -> bytes:
        """Give a GPX document."""
        root = ET.Element("gpx", {"xmlns": _SPACE, "version": "1.1", "creator": "gpx-tracks"})
        line = ET.SubElement(root, "trk")
        ET.SubElement(line, "name").text = track.name
        segment = ET.SubElement(line, "trkseg")
        for point in track.points:
            place = {"lat": repr(point.latitude), "lon": repr(point.longitude)}
            ET.SubElement(ET.SubElement(segment, "trkpt", place), "ele").text = repr(
                point.elevation
            )
        return ET.tostring(root, encoding="utf-8", xml_declaration=True)

    def deserialize(self, data: bytes) -> Track:
        """Read such a document."""
        root = ET.fromstring(data)  # noqa: S314 - written by a step of the same run
        points = [
            Point(
                float(place.get("lat", "nan")),
                float(place.get("lon", "nan")),
                float(place.findtext(f"{{{_SPACE}}}ele", "nan")),
            )
            for place in root.iter(f"{{{_SPACE}}}trkpt")
        ]
        return Track(root.findtext(f"{{{_SPACE}}}trk/{{{_SPACE}}}name", ""), points)
