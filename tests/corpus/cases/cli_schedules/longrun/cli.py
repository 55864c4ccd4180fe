from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from lightning import LightningModule as ModuleBase, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint as CheckpointBase
from lightning.pytorch.cli import LightningCLI as CLIBase, SaveConfigCallback as SaveBase
from lightning.pytorch.loggers import WandbLogger
from lightning_utilities.core.rank_zero import rank_zero_only
from timm.scheduler.scheduler import Scheduler as TimmScheduler
from torch.optim import Optimizer

from longrun.optim import optimizer_of, schedule_of
from longrun.types import ScheduleConfig


class Module(ModuleBase):
    optimizer: Mapping
    schedule: ScheduleConfig

    @cached_property
    def folder(self) -> Path:
        logger: WandbLogger = self.logger
        folder = None
        if self.trainer.is_global_zero:
            folder = Path(logger.save_dir) / logger.experiment.name
        return self.trainer.strategy.broadcast(folder)

    def configure_optimizers(self):
        optimizer = optimizer_of(self, self.optimizer)
        return {"optimizer": optimizer, "lr_scheduler": vars(schedule_of(optimizer, self.schedule, self.trainer.max_steps))}

    def on_fit_start(self) -> None:
        if self.trainer.is_global_zero:
            (self.folder / "network.txt").write_text(repr(self))

    def lr_scheduler_step(self, scheduler: TimmScheduler, metric=None):
        scheduler.step_update(self.global_step + 1, metric)


class SaveConfig(SaveBase):
    @rank_zero_only
    def setup(self, trainer: Trainer, model: Module, *args, **kwargs):
        folder = model.folder
        folder.mkdir(parents=True, exist_ok=True)
        self.parser.save(self.config, folder / "run.yaml", overwrite=self.overwrite)


class Checkpoint(CheckpointBase):
    def _kept_in(self, trainer):
        model: Module = trainer.model
        return model.folder / "weights"


class CLI(CLIBase):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, model_class=Module, save_config_callback=SaveConfig, subclass_mode_model=True, auto_configure_optimizers=False, **kwargs)

    def add_arguments_to_parser(self, parser) -> None:
        parser.add_subclass_arguments(Optimizer, "optimizer", instantiate=False, skip={"params"})
        parser.add_subclass_arguments(TimmScheduler, "scheduler", instantiate=False, skip={"optimizer"})
        parser.add_dataclass_arguments(ScheduleConfig, "schedule")

    def before_instantiate_classes(self):
        Path(self.config[self.subcommand].trainer.logger.init_args.save_dir).mkdir(exist_ok=True, parents=True)


def main():
    return CLI()


if __name__ == "__main__":
    main()
