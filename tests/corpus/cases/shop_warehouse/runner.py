class Runner:
    def __init__(self, source_class, target_class):
        self.source = source_class()
        self.target = target_class()

    def newest(self, table, field):
        return self.target.frame(f"select max({field}) from {table}").iloc[0, 0]

    def refill(self, name, table):
        rows = self.source.read(name)
        self.target.insert(rows, table)
        return len(rows)
