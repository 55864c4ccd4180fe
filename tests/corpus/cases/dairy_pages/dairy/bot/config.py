from functools import lru_cache

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")
    token: SecretStr = Field(default=SecretStr(""), alias="BOT_TOKEN")
    database_url: str = "sqlite+aiosqlite:///./dairy.db"
    redis_url: str = "redis://localhost:6379/0"
    level: str = "INFO"

    @field_validator("level")
    @classmethod
    def upper(cls, level: str) -> str:
        return level.upper()


@lru_cache
def settings() -> Settings:
    return Settings()
