class Bronze:
    bucket = "bronze"

    def __init__(self, site: str, entity: str, year: str, month: str, day: str):
        self.base = f"{site}/{entity}/{year}/{month}/{day}"

    def prefix(self) -> str:
        return f"{self.base}/"

    def files(self) -> str:
        return f"s3://{self.bucket}/{self.base}/*.json.gz"


class Silver:
    bucket = "silver"

    def __init__(self, entity: str):
        self.entity = entity

    def table(self) -> str:
        return f"s3://{self.bucket}/{self.entity}"
