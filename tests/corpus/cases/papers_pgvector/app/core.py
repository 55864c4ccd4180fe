from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")
    embedder: str = "intfloat/e5"
    parser_key: str = ""
    database: str = "postgresql+psycopg://papers@db/papers"


settings = Settings()
