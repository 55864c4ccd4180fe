import ops0
import qwertzuiop_numbers


@ops0.step
def total() -> int:
    return qwertzuiop_numbers.total()
