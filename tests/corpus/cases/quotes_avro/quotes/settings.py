from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    registry: str = "http://registry:8081"
    brokers: list[str] = ["broker:9092"]
    group: str = "quotes"
    db_host: str = "db"
    db_name: str = "quotes"

    @property
    def db_url(self) -> str:
        return f"postgresql+asyncpg://quotes@{self.db_host}/{self.db_name}"


settings = Settings()
