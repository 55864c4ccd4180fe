class Average:
    def __init__(self, size):
        self.size = size
        self.values = []
        self.value = 0.0

    def add(self, price):
        self.values = [*self.values, price][-self.size:]
        self.value = sum(self.values) / len(self.values)
