import os

from haystack import Document, Pipeline
from haystack.components.builders import PromptBuilder
from haystack.components.builders.answer_builder import AnswerBuilder
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors.document_splitter import DocumentSplitter
from haystack.components.rankers import TransformersSimilarityRanker
from haystack.components.writers import DocumentWriter
from haystack.document_stores.types import DuplicatePolicy
from haystack.utils import Secret
from haystack_integrations.components.embedders.fastembed import FastembedDocumentEmbedder, FastembedTextEmbedder
from haystack_integrations.components.generators.amazon_bedrock import AmazonBedrockGenerator
from haystack_integrations.components.retrievers.opensearch import OpenSearchBM25Retriever, OpenSearchEmbeddingRetriever
from haystack_integrations.document_stores.opensearch import OpenSearchDocumentStore


def with_vectors(rows, store: OpenSearchDocumentStore, settings):
    documents = [Document(**one) for one in rows]
    flow = Pipeline()
    flow.add_component("splitter", DocumentSplitter(split_by="word", split_length=128, split_overlap=32))
    flow.add_component("embedder", FastembedDocumentEmbedder(model=settings["dense"]))
    flow.add_component("writer", DocumentWriter(document_store=store, policy=DuplicatePolicy.OVERWRITE))
    flow.connect("splitter", "embedder")
    flow.connect("embedder", "writer")
    flow.run({"splitter": {"documents": documents}})


def with_words(rows, store: OpenSearchDocumentStore, settings):
    documents = [Document(**one) for one in rows]
    flow = Pipeline()
    flow.add_component("splitter", DocumentSplitter(split_by="word", split_length=128, split_overlap=32))
    flow.add_component("writer", DocumentWriter(document_store=store, policy=DuplicatePolicy.OVERWRITE))
    flow.connect("splitter", "writer")
    flow.run({"splitter": {"documents": documents}})


def by_both(store: OpenSearchDocumentStore, dense: str, ranker: str) -> Pipeline:
    words = FastembedTextEmbedder(model=dense, cache_dir=os.getcwd() + "/embedding_cache")
    flow = Pipeline()
    flow.add_component("words", words)
    flow.add_component("bm25", OpenSearchBM25Retriever(document_store=store, scale_score=True))
    flow.add_component("vectors", OpenSearchEmbeddingRetriever(document_store=store))
    flow.add_component("joiner", DocumentJoiner(join_mode="concatenate"))
    flow.add_component("ranker", TransformersSimilarityRanker(model=ranker))
    flow.connect("words.embedding", "vectors.query_embedding")
    flow.connect("bm25", "joiner")
    flow.connect("vectors", "joiner")
    flow.connect("joiner", "ranker")
    return flow


def by_vectors(store: OpenSearchDocumentStore, dense: str, ranker: str) -> Pipeline:
    words = FastembedTextEmbedder(model=dense, cache_dir=os.getcwd() + "/embedding_cache")
    flow = Pipeline()
    flow.add_component("words", words)
    flow.add_component("vectors", OpenSearchEmbeddingRetriever(document_store=store))
    flow.add_component("ranker", TransformersSimilarityRanker(model=ranker))
    flow.connect("words.embedding", "vectors.query_embedding")
    flow.connect("vectors", "ranker")
    return flow


def by_words(store: OpenSearchDocumentStore) -> Pipeline:
    flow = Pipeline()
    flow.add_component("bm25", OpenSearchBM25Retriever(document_store=store, scale_score=True))
    return flow


def answering(flow: Pipeline, model: str, region: str, login) -> Pipeline:
    template = """
    {% for one in documents %}{{ one.content }}{% endfor %}
    {{question}}
    """
    writer = AmazonBedrockGenerator(
        model=model,
        aws_access_key_id=Secret.from_token(login.access_key),
        aws_secret_access_key=Secret.from_token(login.secret_key),
        aws_session_token=Secret.from_token(login.token),
        aws_region_name=Secret.from_token(region),
    )
    flow.add_component("prompt", PromptBuilder(template=template))
    flow.add_component("writer", writer)
    flow.add_component("answers", AnswerBuilder())
    flow.connect("ranker", "prompt.documents")
    flow.connect("prompt", "writer")
    flow.connect("writer.replies", "answers.replies")
    return flow
