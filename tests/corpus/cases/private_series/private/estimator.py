from typing import Any

from gluonts.dataset.loader import TrainDataLoader
from gluonts.torch.model.estimator import PyTorchLightningEstimator
from opacus.accountants import RDPAccountant


class PrivateEstimator(PyTorchLightningEstimator):
    def __init__(self, mode: str, instances: int, use_private: bool, trainer_kwargs: dict, *, noise: None | dict[str, Any] = None) -> None:
        super().__init__(trainer_kwargs=trainer_kwargs)
        self.mode, self.instances, self.use_private = mode, instances, use_private
        self.noise = noise or {"noise_multiplier": 1.0, "max_grad_norm": 1.0, "expected_batch_size": 32}
        self.accountant = RDPAccountant()

    def spent(self, delta: float) -> float:
        return self.accountant.get_epsilon(delta=delta)
