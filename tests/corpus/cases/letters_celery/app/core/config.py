from functools import lru_cache

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    database_url: str = "postgresql+psycopg://letters:letters@postgres:5432/letters"
    redis_url: str = "redis://redis:6379/0"
    minio: str = "minio:9000"
    minio_key: str = "minio"
    minio_secret: str = "minio123"
    bucket: str = "letters"
    most_at_once: int = 3
    openai_key: str = ""


@lru_cache
def get_settings() -> Settings:
    return Settings()
