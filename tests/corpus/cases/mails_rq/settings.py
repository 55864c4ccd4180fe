from decouple import config

REDIS_URL = config("REDIS_URL", default="redis://redis:6379/0")
DATABASE_URL = config("DATABASE_URL", default="postgresql://mails:mails@postgres/mails")
MODEL = config("MODEL", default="gemini-2.0-flash")
