import json

from google import genai
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from sqlalchemy import text
from tenacity import retry, stop_after_attempt, wait_exponential

from settings import MODEL
from tools.counts import engine
from tools.logs import get_log

log = get_log(__name__)


def _gmail(credentials: str):
    return build("gmail", "v1", credentials=Credentials.from_authorized_user_info(json.loads(credentials)))


@retry(stop=stop_after_attempt(3), wait=wait_exponential(min=1, max=10))
def _asked(prompt: str) -> str:
    return genai.Client().models.generate_content(model=MODEL, contents=prompt).text


def sent(credentials: str, key: str, subject: str = "", content: str = "") -> dict:
    if not content:
        mail = _gmail(credentials).users().messages().get(userId="me", id=key).execute()
        content = mail.get("snippet", "")
    answer = _asked(f"Does this want an answer? {subject} {content}")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO sent (id, wants) VALUES (:id, :wants)"), {"id": key, "wants": answer})
    log.info("kept %s", key)
    return {"id": key, "wants": answer}
