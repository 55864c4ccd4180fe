"""The task that draws vectors, brought to two sides by UMAP."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from umap import UMAP

from chunks.shapes import ChunkWithVector, Settings

settings = Settings()


class Drawing:
    def run(self) -> None:
        chunks = [ChunkWithVector(**one) for one in json.loads(Path(settings.input).read_text())]
        reducer = UMAP(n_neighbors=settings.neighbours, n_components=2, random_state=7)
        points = reducer.fit_transform(np.array([one.vector for one in chunks]))
        frame = pd.DataFrame({"x": points[:, 0], "y": points[:, 1], "document": [one.document for one in chunks]})
        figure = go.Figure()
        figure.add_trace(go.Scatter(x=frame["x"], y=frame["y"], mode="markers", customdata=frame["document"]))
        self._question(figure, reducer, frame)
        figure.write_html(settings.output, full_html=True, include_plotlyjs=True)

    def _question(self, figure: go.Figure, reducer: UMAP, frame: pd.DataFrame) -> None:
        asked = json.loads(Path("question.json").read_text())
        point = reducer.transform(np.array([asked["vector"]]))
        near = frame[frame["document"].isin(asked["documents"])]
        figure.add_trace(go.Scatter(x=near["x"], y=near["y"], mode="markers"))
        figure.add_trace(go.Scatter(x=[point[0, 0]], y=[point[0, 1]], mode="markers"))


if __name__ == "__main__":
    Drawing().run()
