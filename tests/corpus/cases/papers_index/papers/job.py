from typing import List

import pandas as pd
from dagster import get_dagster_logger, graph, op

from papers.pages import Page, pages_of, papers_below, text_of
from papers.stores import Speller, files, index, notes


@op(config_schema={"pattern": str}, required_resource_keys={"fs"})
def find(context) -> List[str]:
    found = papers_below(context.resources.fs, context.op_config["pattern"])
    get_dagster_logger().info(f"{len(found)} papers")
    return found


@op(required_resource_keys={"fs"})
def split(context, papers: List[str]) -> List[Page]:
    return [page for paper in papers for page in pages_of(context.resources.fs, paper)]


@op
def read(context, pages: List[Page]):
    return [{"paper": page.paper, "text": text_of(page)} for page in pages]


@op(required_resource_keys={"index"})
def put(context, texts):
    for one in texts:
        context.resources.index.index(index="papers", document=one)
    return len(texts)


@op(required_resource_keys={"notes"})
def note(context, size: int):
    pd.DataFrame({"papers": [size]}).to_sql("runs", context.resources.notes, if_exists="append")


@op
def spelled(texts, speller: Speller):
    return [" ".join(speller.right(word) or word for word in one["text"].split()) for one in texts]


@graph
def papers():
    texts = read(split(find()))
    spelled(texts)
    note(put(texts))


job = papers.to_job(
    name="papers",
    resource_defs={"fs": files, "index": index, "notes": notes, "speller": Speller()},
)
