from langchain_huggingface import HuggingFaceEmbeddings


def vectors():
    return HuggingFaceEmbeddings(model_name="all-MiniLM-L6-v2")
