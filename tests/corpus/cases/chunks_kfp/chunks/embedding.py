"""The task that makes vectors of chunks."""

import asyncio
import json
from pathlib import Path

from chunks.shapes import ChunkWithVector, GivenChunk, Settings
from chunks.tables import session_of, written
from chunks.vectors import VectorClient

settings = Settings()


class Embedding:
    def run(self) -> None:
        chunks: list[GivenChunk] = []
        for path in sorted(Path(settings.input).glob("*.json")):
            chunks.extend(GivenChunk(**one) for one in json.loads(path.read_text(encoding="utf-8")))
        client = VectorClient(settings.model)
        print(client.size)
        vectors = client.vectors([one.content for one in chunks], batch=settings.batch)
        done = [ChunkWithVector(**one.model_dump(), vector=vector) for one, vector in zip(chunks, vectors)]
        Path(settings.output, "vectors.json").write_text(json.dumps([one.model_dump() for one in done], indent=2))
        asyncio.run(self._into_table(done))

    @staticmethod
    async def _into_table(done: list[ChunkWithVector]) -> None:
        try:
            async with session_of(settings.database) as session:
                print(await written(session, done))
        except Exception as error:
            print(f"not written: {error}")


if __name__ == "__main__":
    Embedding().run()
