import pandas as pd
import psycopg2


def connect(name, host, port, user, password):
    link = psycopg2.connect(dbname=name, host=host, port=port, user=user, password=password)
    print("connected to", host)
    return link


def orders(name, host, port, user, password):
    link = connect(name, host, port, user, password)
    rows = pd.read_sql("SELECT o.invoice, o.price * o.amount AS value FROM shop.orders o", link)
    print("rows and columns:", rows.shape)
    return rows


def scalar(link, query):
    with link.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def count_orders(settings):
    return scalar(connect(**settings), "SELECT count(*) FROM shop.orders")
