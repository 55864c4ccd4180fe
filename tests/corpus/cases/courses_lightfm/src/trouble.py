import sys


def described(error, detail: sys):
    _, _, trace = detail.exc_info()
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}: {error}"


class AdviceTrouble(Exception):
    def __init__(self, error, detail: sys):
        super().__init__(error)
        self.text = described(error, detail)

    def __str__(self):
        return self.text
