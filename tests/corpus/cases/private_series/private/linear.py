from gluonts.torch.model.d_linear import DLinearEstimator, DLinearLightningModule
from gluonts.transform.split import InstanceSplitter
from lightning import LightningModule
from opacus.grad_sample import GradSampleModule
from opacus.optimizers.optimizer import DPOptimizer

from .estimator import PrivateEstimator


class PrivateModule(DLinearLightningModule):
    def __init__(self, model_kwargs: dict, noise: dict, lr: float = 1e-3) -> None:
        super().__init__(model_kwargs=model_kwargs, lr=lr)
        self.noise = noise
        GradSampleModule(self.model)

    def configure_optimizers(self):
        return DPOptimizer(super().configure_optimizers(), **self.noise)


class PrivateLinear(PrivateEstimator, DLinearEstimator):
    def __init__(self, mode: str, instances: int, use_private: bool, *, noise: None | dict = None, **kwargs) -> None:
        if kwargs.get("train_sampler") is not None:
            raise ValueError("no samplers of your own")
        DLinearEstimator.__init__(self, **kwargs)
        PrivateEstimator.__init__(self, mode, instances, use_private, self.trainer_kwargs, noise=noise)

    def _create_instance_splitter(self, module: LightningModule, mode: str) -> InstanceSplitter:
        return DLinearEstimator._create_instance_splitter(self, module, mode)

    def create_lightning_module(self) -> LightningModule:
        if not self.use_private:
            return super().create_lightning_module()
        return PrivateModule({"prediction_length": self.prediction_length, "context_length": self.context_length}, self.noise, lr=self.lr)
