"""Vectors of texts: asked for, compared, and drawn."""

import textwrap
from typing import List, Optional

import matplotlib.pyplot as plt
import numpy as np
import openai as openailib
import pandas as pd
import plotly.express as px
from scipy import spatial
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.metrics import average_precision_score, precision_recall_curve
from tenacity import retry, stop_after_attempt, wait_random_exponential


@retry(wait=wait_random_exponential(min=1, max=20), stop=stop_after_attempt(6))
def vector(text: str, model="text-embedding-3-small", **others) -> List[float]:
    client = openailib.OpenAI()
    return client.embeddings.create(input=[text.replace("\n", " ")], model=model, **others).data[0].embedding


@retry(wait=wait_random_exponential(min=1, max=20), stop=stop_after_attempt(6))
async def vectors(texts: List[str], model="text-embedding-3-small", **others) -> List[List[float]]:
    assert len(texts) <= 2048
    client = openailib.AsyncOpenAI()
    found = (await client.embeddings.create(input=texts, model=model, **others)).data
    return [one.embedding for one in found]


def likeness(a, b):
    return np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))


def curves(scores, known, classes, name):
    truth = pd.concat([(known == one) for one in classes], axis=1).values
    precision, recall, average = {}, {}, {}
    for i in range(len(classes)):
        precision[i], recall[i], _ = precision_recall_curve(truth[:, i], scores[:, i])
        average[i] = average_precision_score(truth[:, i], scores[:, i])
    plt.figure(figsize=(9, 10))
    for level in np.linspace(0.2, 0.8, num=4):
        x = np.linspace(0.01, 1)
        plt.plot(x, level * x / (2 * x - level), color="gray", alpha=0.2)
    for i, one in enumerate(classes):
        plt.plot(recall[i], precision[i], lw=2, label=f"{one} {average[i]:.2f}")
    plt.title(name)
    plt.legend()


def distances(query: List[float], others: List[List[float]], metric="cosine") -> List[List]:
    metrics = {"cosine": spatial.distance.cosine, "L1": spatial.distance.cityblock, "Linf": spatial.distance.chebyshev}
    return [metrics[metric](query, one) for one in others]


def nearest(found) -> np.ndarray:
    return np.argsort(found)


def by_pca(given: List[List[float]], count=2) -> np.ndarray:
    return PCA(n_components=count).fit_transform(np.array(given))


def by_tsne(given: List[List[float]], count=2, **others) -> np.ndarray:
    if "init" not in others:
        others["init"] = "pca"
    return TSNE(n_components=count, **others).fit_transform(np.array(given))


def drawn(points: np.ndarray, labels: Optional[List[str]] = None, texts: Optional[List[str]] = None, **others):
    empty = ["" for _ in points]
    frame = pd.DataFrame(
        {
            "x": points[:, 0],
            "y": points[:, 1],
            "label": labels if labels else empty,
            "text": ["<br>".join(textwrap.wrap(one, width=30)) for one in texts] if texts else empty,
        }
    )
    return px.scatter(frame, x="x", y="y", color="label", hover_data=["text"], **others).update_traces(marker=dict(size=5))
