import ops0


@ops0.step(name="rows")
def make_rows() -> list[int]:
    return [1, 2, 3]


@ops0.step(name="rows")
def read_rows() -> list[int]:
    return [4, 5, 6]
