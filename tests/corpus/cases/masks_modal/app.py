"""Guesses hidden amino acids with ESM, on Modal."""

import os
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import modal

GPU = os.environ.get("GPU", "T4")
VOLUME = modal.Volume.from_name("esm", create_if_missing=True)


def fetched():
    """Keeps the model in the image."""
    import esm

    esm.pretrained.esm2_t33_650M_UR50D()


image = (
    modal.Image.debian_slim(python_version="3.11")
    .apt_install("git")
    .pip_install("torch", "fair-esm", "pandas", "matplotlib", "biopython")
    .run_function(fetched, gpu=GPU)
)
app = modal.App("masks", image=image)

with image.imports():
    import esm
    import matplotlib.pyplot as plt
    import pandas as pd
    import torch
    from Bio import SeqIO


def sequences(path: str) -> list[tuple[str, str]]:
    return [(one.id, str(one.seq)) for one in SeqIO.parse(path, "fasta")]


@app.function(timeout=900, gpu=GPU, volumes={"/models": VOLUME})
def guessed(text: str, drawn: bool = False) -> list[tuple[str, bytes]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "in.fasta"
        path.write_text(text)
        model, alphabet = esm.pretrained.esm2_t33_650M_UR50D()
        model.eval()
        data = sequences(str(path))
        _, _, tokens = alphabet.get_batch_converter()(data)
        with torch.no_grad():
            found = model(tokens, repr_layers=[33], return_contacts=True)
        rows = []
        for number, (label, _) in enumerate(data):
            place = (tokens[number] == alphabet.mask_idx).nonzero(as_tuple=True)[0][0]
            chances = torch.nn.functional.softmax(found["logits"][number, place], dim=0)
            for chance, index in zip(*chances.sort(descending=True)):
                rows.append((label, alphabet.get_tok(index), round(float(chance), 4)))
            if drawn:
                plt.matshow(found["contacts"][number].cpu())
                plt.savefig(f"{folder}/{label}.png")
                plt.close()
        pd.DataFrame(rows, columns=["label", "acid", "chance"]).to_csv(f"{folder}/out.tsv", sep="\t", index=None)
        VOLUME.commit()
        return [(one.name, one.read_bytes()) for one in Path(folder).glob("*.*")]


@app.cls(image=image, gpu=GPU, scaledown_window=300)
class Embedder:
    name: str = modal.parameter(default="esm2_t33_650M_UR50D")

    @modal.enter()
    def load(self):
        self.model, self.alphabet = getattr(esm.pretrained, self.name)()
        self.model.eval().cuda()

    @modal.method()
    def vectors(self, given: list[tuple[str, str]]) -> list[list[float]]:
        _, _, tokens = self.alphabet.get_batch_converter()(given)
        with torch.no_grad():
            found = self.model(tokens.cuda(), repr_layers=[33])["representations"][33]
        return found.mean(dim=1).cpu().tolist()

    @modal.fastapi_endpoint(method="POST")
    def web(self, item: dict) -> dict:
        return {"vectors": self.vectors.local([("one", item["sequence"])])}


@app.local_entrypoint()
def main(path: str, drawn: bool = False, out: str = "./out"):
    today = datetime.now().strftime("%y%m%d")
    for name, content in guessed.remote(Path(path).read_text(), drawn):
        target = Path(out) / today / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    print(len(Embedder().vectors.remote([("one", "MKTAYIAK")])))
