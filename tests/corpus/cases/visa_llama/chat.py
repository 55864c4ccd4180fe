import os
import warnings

import streamlit as st
from dotenv import load_dotenv

warnings.filterwarnings("ignore", category=DeprecationWarning)

from llama_index.agent.openai import OpenAIAgent
from llama_index.core import StorageContext, SummaryIndex, load_index_from_storage
from llama_index.core.tools import QueryEngineTool, ToolMetadata
from llama_index.llms.openai import OpenAI

load_dotenv()

st.set_page_config(page_title="Papers", layout="wide")

KEY = os.getenv("OPENAI_API_KEY")
if not KEY:
    try:
        KEY = st.secrets["OPENAI_API_KEY"]
    except Exception:
        pass

if not KEY:
    st.error("no key")
    st.stop()

os.environ["OPENAI_API_KEY"] = KEY

MODEL = "gpt-4o-mini"
HERE = os.path.dirname(os.path.abspath(__file__))
STORE = os.path.join(HERE, "store")

st.title("Which papers do I need?")

if "messages" not in st.session_state:
    st.session_state.messages = []


@st.cache_resource
def helper():
    context = StorageContext.from_defaults(persist_dir=STORE)
    index = load_index_from_storage(context)
    summary = SummaryIndex.from_documents(index.docstore.docs.values())
    model = OpenAI(model=MODEL, temperature=0.1)
    tools = [
        QueryEngineTool(
            query_engine=index.as_query_engine(llm=model, similarity_top_k=3),
            metadata=ToolMetadata(name="details", description="Single questions about papers."),
        ),
        QueryEngineTool(
            query_engine=summary.as_query_engine(llm=model),
            metadata=ToolMetadata(name="overview", description="What there is at all."),
        ),
    ]
    return OpenAIAgent.from_tools(tools, llm=model, system_prompt="You know about papers.", verbose=False)


agent = helper()

for message in st.session_state.messages:
    with st.chat_message(message["role"]):
        st.markdown(message["content"])

if asked := st.chat_input("Your question"):
    st.session_state.messages.append({"role": "user", "content": asked})
    with st.chat_message("assistant"):
        place = st.empty()
        said = ""
        for piece in agent.stream_chat(asked).response_gen:
            said += piece
            place.markdown(said)
    st.session_state.messages.append({"role": "assistant", "content": said})
