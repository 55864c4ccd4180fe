from functools import lru_cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[3]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")
    folder: Path = ROOT / "data"
    tracking: str = "sqlite:///mlflow.db"
    table: str = "s3://power/table"

    def weather(self) -> Path:
        return self.folder / "weather"


@lru_cache
def settings() -> Settings:
    return Settings()
