"""Pictures and clips by prompts, stored in a bucket."""

import os
import tempfile

from metaflow import FlowSpec, Parameter, card, current, kubernetes, project, step
from metaflow.cards import Image, Markdown

from settings import ClipSettings, WithSettings
from stores import ModelStore
from watching import watched


@project(name="clips")
class ClipsFlow(FlowSpec, WithSettings):
    random = Parameter("random", default=False, type=bool, help="other pictures each time")

    @property
    def settings(self) -> ClipSettings:
        return self._settings()

    def _store_pictures(self, drawn):
        with tempfile.TemporaryDirectory() as folder:
            for number, (pictures, prompt) in enumerate(drawn):
                for place, picture in enumerate(pictures):
                    picture.save(os.path.join(folder, f"{number}_{place}.png"))
                with open(os.path.join(folder, f"{number}.txt"), "w") as file:
                    file.write(prompt)
            store = ModelStore.of_path(current.pathspec)
            store.upload(folder, "pictures")
            return store.root

    @card(type="blank")
    @step
    def start(self):
        current.card.extend(self.told())
        wanted = self.settings.picture.store
        store = ModelStore.of_settings(wanted)
        if wanted.force or not store.holds(wanted.version):
            store.upload("./models", wanted.version)
        self.version = wanted.version
        self.next(self.draw)

    @watched(prefix="draw_")
    @kubernetes(gpu=1, memory=16000)
    @card(customize=True)
    @step
    def draw(self):
        from drawing import drawn

        seed = hash(current.pathspec) if self.random else self.settings.picture.seed
        with tempfile.TemporaryDirectory() as folder:
            ModelStore.of_settings(self.settings.picture.store).download(self.version, folder)
            found = drawn(folder, self.settings.picture.prompts, self.settings.picture.count, seed=seed)
        for pictures, prompt in found:
            current.card.extend([Markdown(f"## {prompt}")] + [Image.from_pil_image(one) for one in pictures])
        self.pictures = self._store_pictures(found)
        self.next(self.move)

    @kubernetes(gpu=1, memory=24000)
    @card
    @step
    def move(self):
        from drawing import clip

        self.clips = []
        with tempfile.TemporaryDirectory() as folder:
            ModelStore(self.pictures).download("pictures", folder)
            for name in os.listdir(folder):
                if name.endswith(".png"):
                    self.clips.append(clip("./checkpoints", os.path.join(folder, name), self.settings.frames))
        self.next(self.end)

    @step
    def end(self):
        print(len(self.clips))


if __name__ == "__main__":
    ClipsFlow()
