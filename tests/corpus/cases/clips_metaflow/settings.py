"""What a run is told, from a file of settings."""

from dataclasses import dataclass, field
from typing import List

from metaflow import IncludeFile
from omegaconf import OmegaConf


@dataclass
class StoreSettings:
    prefix: str = "models"
    version: str = "xl-1.0"
    force: bool = False


@dataclass
class PictureSettings:
    store: StoreSettings = field(default_factory=StoreSettings)
    prompts: List[str] = field(default_factory=list)
    count: int = 3
    seed: int = 7


@dataclass
class ClipSettings:
    picture: PictureSettings = field(default_factory=PictureSettings)
    frames: int = 25


class WithSettings:
    settings_file = IncludeFile("settings", default="./settings.yml", help="what to draw")

    def _settings(self) -> ClipSettings:
        given = OmegaConf.create(self.settings_file)
        return OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(ClipSettings), given))

    def told(self):
        from metaflow.cards import Markdown

        return [Markdown(f"```{OmegaConf.to_yaml(OmegaConf.create(self.settings_file))}```")]
