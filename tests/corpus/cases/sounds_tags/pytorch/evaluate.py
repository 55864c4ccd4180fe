from sklearn import metrics

from torching import forward


class Judge(object):
    def __init__(self, model):
        self.model = model

    def judged(self, loader):
        told = forward(model=self.model, batches=loader, with_target=True)
        precision = metrics.average_precision_score(told["target"], told["clip"], average=None)
        auc = metrics.roc_auc_score(told["target"], told["clip"], average=None)
        return {"precision": precision, "auc": auc}
