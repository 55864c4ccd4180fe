"""A walk: made, thinned, told. Needs the package gpx-tracks, which lies beside this folder."""

from gpx_tracks import Point, Track

import ops0


@ops0.step
def record(points: int = 50) -> Track:
    """A made walk up a hill and down again."""
    half = points / 2
    return Track(
        "over the hill",
        [
            Point(47.0 + n / 1000, 11.0, 600.0 + 10.0 * (half - abs(n - half)))
            for n in range(points)
        ],
    )


@ops0.step
def thin(record: Track, every: int = 2) -> Track:
    return Track(record.name, record.points[::every])


@ops0.step
def tell(thin: Track) -> dict:
    return {
        "name": thin.name,
        "points": len(thin.points),
        "km": round(thin.length() / 1000, 2),
        "ascent": round(thin.ascent()),
        "highest": round(float(thin.to_frame()["elevation"].max())),
    }
