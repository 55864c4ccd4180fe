import io
import os
import smtplib
import subprocess
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pandas as pd
import qrcode
from babel.numbers import format_currency
from docxtpl import DocxTemplate, InlineImage
from docx.shared import Mm
from num2words import num2words
from pypdf import PdfReader, PdfWriter
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import SimpleDocTemplate, Table, TableStyle

pdfmetrics.registerFont(TTFont("Bold", "VeraBd.ttf"))
BOOK = os.getenv("BOOK", "lessons.xlsx")
STYLE = TableStyle([("GRID", (0, 1), (-1, -1), 1, colors.grey)])


def lessons(path=BOOK):
    sheet = openpyxl.load_workbook(path, data_only=True)["2024"]
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row)) for row in rows if row[0]]


def money(amount, currency="EUR"):
    return format_currency(amount, currency, locale="de_DE")


def in_words(amount):
    return num2words(round(amount, 2), lang="de", to="currency")


def bill(one, folder):
    target = Path(folder) / f"{one['parent']}-{date.today():%Y%m}.pdf"
    total = one["lessons"] * one["price"]
    rows = [["Invoice", one["number"]], ["Lessons", one["lessons"]], ["Total", money(total)], ["", in_words(total)]]
    table = Table(rows)
    table.setStyle(STYLE)
    SimpleDocTemplate(str(target), pagesize=A4).build([table])
    return target


def code(text):
    buffer = io.BytesIO()
    qrcode.make(text).save(buffer, format="PNG")
    buffer.seek(0)
    return buffer


def letter(one, template="letter.docx"):
    document = DocxTemplate(template)
    picture = InlineImage(document, code(one["number"]), width=Mm(30))
    document.render({**one, "code": picture})
    document.save(f"{one['number']}.docx")
    return f"{one['number']}.docx"


def as_pdf(path):
    subprocess.run(["soffice", "--headless", "--convert-to", "pdf", path], check=True)
    return Path(path).with_suffix(".pdf")


def bound(paths, target="all.pdf"):
    writer = PdfWriter()
    for path in paths:
        for page in PdfReader(path).pages:
            writer.add_page(page)
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(target)
    return target


def overview(rows, target="overview.xlsx"):
    with pd.ExcelWriter(target, engine="xlsxwriter") as writer:
        frame = pd.DataFrame(rows)
        frame.to_excel(writer, sheet_name="all", index=False)
        writer.sheets["all"].set_column(0, 4, 18)
    return target


def sent(path, to, host="localhost"):
    message = EmailMessage()
    message["To"] = to
    message.add_attachment(Path(path).read_bytes(), maintype="application", subtype="pdf")
    with smtplib.SMTP(host) as server:
        server.send_message(message)


def main():
    rows = lessons()
    bills = [bill(one, "bills") for one in rows]
    letters = [as_pdf(letter(one)) for one in rows]
    overview(rows)
    sent(bound(bills + letters), "office@example.org")


if __name__ == "__main__":
    main()
