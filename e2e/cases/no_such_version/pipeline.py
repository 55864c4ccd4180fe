import ops0


@ops0.step
@ops0.requires("alpha==7.0")
def only() -> str:
    return "alpha"
