from pydantic import BaseModel


class Job(BaseModel):
    id: str
    status: str
    note: str | None = None
