from urllib.request import urlopen

from bs4 import BeautifulSoup as Soup
from flask import Flask, jsonify, render_template, request
from flask_cors import cross_origin
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from webdriver_manager.chrome import ChromeDriverManager

application = Flask(__name__)
app = application


def browser():
    options = webdriver.ChromeOptions()
    options.add_argument("--headless")
    return webdriver.Chrome(options=options, service=Service(ChromeDriverManager().install()))


def page_of(url):
    one = browser()
    one.get(url)
    one.execute_script("window.scrollTo(0,400)", "")
    return Soup(one.page_source, features="lxml")


def links(soup):
    found = soup.find("div", {"id": "contents"}).find_all("a", {"class": "thumb"})[:5]
    return ["https://videos.example.org" + str(one.get("href")) for one in found]


def titles(soup):
    return [str(one.get("title")) for one in soup.select("a.title")[:5]]


def feed(url):
    return [one.text for one in Soup(urlopen(url).read(), "xml").find_all("title")]


@app.route("/", methods=["GET"])
@cross_origin()
def home():
    return render_template("index.html")


@app.route("/scrape", methods=["POST", "GET"])
@cross_origin()
def scrape():
    if request.method != "POST":
        return render_template("index.html")
    soup = page_of(request.form["content"])
    rows = [{"link": link, "title": title} for link, title in zip(links(soup), titles(soup))]
    with open("videos.csv", "w") as file:
        file.writelines(f"{row}\n" for row in rows)
    return render_template("results.html", rows=rows)


@app.route("/feed")
@cross_origin()
def feeds():
    return jsonify(feed(request.args["url"]))


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=8000)
