from lakes.azure import AzureRetriever
from lakes.google import GoogleRetriever

KINDS = {"google": GoogleRetriever, "azure": AzureRetriever}


def retriever(kind, root, folder, account=None):
    if kind not in KINDS:
        raise ValueError(f"no such lake: {kind}")
    return KINDS[kind](root, folder, account)


def columns_of(kind, root, folder):
    return retriever(kind, root, folder).names()
