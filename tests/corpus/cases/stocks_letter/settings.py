from decouple import config

SERVER = "mail.example.org"
SUBJECT = "Weekly letter"
WATCHED = ["AAA", "BBB"]
READERS = ["reader@example.org"]
USER = config("MAIL_USER", default="letters@example.org")
RISK_FREE = 0.02
