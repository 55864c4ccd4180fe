"""What goes from task to task, and what tasks are told."""

from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class GivenChunk(BaseModel):
    document: str
    place: int
    content: str
    notes: dict[str, str] = Field(default_factory=dict)


class ChunkWithVector(GivenChunk):
    vector: list[float]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CHUNKS_")

    input: str = "in"
    output: str = "out"
    database: str = "postgresql+asyncpg://chunks:chunks@db/chunks"
    model: str = "all-MiniLM-L6-v2"
    batch: int = 32
    neighbours: int = 15
