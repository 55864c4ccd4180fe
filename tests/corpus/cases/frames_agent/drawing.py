import plotly.express as px
import plotly.io as pio


def figure_of(frame, kind, x, y):
    draw = {"bar": px.bar, "line": px.line, "trend": px.scatter}[kind]
    return draw(frame, x=x, y=y)


def trend(frame, x, y):
    return px.scatter(frame, x=x, y=y, trendline="ols")


def picture(figure):
    return pio.to_image(figure, format="png")
