"""Items of a list in SharePoint."""

import logging
from typing import Any

from msgraph.graph_service_client import GraphServiceClient

logger = logging.getLogger(__name__)

FIELDS: list[str] = ["Title", "Phase", "Lead0"]


async def items_of(client: GraphServiceClient, site: str, listed: str, fields: list[str] | None = None) -> list[dict[str, Any]]:
    url = f"https://graph.example.org/v1.0/sites/{site}/lists/{listed}/items?$expand=fields($select={','.join(fields or [])})"
    items = []
    while url:
        answer = await client.sites.with_url(url).get()
        items.extend(answer.value or [])
        url = answer.additional_data.get("@odata.nextLink")
    return [item.additional_data.get("fields", {}) for item in items]


def person_of(user: Any) -> tuple[str | None, str | None]:
    if isinstance(user, list) and user:
        user = user[0]
    if isinstance(user, dict):
        return user.get("LookupValue"), user.get("Email")
    return None, None


def plain(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = {"Phase": "phase"}
    found: list[dict[str, Any]] = []
    for item in items:
        name, mail = person_of(item.get("Lead0"))
        row = {names.get(key, key): value for key, value in item.items() if key != "Lead0"}
        found.append({**row, "lead": name, "mail": mail})
    return found
