import os

from dotenv import load_dotenv

load_dotenv("../.env")

ACCOUNT = os.environ.get("STORAGE", "bikes")
BRONZE = f"abfss://bronze@{ACCOUNT}.dfs.core.windows.net"
SILVER = "abfss://silver/trips"
OPTIONS = {"account_name": ACCOUNT, "use_azure_cli": "true"}
