"""What is asked of letters, and from when on."""
from dlt.common import pendulum

QUESTIONS = {
    "sender": "Who wrote this letter? A name only.",
    "due": "By which day must it be paid? As YYYY-MM-DD.",
    "amount": "Which sum is asked for?",
}
FIRST_DAY = pendulum.datetime(2024, 1, 1)
FOLDER = "letters_in"
SENDERS = ()
