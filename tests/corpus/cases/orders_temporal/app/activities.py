from __future__ import annotations

import logging
from pathlib import Path

from temporalio import activity
from temporalio.exceptions import ApplicationError

from app.parsing import Extractor, Parser
from app.schemas import Asked, Judged, Order, Parsed

logger = logging.getLogger(__name__)


def permanent(kind: str, error: object) -> ApplicationError:
    return ApplicationError(str(error), type=kind, non_retryable=True)


class Activities:
    def __init__(self, parser: Parser, store: Path) -> None:
        self.parser = parser
        self.store = store

    @activity.defn(name="parse")
    def parse(self, asked: Asked) -> str:
        path = Path(asked.path)
        if not path.exists():
            raise permanent("parse", f"missing: {path}")
        parsed, raw = self.parser.parse(path)
        parsed.document = asked.document
        target = self.store / f"{asked.document}.json"
        target.write_text(parsed.model_dump_json(indent=2))
        logger.info("%s: %d pages, %d", asked.document, parsed.pages, len(raw))
        return str(target)

    @activity.defn(name="extract")
    def extract(self, path: str) -> Order:
        parsed = Parsed.model_validate_json(Path(path).read_text())
        return Extractor().extract(parsed)

    @activity.defn(name="judge")
    def judge(self, order: Order) -> Judged:
        errors = [] if order.lines else ["no lines"]
        return Judged(valid=not errors, errors=errors)
