import ops0


@ops0.step
@ops0.requires("alpha==1.0")
def only() -> str:
    return "alpha"
