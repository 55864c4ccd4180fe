from strenum import StrEnum


class Status(StrEnum):
    done = "done"
    failed = "failed"
