import json
import logging
import os
from datetime import datetime, time

from dotenv import load_dotenv
from langchain.agents import create_agent
from langchain_core.messages import HumanMessage
from langchain_groq import ChatGroq
from langchain_tavily import TavilySearch
from telegram import Update
from telegram.ext import ApplicationBuilder, CommandHandler, ContextTypes, MessageHandler, filters

load_dotenv()
logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)

model = ChatGroq(model="llama-3.3-70b-versatile", temperature=0.3)
search = TavilySearch(max_results=5, search_depth="advanced", topic="news")
PROMPT = "You write a small newspaper in HTML."
agent = create_agent(model=model, tools=[search], system_prompt=PROMPT)

FILE = "readers.json"


def readers() -> dict:
    if not os.path.exists(FILE):
        return {}
    with open(FILE) as file:
        return json.load(file)


def change(user: int, topic: str = None, at: str = None):
    rows = readers()
    key = str(user)
    if key not in rows or isinstance(rows[key], str):
        rows[key] = {"topic": rows.get(key, "Technology"), "time": "08:00"}
    if topic:
        rows[key]["topic"] = topic
    if at:
        rows[key]["time"] = at
    with open(FILE, "w") as file:
        json.dump(rows, file)


def plan(jobs, chat: int, at: str):
    for job in jobs.get_jobs_by_name(str(chat)):
        job.schedule_removal()
    try:
        hour, minute = map(int, at.split(":"))
        jobs.run_daily(send_daily, time(hour=hour, minute=minute), chat_id=chat, name=str(chat))
        logging.info(f"{chat} at {at}")
    except ValueError:
        logging.error(f"no time: {at}")


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE):
    await update.message.reply_text("<b>Welcome</b>", parse_mode="HTML")


async def set_topic(update: Update, context: ContextTypes.DEFAULT_TYPE):
    if not context.args:
        await update.message.reply_text("no topic")
        return
    user = update.message.chat_id
    change(user, topic=" ".join(context.args))
    plan(context.job_queue, user, readers()[str(user)]["time"])
    await update.message.reply_text("changed")


def asked(topic: str) -> str:
    today = datetime.now().strftime("%B %d, %Y")
    result = agent.invoke({"messages": [HumanMessage(content=f"News on {topic} of {today}")]})
    return result["messages"][-1].content


async def at_once(update: Update, context: ContextTypes.DEFAULT_TYPE):
    note = await update.message.reply_text("writing …")
    try:
        await note.edit_text(text=asked(update.message.text), parse_mode="HTML")
    except Exception as error:
        logging.error(f"no news: {error}")
        await note.edit_text("Sorry.")


async def send_daily(context: ContextTypes.DEFAULT_TYPE):
    chat = context.job.chat_id
    reader = readers().get(str(chat))
    if not reader:
        return
    await context.bot.send_message(chat_id=chat, text=asked(reader["topic"]), parse_mode="HTML")


if __name__ == "__main__":
    token = os.environ.get("TELEGRAM_TOKEN")
    if not token:
        raise SystemExit("no token")
    app = ApplicationBuilder().token(token).build()
    for chat, reader in readers().items():
        plan(app.job_queue, int(chat), reader.get("time", "08:00"))
    app.add_handler(CommandHandler("start", start))
    app.add_handler(CommandHandler("topic", set_topic))
    app.add_handler(MessageHandler(filters.TEXT & (~filters.COMMAND), at_once))
    app.run_polling()
