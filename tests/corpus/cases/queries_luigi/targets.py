import os

from sqlalchemy import create_engine
from sqlalchemy.engine import URL

FOLDER = os.environ.get("QUERIES", "queries")
OUT = "out"

ENGINES = {
    "stock": create_engine("mssql+pymssql://reader@stock:1433/stock"),
    "sales": create_engine(URL.create("oracle+oracledb", username="reader", host="sales", database="sales")),
}
