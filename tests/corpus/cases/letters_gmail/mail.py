import asyncio
import base64
import os.path

from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import InstalledAppFlow
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from data.settings import MOST, PAUSE

SCOPES = ["https://www.googleapis.com/auth/gmail.readonly"]
CLIENT = "data/client.json"
TOKEN = "data/token.json"


def logged_in():
    who = None
    if os.path.exists(TOKEN):
        who = Credentials.from_authorized_user_file(TOKEN, SCOPES)
    if not who or not who.valid:
        if who and who.expired and who.refresh_token:
            who.refresh(Request())
        else:
            who = InstalledAppFlow.from_client_secrets_file(CLIENT, SCOPES).run_local_server(port=0)
        with open(TOKEN, "w") as file:
            file.write(who.to_json())
    return who


def read(who, address, use):
    try:
        gmail = build("gmail", "v1", credentials=who)
        found = gmail.users().messages().list(userId="me", q=f"to:{address}", maxResults=5).execute()
        for message in found.get("messages", []):
            whole = gmail.users().messages().get(userId="me", id=message["id"], format="full").execute()
            body = whole["payload"]["body"].get("data", "")
            if body:
                return use(base64.urlsafe_b64decode(body.encode("ascii")).decode("utf-8"))
    except HttpError:
        return None


def link_in(body: str) -> str | None:
    start = body.find("https://accounts.example.org/verify?key=")
    return body[start : body.find("</a>", start)] if start > 0 else None


async def link_for(address: str) -> str | None:
    who = logged_in()
    found = None
    tried = 0
    while found is None and tried < MOST:
        found = read(who, address, link_in)
        if found is None:
            await asyncio.sleep(PAUSE)
            tried += 1
    return found
