import logging

import httpx
from dagster import ConfigurableResource
from pydantic import Field, PrivateAttr

log = logging.getLogger(__name__)
KINDS = frozenset(["application/pdf", "text/html", "text/plain"])


def base_kind(kind: str) -> str:
    return kind.split(";", maxsplit=1)[0].strip().lower()


class Tika(ConfigurableResource[None]):
    base_url: str = Field(description="where the service is")
    token: str = Field(description="its key")
    timeout: int = Field(default=300)
    _kept: httpx.Client | None = PrivateAttr(default=None)

    @property
    def _client(self) -> httpx.Client:
        if self._kept is None:
            self._kept = httpx.Client(timeout=httpx.Timeout(self.timeout, connect=10))
        return self._kept

    def text(self, content: bytes, kind: str) -> str | None:
        if base_kind(kind) not in KINDS:
            log.debug("no text of %s", kind)
            return None
        answer = self._client.put(f"{self.base_url}/tika", content=content, headers={"X-Access-Token": self.token})
        answer.raise_for_status()
        return answer.text.strip() or None

    def supports(self, kind: str) -> bool:
        return base_kind(kind) in KINDS
