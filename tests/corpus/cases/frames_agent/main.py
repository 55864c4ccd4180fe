import os
from io import BytesIO

import jwt
import numpy as np
import pandas as pd
from dotenv import load_dotenv

load_dotenv()

from fastapi import Depends, FastAPI, File, HTTPException, UploadFile
from fastapi.encoders import jsonable_encoder
from fastapi.security import OAuth2PasswordBearer
from langchain_community.chat_models import ChatOpenAI
from langchain_experimental.agents import create_pandas_dataframe_agent

from drawing import figure_of

app = FastAPI()
llm = ChatOpenAI(temperature=0, model="gpt-4o")
scheme = OAuth2PasswordBearer(tokenUrl="token")
frames = {}


def user_of(token: str = Depends(scheme)):
    try:
        return jwt.decode(token, os.environ["SECRET"], algorithms=["RS256"])["sub"]
    except jwt.PyJWTError:
        raise HTTPException(status_code=401)


def loaded(content: BytesIO, name: str):
    if name.endswith(".csv"):
        return pd.read_csv(content, sep=None, engine="python")
    if name.endswith((".xls", ".xlsx")):
        return pd.read_excel(content)
    return pd.read_json(content)


def plain(value):
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return value


@app.post("/upload")
async def upload(file: UploadFile = File(...), user=Depends(user_of)):
    frame = loaded(BytesIO(await file.read()), file.filename)
    frames[user] = frame
    return {"columns": list(frame.columns), "rows": len(frame)}


def asked(frame, question):
    agent = create_pandas_dataframe_agent(llm, frame, verbose=True, allow_dangerous_code=True)
    return agent.run(question)


@app.post("/query")
async def query(data: dict, user=Depends(user_of)):
    frame = frames[user]
    if data.get("kind"):
        return {"figure": figure_of(frame, data["kind"], data["x"], data["y"]).to_json()}
    return jsonable_encoder(plain({"answer": asked(frame, data["query"])}))


@app.get("/")
def health():
    return {"status": "ok"}


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, host="0.0.0.0", port=8000)
