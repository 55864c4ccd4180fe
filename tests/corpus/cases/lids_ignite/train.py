"""Sorts pictures of lids into whole and broken, by Ignite; ClearML keeps the settings."""

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from clearml import Task
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.handlers import Checkpoint, EarlyStopping, global_step_from_engine
from ignite.handlers.tensorboard_logger import OutputHandler, TensorboardLogger
from ignite.handlers.tqdm_logger import ProgressBar
from ignite.metrics import ROC_AUC, Accuracy, Loss
from torch import nn
from torch.utils.data import DataLoader, random_split
from torchvision import datasets, transforms

task = Task.init(project_name="lids", task_name="sorting")
SETTINGS = task.connect({"epochs": 8, "batch": 64, "rate": 1e-3, "drop": 0.3})
KINDS = ("whole", "broken")


class Net(nn.Module):
    def __init__(self, channels=3):
        super().__init__()
        self.first = nn.Conv2d(channels, 16, 3)
        self.pool = nn.AdaptiveMaxPool2d(8)
        self.drop = nn.Dropout(SETTINGS["drop"])
        self.last = nn.Linear(16 * 64, len(KINDS))

    def forward(self, x):
        x = self.pool(F.relu(self.first(x)))
        return self.last(self.drop(x.flatten(1)))


def loaders(folder):
    steps = transforms.Compose([transforms.Resize((96, 96)), transforms.ToTensor()])
    whole = datasets.ImageFolder(folder, transform=steps)
    kept = int(len(whole) * 0.8)
    train, test = random_split(whole, [kept, len(whole) - kept])
    return DataLoader(train, batch_size=SETTINGS["batch"], shuffle=True), DataLoader(test, batch_size=256)


def second_score(output):
    guess, known = output
    return torch.softmax(guess, dim=1)[:, 1], known


def checked(model, loss, device):
    judges = {"accuracy": Accuracy(), "loss": Loss(loss), "auc": ROC_AUC(output_transform=second_score)}
    return create_supervised_evaluator(model, metrics=judges, device=device)


def draw(engine, logger):
    pictures, _ = engine.state.batch
    guess, known = engine.state.output
    figure, axes = plt.subplots(2, 2)
    for at, axis in enumerate(axes.flat):
        axis.imshow(transforms.ToPILImage()(pictures[at]))
        axis.set_title(f"{KINDS[guess[at].argmax()]} ({KINDS[known[at]]})")
    logger.writer.add_figure("guesses", figure, engine.state.epoch)


def run(folder):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    train, test = loaders(folder)
    model = Net().to(device)
    loss = nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=SETTINGS["rate"])
    trainer = create_supervised_trainer(model, optimizer, loss, device=device)
    evaluator = checked(model, loss, device)

    ProgressBar(persist=True).attach(trainer, output_transform=lambda x: {"loss": x})
    board = TensorboardLogger(log_dir="board")
    board.attach(
        evaluator,
        log_handler=OutputHandler("test", metric_names="all", global_step_transform=global_step_from_engine(trainer)),
        event_name=Events.EPOCH_COMPLETED,
    )

    @trainer.on(Events.EPOCH_COMPLETED)
    def test_it(engine):
        evaluator.run(test)
        print(engine.state.epoch, evaluator.state.metrics["auc"])

    @evaluator.on(Events.EPOCH_COMPLETED(once=1))
    def first_pictures(engine):
        draw(engine, board)

    keeper = Checkpoint({"model": model}, "kept", n_saved=2, score_name="auc")
    evaluator.add_event_handler(Events.COMPLETED, keeper)
    evaluator.add_event_handler(Events.COMPLETED, EarlyStopping(3, lambda e: e.state.metrics["auc"], trainer))
    trainer.run(train, max_epochs=SETTINGS["epochs"])
    board.close()
    torch.save(model.state_dict(), "lids.pt")
    print("task", task.id)


if __name__ == "__main__":
    run("pictures")
