"""What a call logged beside its result, as the page shows it: metrics and artifacts."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ops0.core.pipeline import CallId
from ops0.core.values.images import MAX_IMAGE, media_of
from ops0.runtime.outputs.previews import Image
from ops0.runtime.page.charts import Chart, metric_chart
from ops0.runtime.page.words import number_words, size_words
from ops0.runtime.runs import RunFolder
from ops0.runtime.watching.history import AttemptHistory, Point

_MOST_POINTS = 500
_MOST_PICTURES = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricShown:
    """A metric: its ``last`` value, and a ``chart`` where it has several."""

    name: str
    last: str
    chart: Chart | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ArtifactShown:
    """A file that was kept; ``image`` where it is one that can be shown."""

    name: str
    size: str
    path: str
    image: Image | None


def shown_metrics(attempt: AttemptHistory) -> tuple[MetricShown, ...]:
    """Every metric of one attempt, by name."""
    return tuple(
        MetricShown(name=name, last=number_words(points[-1].value), chart=_chart(name, points))
        for name, points in sorted(attempt.metrics.items())
    )


def _chart(name: str, points: Sequence[Point]) -> Chart | None:
    """Only finite values have a place; of very many, evenly chosen ones are drawn, first and last among them."""
    finite = sorted((one.step, one.value) for one in points if math.isfinite(one.value))
    if len(finite) < 2:
        return None
    gap = max(1, math.ceil(len(finite) / _MOST_POINTS))
    drawn = finite[::gap]
    return metric_chart(name, drawn if drawn[-1] == finite[-1] else [*drawn, finite[-1]])


def shown_artifacts(
    folder: RunFolder, call: CallId, attempt: AttemptHistory
) -> tuple[ArtifactShown, ...]:
    """Every artifact of one attempt, by name; the first images among them are shown."""
    found, pictures = [], 0
    for name, size in sorted(attempt.artifacts.items()):
        path = folder.artifacts(call) / name
        image = _image(path.read_bytes()) if _is_small(path, size, pictures) else None
        pictures += image is not None
        found.append(ArtifactShown(name=name, size=size_words(size), path=str(path), image=image))
    return tuple(found)


def _is_small(path: Path, size: int, pictures: int) -> bool:
    return size <= MAX_IMAGE and pictures < _MOST_PICTURES and path.is_file()


def _image(data: bytes) -> Image | None:
    media = media_of(data)
    return None if media is None else Image(media=media, data=base64.b64encode(data).decode())
