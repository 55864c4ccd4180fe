import yake


class Words:
    def __init__(self, top=7, window=2):
        self.extractor = yake.KeywordExtractor(top=top, n=window)

    def of(self, text):
        return [word for word, _ in self.extractor.extract_keywords(text)]
