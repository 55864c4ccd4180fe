import pandas as pd
import pyodbc


class Tolls:
    def __init__(self):
        self.server = "toll-01"
        self.text = f"DRIVER={{ODBC Driver 18 for SQL Server}};SERVER={self.server};DATABASE=tolls;Trusted_Connection=yes;"

    def _connection(self):
        try:
            connection = pyodbc.connect(self.text, timeout=5)
            connection.setdecoding(pyodbc.SQL_CHAR, encoding="utf-8")
            return connection
        except Exception as fault:
            print(fault)
            raise

    def works(self):
        try:
            self._connection().close()
            return True, "fine"
        except Exception as fault:
            return False, str(fault)

    def passed(self, plate, kind, fee):
        connection = None
        try:
            connection = self._connection()
            cursor = connection.cursor()
            cursor.execute("INSERT INTO log (plate, kind, fee) VALUES (?, ?, ?)", (plate, kind, fee))
            connection.commit()
            return True
        except Exception as fault:
            print(fault)
            if connection:
                connection.rollback()
            return False
        finally:
            if connection:
                connection.close()

    def _table(self, query):
        connection = self._connection()
        try:
            cursor = connection.cursor()
            cursor.execute(query)
            rows = [list(row) for row in cursor.fetchall()]
            return pd.DataFrame(rows, columns=[column[0] for column in cursor.description])
        finally:
            connection.close()

    def latest(self, most=100):
        return self._table(f"SELECT TOP {most} plate, kind, fee FROM log ORDER BY at DESC")

    def per_kind(self):
        return self.latest(10_000).groupby("kind")["fee"].sum()


tolls = Tolls()


def report(path):
    df = tolls.latest()
    df.to_excel(path, index=False)
    return len(df)


def share(part, whole):
    return f"{part / whole:.1%}" if whole else "-"
