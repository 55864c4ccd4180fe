import os

import requests


def tell_channel(text, logger=None):
    hook = os.getenv("CHANNEL_HOOK")
    if not hook:
        if logger:
            logger.warning("no hook is set")
        return False
    answer = requests.post(hook, json={"type": "message", "text": text}, timeout=15)
    answer.raise_for_status()
    return True
