"""Trains a forest on flowers, after their measures were checked, and draws how it did."""

from metaflow import FlowSpec, card, step


class PetalsFlow(FlowSpec):
    @card
    @step
    def start(self):
        from sklearn import datasets
        from sklearn.model_selection import train_test_split

        self.flowers = datasets.load_iris()
        self.measures = self.flowers["data"]
        self.kinds = self.flowers["target"]
        self.names = self.flowers["target_names"]
        self.known, self.unseen, self.known_kinds, self.unseen_kinds = train_test_split(
            self.measures, self.kinds, test_size=0.25
        )
        self.next(self.check)

    @step
    def check(self):
        import great_expectations as gx
        import pandas as pd
        from great_expectations.core.batch import RuntimeBatchRequest
        from ruamel import yaml
        from sklearn import datasets

        context = gx.get_context()
        flowers = datasets.load_iris()
        frame = pd.DataFrame(data=flowers["data"], columns=flowers["feature_names"])
        frame["kind"] = flowers["target"]
        context.add_checkpoint(
            name="petals",
            config_version=1,
            class_name="SimpleCheckpoint",
            validations=[{"batch_request": {"datasource_name": "petals", "data_asset_name": "measures"}}],
        )
        context.run_checkpoint(
            checkpoint_name="petals",
            batch_request={"runtime_parameters": {"batch_data": frame}},
        )
        context.build_data_docs()
        self.next(self.forest)

    @step
    def forest(self):
        from sklearn.ensemble import RandomForestClassifier

        self.model = RandomForestClassifier(n_estimators=40, max_depth=5, random_state=7)
        self.next(self.train)

    @step
    def train(self):
        from sklearn.model_selection import cross_val_score

        self.model.fit(self.known, self.known_kinds)
        self.guessed = self.model.predict(self.unseen)
        self.chances = self.model.predict_proba(self.unseen)
        self.next(self.watch)

    @step
    def watch(self):
        import wandb

        wandb.init(project="petals", name="forest")
        wandb.sklearn.plot_class_proportions(self.known_kinds, self.unseen_kinds, self.names)
        wandb.sklearn.plot_learning_curve(self.model, self.known, self.known_kinds)
        wandb.sklearn.plot_roc(self.unseen_kinds, self.chances, self.names)
        wandb.sklearn.plot_feature_importances(self.model)
        wandb.finish()
        self.next(self.end)

    @step
    def end(self):
        print("all is drawn")


if __name__ == "__main__":
    PetalsFlow()
