import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    host: str = os.getenv("PG_HOST", "store")
    name: str = "fleet"
    day: str = "2025-02-01"

    @property
    def jdbc(self) -> str:
        return f"jdbc:postgresql://{self.host}:5432/{self.name}"


settings = Settings()
