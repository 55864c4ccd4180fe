"""Finds livers in scans with MONAI's engines and handlers."""

import glob
import logging
import os
from pathlib import Path

import monai
import torch
from monai.data import CacheDataset, DataLoader, decollate_batch
from monai.engines import SupervisedEvaluator, SupervisedTrainer
from monai.handlers import (
    CheckpointSaver,
    MeanDice,
    StatsHandler,
    TensorBoardImageHandler,
    TensorBoardStatsHandler,
    ValidationHandler,
    from_engine,
)
from monai.inferers import SlidingWindowInferer, sliding_window_inference
from monai.losses import DiceCELoss
from monai.metrics import DiceMetric
from monai.networks.nets import SwinUNETR
from monai.transforms import (
    Activationsd,
    AsDiscreted,
    Compose,
    CropForegroundd,
    EnsureChannelFirstd,
    KeepLargestConnectedComponentd,
    LoadImaged,
    Orientationd,
    RandCropByPosNegLabeld,
    SaveImage,
    ScaleIntensityRanged,
    Spacingd,
)
from monai.visualize import plot_2d_or_3d_image
from torch.utils.tensorboard import SummaryWriter

KEYS = ["image", "label"]
log = logging.getLogger(__name__)


def pairs(folder):
    images = sorted(glob.glob(os.path.join(folder, "imagesTr", "*.nii.gz")))
    return [{"image": one, "label": one.replace("imagesTr", "labelsTr")} for one in images]


def steps(training):
    every = [
        LoadImaged(keys=KEYS),
        EnsureChannelFirstd(keys=KEYS),
        Orientationd(keys=KEYS, axcodes="RAS"),
        Spacingd(keys=KEYS, pixdim=(1.5, 1.5, 2.0), mode=("bilinear", "nearest")),
        ScaleIntensityRanged(keys=["image"], a_min=-175, a_max=250, b_min=0.0, b_max=1.0, clip=True),
        CropForegroundd(keys=KEYS, source_key="image"),
    ]
    if training:
        every.append(RandCropByPosNegLabeld(keys=KEYS, label_key="label", spatial_size=(96, 96, 96), num_samples=2))
    return Compose(every)


def loader(files, training):
    data = CacheDataset(data=files, transform=steps(training), cache_rate=0.5, num_workers=2)
    return DataLoader(data, batch_size=1, shuffle=training)


def after():
    return Compose(
        [
            Activationsd(keys="pred", softmax=True),
            AsDiscreted(keys=["pred", "label"], argmax=(True, False), to_onehot=2),
            KeepLargestConnectedComponentd(keys="pred", applied_labels=[1]),
        ]
    )


def net(device):
    return SwinUNETR(in_channels=1, out_channels=2, feature_size=24, use_checkpoint=True).to(device)


def evaluator(model, files, device, out):
    return SupervisedEvaluator(
        device=device,
        val_data_loader=loader(files, training=False),
        network=model,
        inferer=SlidingWindowInferer(roi_size=(96, 96, 96), sw_batch_size=4, overlap=0.5),
        postprocessing=after(),
        key_val_metric={"dice": MeanDice(include_background=False, output_transform=from_engine(["pred", "label"]))},
        val_handlers=[
            StatsHandler(name="judge", output_transform=lambda x: None),
            TensorBoardStatsHandler(log_dir=str(out), output_transform=lambda x: None),
            TensorBoardImageHandler(log_dir=str(out), batch_transform=from_engine(KEYS), output_transform=from_engine(["pred"])),
            CheckpointSaver(save_dir=str(out), save_dict={"model": model}, save_key_metric=True),
        ],
    )


def trained(folder, out, epochs=50):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    monai.utils.set_determinism(seed=3)
    files = pairs(folder)
    model = net(device)
    judge = evaluator(model, files[-9:], device, out)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    trainer = SupervisedTrainer(
        device=device,
        max_epochs=epochs,
        train_data_loader=loader(files[:-9], training=True),
        network=model,
        optimizer=optimizer,
        loss_function=DiceCELoss(to_onehot_y=True, softmax=True),
        amp=True,
        train_handlers=[ValidationHandler(validator=judge, interval=2, epoch_level=True)],
    )
    trainer.run()
    log.info("best %s at %s", judge.state.best_metric, judge.state.best_metric_epoch)
    return model


def looked_at(model, files, out):
    device = next(model.parameters()).device
    judge = DiceMetric(include_background=False)
    keep = SaveImage(output_dir=str(out), output_postfix="seg", separate_folder=False)
    writer = SummaryWriter(str(out / "looked"))
    with torch.no_grad():
        for step, batch in enumerate(loader(files, training=False)):
            guess = sliding_window_inference(batch["image"].to(device), (96, 96, 96), 4, model)
            plot_2d_or_3d_image(guess, step, writer, index=0, tag="guess")
            whole = [{"pred": p, "label": k} for p, k in zip(decollate_batch(guess), decollate_batch(batch["label"]))]
            done = [after()(one) for one in whole]
            judge(y_pred=[one["pred"] for one in done], y=[one["label"] for one in done])
            for one in done:
                keep(one["pred"])
    return judge.aggregate().item()


def main():
    model = trained("livers", Path("out"))
    print(looked_at(model, pairs("livers")[-3:], Path("out")))


if __name__ == "__main__":
    main()
