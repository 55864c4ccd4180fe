import hashlib

import dagster as dg
import tiktoken
from dagster_openai import OpenAIResource
from langchain_core.documents import Document
from langchain_text_splitters import RecursiveCharacterTextSplitter

from resources.hub import Hub
from resources.index import Vectors
from resources.sitemap import Site

weeks = dg.WeeklyPartitionsDefinition(start_date="2024-01-01")
MODEL = "text-embedding-3-small"


def cut(text: str, size: int = 1000) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@dg.asset(partitions_def=weeks, kinds={"github"})
def raw_issues(context: dg.AssetExecutionContext, hub: Hub) -> list[Document]:
    start, end = context.partition_time_window
    return hub.documents(hub.issues(start.strftime("%Y-%m-%d"), end.strftime("%Y-%m-%d")))


@dg.asset(partitions_def=weeks, automation_condition=dg.AutomationCondition.any_deps_updated())
def issue_vectors(
    context: dg.AssetExecutionContext, openai: OpenAIResource, vectors: Vectors, raw_issues: list[Document]
) -> dg.MaterializeResult:
    vectors.made("knowledge", dimension=1536)
    index, options = vectors.index("knowledge", namespace="issues")
    splitter = RecursiveCharacterTextSplitter.from_tiktoken_encoder(model_name=MODEL, chunk_size=800)
    texts = [part for one in raw_issues for part in splitter.split_text(one.page_content)]
    with openai.get_client(context) as client:
        embedded = [one.embedding for one in client.embeddings.create(model=MODEL, input=texts).data]
    index.upsert(vectors=list(zip(map(str, range(len(texts))), embedded)), **options)
    return dg.MaterializeResult(metadata={"issues": len(raw_issues)})


@dg.asset
def raw_pages(context: dg.AssetExecutionContext, site: Site) -> list[Document]:
    pages = [site.page(url) for url in site.addresses()[:20]]
    context.add_output_metadata({"pages": len(pages)})
    return [page for page in pages if page]


@dg.asset
def page_sizes(raw_pages):
    encoding = tiktoken.encoding_for_model(MODEL)
    sizes = {}
    for page in raw_pages:
        name = hashlib.md5(page.metadata["source"].encode()).hexdigest()
        sizes[name] = sum(len(encoding.encode(part)) for part in cut(page.page_content))
    return sizes


@dg.asset_check(asset=raw_pages)
def enough_pages(raw_pages):
    return dg.AssetCheckResult(passed=len(raw_pages) > 5)
