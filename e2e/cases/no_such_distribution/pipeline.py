import ops0


@ops0.step
@ops0.requires("qwertzuiop-numbers")
def only() -> str:
    return "numbers"
