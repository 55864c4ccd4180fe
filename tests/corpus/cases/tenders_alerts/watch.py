import hashlib
import json
import math
import os
import re
import time
from datetime import datetime, timedelta
from functools import lru_cache

import requests
from playwright.sync_api import sync_playwright

FOLDER = os.getenv("FOLDER", "data")
SEEN = os.path.join(FOLDER, "seen.json")
TOKEN = os.getenv("BOT_TOKEN")
READERS = [{"name": "Ada", "chat": "7001", "wants": ["ALL"]}, {"name": "Ben", "chat": "7002", "wants": ["Data"]}]
WORDS = {"Data": ["archive", "statistic", "digital"], "Web": ["portal", "website", "hosting"]}
WHOLE = {"web", "data"}
NEVER = ["cleaning", "catering", "furniture"]


def say(text):
    print(f"[{datetime.now():%H:%M:%S}] {text}", flush=True)


@lru_cache(maxsize=1024)
def _pattern(word):
    if word in WHOLE:
        return re.compile(r"\b" + re.escape(word) + r"\b")
    return re.compile(r"\b" + re.escape(word))


def holds(word, text):
    return bool(_pattern(word).search(text))


def send(chat, text):
    if not TOKEN or not chat:
        return False
    try:
        answer = requests.post(
            f"https://api.telegram.org/bot{TOKEN}/sendMessage", data={"chat_id": chat, "text": text}, timeout=20
        )
        if answer.status_code >= 400:
            say(answer.text[:100])
            return False
        return True
    except Exception as error:
        say(error)
        return False


def notify(reader, text):
    if reader.get("chat"):
        send(reader["chat"], text)


def load_seen():
    os.makedirs(FOLDER, exist_ok=True)
    try:
        with open(SEEN) as file:
            return list(json.load(file))
    except Exception:
        return []


def save_seen(seen):
    with open(SEEN, "w") as file:
        json.dump(seen[-500:], file)


def score(text):
    lower = text.lower()
    if any(holds(word, lower) for word in NEVER):
        return 0, "never"
    best, kind = 0, ""
    for name, words in WORDS.items():
        found = [word for word in words if holds(word, lower)]
        if len(found) > best:
            best, kind = len(found), name
    return best, kind


def scan():
    seen = load_seen()
    waiting = []
    start = datetime.now()
    with sync_playwright() as play:
        browser = play.chromium.launch(headless=True, args=["--no-sandbox"])
        page = browser.new_context(locale="fr-FR").new_page()
        page.route("**/*.{png,css}", lambda route: route.abort())
        last, at = 1, 1
        while at <= last:
            page.goto(f"https://tenders.example/list?from={start:%Y-%m-%d}&until={start + timedelta(days=30):%Y-%m-%d}&page={at}")
            if at == 1:
                count = re.search(r"\d+", page.locator(".count").inner_text())
                last = math.ceil(int(count.group()) / 50) if count else 1
            cards = page.locator(".card")
            for i in range(cards.count()):
                text = cards.nth(i).inner_text()
                mark = hashlib.md5(text.encode()).hexdigest()
                points, kind = score(text)
                if mark in seen or not points:
                    continue
                link = cards.nth(i).locator("a").first.get_attribute("href")
                waiting.append((mark, kind, f"{text[:80]} {link}"))
            at += 1
        browser.close()
    for mark, kind, text in waiting:
        for reader in READERS:
            if "ALL" in reader["wants"] or kind in reader["wants"]:
                notify(reader, text)
        seen.append(mark)
    save_seen(seen)
    return True


def main():
    while True:
        time.sleep(14400 if scan() else 900)


if __name__ == "__main__":
    main()
