"""All steps of learning from cards."""

from zenml.pipelines import pipeline

from steps.learning import LearnParameters, check, export, fit, judge, loaders


@pipeline
def learning(loaders, check, fit, judge, export):
    fit.after(check)
    train_loader, test_loader, classes = loaders()
    check(train_loader, test_loader, classes)
    model = fit(train_loader=train_loader, test_loader=test_loader, classes=classes)
    judge(model=model, test_loader=test_loader, classes=classes)
    export(model=model)


def main():
    params = LearnParameters(root="cards", models="m", net="resnet", pretrained=True, rate=0.01, epochs=3, size=300, cutoff=0.5)
    learning(
        loaders=loaders(params), check=check(params), fit=fit(params), judge=judge(params), export=export(params)
    ).run()


if __name__ == "__main__":
    main()
