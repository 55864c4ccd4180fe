import configparser


class Settings:
    def __init__(self):
        self.parser = configparser.ConfigParser()
        self.parser.read("settings.ini")

    def get(self, part, name):
        return self.parser.get(part, name)
