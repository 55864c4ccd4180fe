import os

from llama_index.core import Settings, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.llms.openai import OpenAI
from llama_index.program.openai import OpenAIPydanticProgram
from llama_index.readers.wikipedia import WikipediaReader
from pydantic import BaseModel, Field


class Titles(BaseModel):
    pages: list[str] = Field(description="exact titles")


def key():
    return os.environ["OPENAI_API_KEY"]


def titles(request: str) -> list[str]:
    program = OpenAIPydanticProgram.from_defaults(
        output_cls=Titles, prompt_template_str="{request}", llm=OpenAI(model="small", api_key=key())
    )
    return [one.strip() for one in program(request=request).pages]


def documents(names: list[str]):
    return WikipediaReader().load_data(pages=names)


def index(request: str) -> VectorStoreIndex:
    nodes = SentenceSplitter(chunk_size=150).get_nodes_from_documents(documents(titles(request)))
    Settings.embed_model = HuggingFaceEmbedding(model_name="BAAI/bge-small-en-v1.5")
    return VectorStoreIndex(nodes)


def ask(made, question):
    return str(made.as_query_engine().query(question))


if __name__ == "__main__":
    print(ask(index("London, Birmingham"), "Which is larger?"))
