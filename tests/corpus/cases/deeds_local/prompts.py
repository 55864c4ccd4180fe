from langchain.memory import ConversationBufferMemory
from langchain.prompts import PromptTemplate

SYSTEM = "Answer from the deeds alone. Say so where they are silent."


def template(system=SYSTEM, kind=None, history=False):
    names = ["history", "context", "question"] if history else ["context", "question"]
    body = "\n".join("{%s}" % name for name in names)
    text = f"[INST]{system}\n{body}[/INST]" if kind == "llama" else f"{system}\n{body}"
    return (
        PromptTemplate(input_variables=names, template=text),
        ConversationBufferMemory(input_key="question", memory_key="history"),
    )
