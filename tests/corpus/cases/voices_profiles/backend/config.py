import os

from dotenv import load_dotenv

load_dotenv()

VOICE_TOKEN = os.getenv("VOICE_TOKEN", "")
COLLECTION = "speakers"
