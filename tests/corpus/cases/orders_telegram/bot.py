import random
import sqlite3
import string

import pandas as pd
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

TOKEN = "0:none"
BOSS = 7

db = sqlite3.connect("orders.db", check_same_thread=False)
cursor = db.cursor()
cursor.execute("CREATE TABLE IF NOT EXISTS orders(id INTEGER PRIMARY KEY, who INTEGER, plan TEXT, state TEXT)")
db.commit()


def code():
    return "".join(random.choice(string.ascii_letters) for _ in range(6))


def menu():
    return InlineKeyboardMarkup([[InlineKeyboardButton(f"{n} days", callback_data=f"plan{n}")] for n in (7, 30)])


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE):
    await update.message.reply_text("Choose:", reply_markup=menu())


async def chosen(update: Update, context: ContextTypes.DEFAULT_TYPE):
    query = update.callback_query
    await query.answer()
    context.user_data["plan"] = query.data
    button = InlineKeyboardButton("paid", callback_data="paid")
    await query.edit_message_text(query.data, reply_markup=InlineKeyboardMarkup([[button]]))


async def paid(update: Update, context: ContextTypes.DEFAULT_TYPE):
    query = update.callback_query
    plan = context.user_data.get("plan", "?")
    cursor.execute("INSERT INTO orders (who, plan, state) VALUES (?, ?, ?)", (query.from_user.id, plan, "new"))
    db.commit()
    await context.bot.send_message(chat_id=BOSS, text=f"{plan}: {cursor.lastrowid}")


async def report(update: Update, context: ContextTypes.DEFAULT_TYPE):
    df = pd.read_sql_query("SELECT plan, state FROM orders", db)
    df.groupby(["plan", "state"]).size().to_frame("n").to_excel("orders.xlsx")
    await update.message.reply_document(open("orders.xlsx", "rb"))


def accepted(number):
    key = code()
    cursor.execute("UPDATE orders SET state=? WHERE id=?", (key, number))
    db.commit()
    return key


def main():
    app = Application.builder().token(TOKEN).build()
    app.add_handler(CommandHandler("start", start))
    app.add_handler(CommandHandler("report", report))
    app.add_handler(CallbackQueryHandler(chosen, pattern="^plan"))
    app.add_handler(CallbackQueryHandler(paid, pattern="^paid$"))
    app.run_polling()


if __name__ == "__main__":
    main()
