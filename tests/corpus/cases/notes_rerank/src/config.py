from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    provider: str = "local"
    model: str = "BAAI/bge-small-en-v1.5"
    key: str = ""
    base: str = "https://models.example.org/v1"
    folder: str = "data/chroma"
    words: str = "data/words.pkl"
    judge: str = "local"

    model_config = SettingsConfigDict(env_file=".env")


settings = Settings()
