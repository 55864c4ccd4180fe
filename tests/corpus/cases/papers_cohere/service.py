import asyncio
import logging
import os
from pathlib import Path
from typing import List, Optional, Tuple

logger = logging.getLogger(__name__)


class PaperService:
    """Answers questions about papers with models of Cohere."""

    CHUNK = 1200
    OVERLAP = 100
    RETRIES = 3
    MODELS = ["command-a-03-2025", "command-r-08-2024"]

    def __init__(self, uploads: Path, storage: Path):
        self.uploads = uploads
        self.storage = storage
        self.key: Optional[str] = None

    def set_key(self, key: str):
        self.key = key

    def _key(self) -> str:
        key = self.key or os.getenv("COHERE_API_KEY")
        if not key:
            raise ValueError("no key")
        self.key = key
        return key

    def has_index(self) -> bool:
        return any(self.storage.iterdir())

    def _configured(self):
        from llama_index.core import Settings
        from llama_index.embeddings.cohere import CohereEmbedding
        from llama_index.llms.cohere import Cohere

        embedding = CohereEmbedding(model_name="embed-english-v3.0", api_key=self._key())
        for name in self.MODELS:
            try:
                Settings.llm = Cohere(model=name, api_key=self._key())
                break
            except Exception as error:
                logger.warning("%s: %s", name, error)
        Settings.embed_model = embedding
        return embedding

    async def index(self, path: Path) -> int:
        import faiss
        from llama_index.core import StorageContext, VectorStoreIndex
        from llama_index.core.node_parser import SentenceSplitter
        from llama_index.core.readers import SimpleDirectoryReader
        from llama_index.vector_stores.faiss import FaissVectorStore

        embedding = self._configured()
        documents = SimpleDirectoryReader(input_dir=str(path.parent)).load_data()
        splitter = SentenceSplitter(chunk_size=self.CHUNK, chunk_overlap=self.OVERLAP)
        nodes = splitter.get_nodes_from_documents(documents)
        vectors = FaissVectorStore(faiss_index=faiss.IndexFlatL2(1024))
        index = None
        for attempt in range(self.RETRIES):
            try:
                context = StorageContext.from_defaults(vector_store=vectors)
                index = VectorStoreIndex(nodes, storage_context=context, embed_model=embedding)
                break
            except Exception:
                await asyncio.sleep(3 * 2**attempt)
        if index is None:
            raise ValueError("no index")
        index.storage_context.persist(persist_dir=str(self.storage))
        return len(nodes)

    async def ask(self, question: str) -> Tuple[str, List[str]]:
        from llama_index.core import StorageContext
        from llama_index.core.indices.loading import load_index_from_storage
        from llama_index.vector_stores.faiss import FaissVectorStore

        embedding = self._configured()
        vectors = FaissVectorStore.from_persist_dir(persist_dir=str(self.storage))
        context = StorageContext.from_defaults(vector_store=vectors, persist_dir=str(self.storage))
        index = load_index_from_storage(context, embed_model=embedding)
        engine = index.as_query_engine(similarity_top_k=3)
        answer = engine.query(question)
        return str(answer), self._sources(answer)

    def _sources(self, answer):
        return [one.node.get_content() for one in answer.source_nodes[:3]]


async def main():
    service = PaperService(Path("uploads"), Path("storage"))
    if not service.has_index():
        await service.index(Path("uploads/one.pdf"))
    print(await service.ask("What was measured?"))


if __name__ == "__main__":
    asyncio.run(main())
