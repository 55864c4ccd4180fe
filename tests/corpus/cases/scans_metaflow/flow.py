"""Fields out of reports on scans: by asking a model, and by one that is tuned."""

from metaflow import FlowSpec, card, current, pypi, step
from metaflow.cards import Image, Markdown


class ScansFlow(FlowSpec):
    @step
    def start(self):
        self.next(self.look)

    @card
    @step
    def look(self):
        from looking import as_bytes, cloud_of, lengths, loaded, pairs_of, whole, words_of

        self.reports, self.shape, self.head = loaded("data/scans.csv")
        current.card.append(Markdown(f"```\n{self.head.to_markdown()}\n```"))
        reports, dropped = whole(self.reports)
        for figure in lengths(reports):
            current.card.append(Image(src=as_bytes(figure)))
        current.card.append(Markdown(f"{words_of(reports)} {dropped}"))
        pairs, figure = pairs_of(reports)
        current.card.append(Image(src=as_bytes(figure)))
        current.card.append(Image(src=as_bytes(cloud_of(reports))))
        self.reports = reports
        self.next(self.ask, self.tune)

    @step
    def ask(self):
        import pandas as pd
        from transformers import AutoModelForCausalLM, AutoTokenizer

        some = self.reports[["text", "found"]].head(30)
        tokenizer = AutoTokenizer.from_pretrained("Qwen/Qwen1.5-0.5B-Chat")
        model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen1.5-0.5B-Chat")
        rows = []
        for text in self.reports["text"].iloc[31:50]:
            inputs = tokenizer(f"{some.to_string()}\n{text}", return_tensors="pt")
            rows.append(tokenizer.decode(model.generate(**inputs, max_new_tokens=200)[0]))
        self.asked = pd.DataFrame({"told": rows})
        self.next(self.join)

    @pypi(packages={"scikit-learn": "1.5.0"})
    @card
    @step
    def tune(self):
        from sklearn.linear_model import SGDClassifier
        from sklearn.metrics import classification_report
        from sklearn.pipeline import make_pipeline
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.model = make_pipeline(TfidfVectorizer(), SGDClassifier())
        self.model.fit(self.reports["text"], self.reports["found"])
        self.told = classification_report(self.reports["found"], self.model.predict(self.reports["text"]))
        current.card.append(Markdown(f"```\n{self.told}\n```"))
        self.next(self.join)

    @step
    def join(self, inputs):
        self.asked = inputs.ask.asked
        self.told = inputs.tune.told
        self.next(self.end)

    @step
    def end(self):
        print(self.asked.head(), self.told)


if __name__ == "__main__":
    ScansFlow()
