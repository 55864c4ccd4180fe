import pytorch_lightning as pl
import torch
import torchaudio
from torchaudio.datasets import SPEECHCOMMANDS
from torchaudio.pipelines import WAV2VEC2_ASR_BASE_960H
from torchaudio.transforms import MFCC


def to_mfcc(rate=8000):
    return MFCC(sample_rate=rate, n_mfcc=40, melkwargs={"n_fft": 512, "n_mels": 128, "mel_scale": "htk"})


def network():
    return WAV2VEC2_ASR_BASE_960H.get_model()


class Commands(pl.LightningDataModule):
    def __init__(self, folder="./", size=64, rate=None, change=None):
        super().__init__()
        self.folder = folder
        self.size = size
        self.rate = rate
        self.length = rate if rate is not None else 16000
        self.change = change
        self.labels = {name: number for number, name in enumerate(["yes", "no", "stop", "go"])}

    def collated(self):
        def collate(batch):
            waves, labels = [], []
            with torch.no_grad():
                for wave, _, label, _, _ in batch:
                    if self.rate is not None:
                        wave = torchaudio.transforms.Resample(16000, self.rate)(wave)
                    short = self.length - wave.shape[1]
                    if short > 0:
                        wave = torch.nn.functional.pad(wave, (0, short), mode="constant", value=0)
                    if self.change is not None:
                        wave = self.change(wave)
                    waves.append(wave)
                    labels.append(self.labels.get(label, len(self.labels)))
            return torch.stack(waves), torch.tensor(labels)

        return collate

    def prepare_data(self) -> None:
        super().prepare_data()
        self.train = SPEECHCOMMANDS(self.folder, url="speech_commands_v0.01", download=True, subset="training")
        self.test = SPEECHCOMMANDS(self.folder, url="speech_commands_v0.01", download=True, subset="testing")

    def setup(self, stage=None):
        return None

    def train_dataloader(self):
        return torch.utils.data.DataLoader(self.train, batch_size=self.size, collate_fn=self.collated())

    def test_dataloader(self):
        return torch.utils.data.DataLoader(self.test, batch_size=self.size, collate_fn=self.collated())


def shapes(commands, model):
    commands.prepare_data()
    for waves, _ in commands.test_dataloader():
        with torch.no_grad():
            return model.extract_features(waves[0])[0][0].shape


if __name__ == "__main__":
    print(shapes(Commands(change=to_mfcc()), network()))
