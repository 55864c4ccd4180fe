import time
import uuid
from typing import List, Optional

from pydantic import BaseModel, Field


class Profile(BaseModel):
    id: str = Field(default_factory=lambda: uuid.uuid4().hex)
    name: Optional[str] = None
    voice: List[float] = Field(default_factory=list)
    changed: float = Field(default_factory=time.time)
