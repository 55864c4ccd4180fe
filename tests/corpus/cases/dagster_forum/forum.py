import base64
from io import BytesIO
from typing import List

import matplotlib.pyplot as plt
import pandas as pd
import requests
from dagster import AssetExecutionContext, MetadataValue, asset, get_dagster_logger
from wordcloud import STOPWORDS, WordCloud

API = "https://example.org/forum/v1"


@asset(group_name="forum", compute_kind="API")
def thread_ids() -> List[int]:
    return requests.get(f"{API}/top.json").json()[:200]


@asset(group_name="forum")
def threads(thread_ids):
    logger = get_dagster_logger()
    rows = []
    for one in thread_ids:
        rows.append(requests.get(f"{API}/thread/{one}.json").json())
        if len(rows) % 50 == 0:
            logger.info(f"{len(rows)} threads")
    return pd.DataFrame(rows)


@asset(group_name="forum")
def longest(threads):
    return threads.sort_values("replies", ascending=False).head(10)


@asset
def titles_cloud(context: AssetExecutionContext, threads: pd.DataFrame) -> None:
    words = " ".join(threads["title"]).lower()
    cloud = WordCloud(stopwords={*STOPWORDS, "ask"}, background_color="white").generate(words)
    picture = as_png(cloud)
    context.add_output_metadata({"cloud": MetadataValue.md(f"![cloud](data:image/png;base64,{picture})")})


@asset
def report(longest):
    return longest.to_markdown(index=False)


def as_png(cloud):
    plt.figure(figsize=(8, 8), facecolor=None)
    plt.imshow(cloud, interpolation="bilinear")
    plt.axis("off")
    buffer = BytesIO()
    plt.savefig(buffer, format="png")
    return base64.b64encode(buffer.getvalue()).decode()
