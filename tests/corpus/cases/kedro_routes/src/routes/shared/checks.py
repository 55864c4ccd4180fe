import pandera.pandas as pa

stops_schema = pa.DataFrameSchema({"stop": pa.Column(str), "seats": pa.Column(int, pa.Check.ge(0))})
