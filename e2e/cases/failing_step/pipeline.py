import ops0


@ops0.step
def make_rows() -> list[int]:
    return []


def divide(rows: list[int]) -> float:
    total = sum(rows)
    return total / len(rows)


@ops0.step
def mean(rows: list[int]) -> float:
    return divide(rows)


@ops0.step
def report(mean: float) -> str:
    return f"the mean is {mean}"
