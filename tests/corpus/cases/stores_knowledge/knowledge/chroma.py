from typing import Any, Dict, List, Tuple

from .backends import Backend, Chunk

try:
    import chromadb
    from chromadb.config import Settings
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.vector_stores.chroma import ChromaVectorStore

    AVAILABLE = True
except ImportError:
    AVAILABLE = False


class ChromaBackend(Backend):
    def __init__(self):
        self.config = {}
        self.client = None
        self.collection = None
        self.store = None
        self._ready = False

    def open(self, source: str, config: Dict[str, Any]) -> None:
        if not AVAILABLE:
            raise ImportError("pip install llama-index-vector-stores-chroma chromadb")
        self.config = config
        if config.get("folder"):
            self.client = chromadb.PersistentClient(path=config["folder"], settings=Settings(anonymized_telemetry=False))
        else:
            self.client = chromadb.HttpClient(host=config.get("host", "localhost"), port=8000)
        self.collection = self.client.get_or_create_collection(name=source)
        self.store = ChromaVectorStore(chroma_collection=self.collection)
        self.context = StorageContext.from_defaults(vector_store=self.store)
        self._ready = True

    def add(self, chunks: List[Dict[str, Any]]) -> int:
        if not self._ready:
            raise RuntimeError("not open")
        from knowledge.embedding import vectors

        found = vectors([chunk["text"] for chunk in chunks])
        documents = [Document(text=chunk["text"], id_=chunk["id"], embedding=vector) for chunk, vector in zip(chunks, found)]
        if documents:
            self.store.add(documents)
        return len(chunks)

    def search(self, query: str, top: int = 5) -> List[Chunk]:
        from llama_index.core.vector_stores import VectorStoreQuery

        from knowledge.embedding import vectors

        result = self.store.query(VectorStoreQuery(query_embedding=vectors([query])[0], similarity_top_k=top))
        return [Chunk(node.node_id, node.text, score) for node, score in zip(result.nodes, result.similarities)]

    def ask(self, question: str) -> str:
        index = VectorStoreIndex.from_vector_store(self.store)
        return str(index.as_query_engine().query(question))

    def delete(self, id: str) -> int:
        ids = self.collection.get(where={"id": id}, include=[]).get("ids", [])
        if ids:
            self.collection.delete(ids=ids)
        return len(ids)

    def healthy(self) -> Tuple[bool, str]:
        try:
            self.client.list_collections()
            return True, "ok"
        except Exception as error:
            return False, str(error)

    def filters(self) -> bool:
        return True
