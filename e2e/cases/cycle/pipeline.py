import ops0


@ops0.step
def make_egg(hen: str) -> str:
    return hen + " lays an egg"


@ops0.step
def make_hen(egg: str) -> str:
    return egg + " becomes a hen"
