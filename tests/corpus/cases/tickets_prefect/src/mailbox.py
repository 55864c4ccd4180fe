import base64
import time
from typing import Any, Dict, List, Optional, Tuple

import msal
import requests
from prefect import get_run_logger

SCOPES = ["https://graph.microsoft.com/.default"]


class Mailbox:
    def __init__(self, tenant: str, client: str, secret: str, user: str):
        self.tenant = tenant
        self.client = client
        self.secret = secret
        self.base = f"https://graph.microsoft.com/v1.0/users/{user}"
        self._token: Optional[str] = None

    def _fetch_token(self) -> str:
        logger = get_run_logger()
        if not self._token:
            app = msal.ConfidentialClientApplication(
                self.client,
                authority=f"https://login.microsoftonline.com/{self.tenant}",
                client_credential=self.secret,
            )
            answer = app.acquire_token_for_client(scopes=SCOPES)
            if "access_token" not in answer:
                raise RuntimeError(answer.get("error_description"))
            self._token = answer["access_token"]
            logger.debug("a new token")
        return self._token

    def headers(self) -> dict:
        return {"Authorization": f"Bearer {self._fetch_token()}"}

    def search(self, query: str, top: int = 50) -> List[Dict[str, Any]]:
        url = f"{self.base}/messages"
        params = {"$search": query, "$top": top}
        found = []
        while url:
            answer = requests.get(url, headers=self.headers(), params=params)
            if answer.status_code == 429:
                time.sleep(int(answer.headers.get("Retry-After", 5)))
                continue
            answer.raise_for_status()
            page = answer.json()
            found.extend(page.get("value", []))
            url, params = page.get("@odata.nextLink"), None
        return found

    def attachment(self, message: str, ending: str) -> Tuple[bytes, str]:
        answer = requests.get(f"{self.base}/messages/{message}/attachments", headers=self.headers())
        answer.raise_for_status()
        for one in answer.json().get("value", []):
            if self._ending(one["name"]) == ending:
                return base64.b64decode(one["contentBytes"]), one["name"]
        raise ValueError(f"no {ending} in {message}")

    @staticmethod
    def _ending(name: str) -> str:
        return name[name.rfind(".") :].lower()
