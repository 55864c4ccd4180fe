import ops0


@ops0.step
@ops0.requires("alpha>=2")
def first() -> str:
    return "alpha, the new one"


@ops0.step
@ops0.requires("beta==1.0")
def second(first: str) -> str:
    return first + ", and beta, which wants the old one"
