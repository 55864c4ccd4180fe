import pendulum

ZONE = "Europe/Oslo"


def now():
    return pendulum.now(ZONE)


def weekday(day):
    return day.strftime("%A")
