import io
from datetime import datetime

import barcode
import qrcode
from barcode.writer import ImageWriter
from docx import Document
from openpyxl import Workbook
from openpyxl.drawing.image import Image as SheetImage
from reportlab.graphics import renderPM, renderPDF
from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.platypus import Image, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle
from svglib.svglib import svg2rlg


def styles():
    sheet = getSampleStyleSheet()
    title = ParagraphStyle("Title2", parent=sheet["Heading1"], fontSize=22, textColor=colors.HexColor("#1E3A8A"))
    return title, sheet["Normal"]


def code(number):
    one = qrcode.QRCode(version=1, box_size=3, border=1)
    one.add_data(f"https://clinic.example.org/{number}")
    one.make(fit=True)
    buffer = io.BytesIO()
    one.make_image(fill_color="black", back_color="white").save(buffer, format="PNG")
    buffer.seek(0)
    return buffer


def bars(number):
    buffer = io.BytesIO()
    barcode.get("code128", str(number), writer=ImageWriter()).write(buffer)
    return buffer


def rows_of(patient):
    return [[name, str(patient.get(name, ""))] for name in ("name", "born", "doctor")]


def letter_of(visit, patient):
    buffer = io.BytesIO()
    title, body = styles()
    story = [Paragraph("Clinic", title), Paragraph(datetime.now().strftime("%Y-%m-%d"), body), Spacer(1, 10)]
    table = Table(rows_of(patient), colWidths=[100, 400])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")]))
    story.extend([table, Image(code(visit["number"]), width=70, height=70)])
    SimpleDocTemplate(buffer, pagesize=letter).build(story)
    return buffer.getvalue()


def logo(path):
    drawing = svg2rlg(path)
    renderPDF.drawToFile(drawing, "logo.pdf")
    renderPM.drawToFile(drawing, "logo.png", fmt="PNG")


def workbook(patients, number):
    book = Workbook()
    sheet = book.active
    for patient in patients:
        sheet.append([value for _, value in rows_of(patient)])
    sheet.add_image(SheetImage(code(number)), "E2")
    book.save("patients.xlsx")


def paper(patient):
    document = Document()
    document.add_heading(patient["name"], 1)
    for name, value in rows_of(patient):
        document.add_paragraph(f"{name}: {value}")
    document.save("letter.docx")
