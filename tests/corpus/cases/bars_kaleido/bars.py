import json
import pathlib
import sys

import plotly.express as px
import plotly.graph_objects as go
import plotly.io as pio
from jinja2 import Environment, FileSystemLoader
from weasyprint import HTML

HERE = pathlib.Path(__file__).parent


def settings(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def series(rows, size):
    return [[row["values"][one] for row in rows] for one in range(size)]


def bars(said):
    figure = go.Figure()
    names = said["texts"]["names"]
    for one, values in enumerate(series(said["rows"], len(names))):
        figure.add_trace(go.Bar(x=[row["kind"] for row in said["rows"]], y=values, name=names[one], textposition="outside"))
    figure.update_layout(barmode="group", plot_bgcolor="white", title_text=said["texts"].get("title"))
    return figure


def trend(said):
    values = [row["values"][0] for row in said["rows"]]
    return px.scatter(x=list(range(len(values))), y=values, trendline="ols")


def drawn(figure, path):
    figure.write_image(path, scale=2)
    return path


def as_text(figure):
    return pio.to_html(figure, full_html=False)


def picture(figure):
    return pio.to_image(figure, format="svg").decode()


def report(said, path):
    page = Environment(loader=FileSystemLoader(HERE / "pages")).get_template("report.html")
    text = page.render(title=said["texts"]["title"], picture=picture(bars(said)), trend=as_text(trend(said)))
    HTML(string=text, base_url=str(HERE)).write_pdf(path)


def main():
    said = settings(pathlib.Path(sys.argv[1]))
    drawn(bars(said), "bars.png")
    report(said, "report.pdf")


if __name__ == "__main__":
    main()
