"""Claims come as encrypted files of fixed width; they go to the warehouse, and a report to the office."""
import csv
import io
import os
from contextlib import contextmanager
from decimal import Decimal

import gnupg
import numpy as np
import pandas as pd
import paramiko
import sqlalchemy as sa
from cryptography.fernet import Fernet
from lxml import etree
from openpyxl.styles import Font
from pandera import Check, Column, DataFrameSchema

LAYOUT = {"claim": 10, "member": 8, "amount": 12, "code": 5}
SCHEMA = DataFrameSchema({"claim": Column(str, unique=True), "amount": Column(float, Check.ge(0)), "code": Column(str)})
ENGINE = sa.create_engine(
    "mssql+pyodbc://@warehouse/claims?driver=ODBC+Driver+18+for+SQL+Server", fast_executemany=True
)
codes = sa.Table("codes", sa.MetaData(), sa.Column("code", sa.String(5)), sa.Column("name", sa.String))


@contextmanager
def server():
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    client.connect(os.environ["SFTP_HOST"], username="claims")
    try:
        yield client.open_sftp()
    finally:
        client.close()


def pulled(folder="/out"):
    with server() as sftp:
        return {name: sftp.open(f"{folder}/{name}").read() for name in sftp.listdir(folder) if name.endswith(".pgp")}


def opened(content, home="~/.gnupg"):
    found = gnupg.GPG(gnupghome=os.path.expanduser(home)).decrypt(content)
    if not found.ok:
        raise ValueError(found.status)
    return str(found)


def parsed(text):
    rows = pd.read_fwf(io.StringIO(text), widths=list(LAYOUT.values()), names=list(LAYOUT), dtype=str)
    rows["amount"] = rows["amount"].astype(float) / 100
    return rows


def checked(rows):
    return SCHEMA.validate(rows, lazy=True)


def named(rows):
    with ENGINE.connect() as connection:
        table = pd.DataFrame(connection.execute(sa.select(codes)).fetchall(), columns=["code", "name"])
    return rows.merge(table, how="left", on="code")


def hidden(rows, key):
    box = Fernet(key)
    rows["member"] = [box.encrypt(one.encode()).decode() for one in rows["member"]]
    return rows


def outliers(rows, limit=3.0):
    amounts = rows["amount"].to_numpy()
    return rows[np.abs(amounts - amounts.mean()) > limit * amounts.std()]


def stored(rows):
    rows.to_sql("claims", ENGINE, if_exists="append", index=False, chunksize=1000)


def report(rows, path):
    with pd.ExcelWriter(path) as writer:
        rows.to_excel(writer, sheet_name="claims", index=False)
        for cell in writer.sheets["claims"][1]:
            cell.font = Font(bold=True)


def receipt(rows):
    root = etree.Element("receipt", count=str(len(rows)))
    for claim, amount in zip(rows["claim"], rows["amount"]):
        etree.SubElement(root, "claim", id=claim).text = f"{amount:.2f}"
    return etree.tostring(root)


def total(amounts):
    return sum((Decimal(str(one)) for one in amounts), Decimal(0))


def listing(claims):
    out = io.StringIO()
    csv.writer(out).writerows([one] for one in claims)
    return out.getvalue()


def main():
    for content in pulled().values():
        rows = named(checked(parsed(opened(content))))
        stored(hidden(rows, os.environ["KEY"]))
        report(outliers(rows), "outliers.xlsx")
        receipt(rows)
        print(total(rows["amount"].tolist()), listing(rows["claim"].tolist()))


if __name__ == "__main__":
    main()
