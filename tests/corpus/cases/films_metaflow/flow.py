"""Says whether reviews of films are glad, and draws how the model sees them."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from datasets import load_dataset
from metaflow import FlowSpec, card, current, step
from metaflow.cards import Image, Markdown
from sklearn.manifold import TSNE
from sklearn.metrics import accuracy_score
from transformers import AutoTokenizer, pipeline


class FilmsFlow(FlowSpec):
    @step
    def start(self):
        found = load_dataset("imdb", split="test")
        frame = pd.DataFrame({"text": found["text"], "label": found["label"]})
        sad = frame[frame.label == 0].sample(250, random_state=42)
        glad = frame[frame.label == 1].sample(250, random_state=42)
        self.reviews = pd.concat([sad, glad]).reset_index(drop=True)
        self.next(self.load)

    @step
    def load(self):
        self.tokenizer = AutoTokenizer.from_pretrained("distilbert-base-uncased-finetuned-sst-2-english")
        self.said = pipeline(
            "sentiment-analysis", model="distilbert-base-uncased-finetuned-sst-2-english", tokenizer=self.tokenizer, device=-1
        )
        self.next(self.predict)

    @card
    @step
    def predict(self):
        texts = self.reviews.text.tolist()
        labels = self.reviews.label.tolist()
        guessed, vectors = [], []
        for text in texts:
            inputs = self.tokenizer(text[:512], return_tensors="pt", truncation=True, max_length=512)
            with torch.no_grad():
                outputs = self.said.model(**inputs, output_hidden_states=True)
            vectors.append(outputs.hidden_states[-2][0][0].numpy())
            guessed.append(1 if self.said(text[:512])[0]["label"] == "POSITIVE" else 0)
        self.right = accuracy_score(labels, guessed)
        current.card.append(Markdown(f"{self.right * 100:.2f} % right"))
        flat = TSNE(n_components=2, random_state=42, perplexity=30).fit_transform(np.vstack(vectors))
        figure, axes = plt.subplots(figsize=(10, 6))
        points = axes.scatter(flat[:, 0], flat[:, 1], c=labels, cmap="coolwarm", alpha=0.6)
        axes.add_artist(axes.legend(*points.legend_elements(), title="label"))
        picture = io.BytesIO()
        figure.savefig(picture, format="png")
        picture.seek(0)
        current.card.append(Markdown(f"![](data:image/png;base64,{base64.b64encode(picture.read()).decode()})"))
        plt.close(figure)
        self.next(self.end)

    @step
    def end(self):
        print(self.right)
        self.said.model.save_pretrained("films/")
        self.tokenizer.save_pretrained("films/")


if __name__ == "__main__":
    FilmsFlow()
