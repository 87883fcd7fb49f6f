"""Says what is wrong with a page, a drawing or a table on standard input; nothing where nothing is.

  well-formed.py html|svg|csv
"""

import csv
import io
import re
import sys
import xml.etree.ElementTree
from html.parser import HTMLParser

VOID = {"meta", "input", "rect"}
TAGS = {
    "html", "head", "meta", "title", "style", "body", "main", "header", "h1", "h2", "p", "span", "dl", "dt", "dd",
    "section", "div", "table", "thead", "tbody", "tr", "th", "td", "button", "input", "output", "details", "summary",
    "pre", "ul", "li", "figure", "figcaption", "svg", "rect", "text", "script",
}
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "id", "style", "scope", "type", "data-value", "hidden",
    "data-role", "placeholder", "aria-label", "open", "role", "x", "y", "width", "height", "viewbox",
}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []
        self.scripts = 0

    def handle_starttag(self, tag, attributes):
        self.seen(tag, attributes)
        if tag not in VOID:
            self.open.append(tag)
        self.scripts += tag == "script"

    def handle_startendtag(self, tag, attributes):
        self.seen(tag, attributes)

    def seen(self, tag, attributes):
        if tag not in TAGS:
            print(f"element {tag}")
        for name, value in attributes:
            if name not in ATTRIBUTES:
                print(f"attribute {name} of {tag}")
            if name == "style" and not re.fullmatch(r"(--share|width): [0-9.]+%", value):
                print(f"style {value}")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            print(f"</{tag}> closes nothing")

    def handle_comment(self, comment):
        print(f"comment {comment}")


def html(text):
    page = Page()
    page.feed(text)
    page.close()
    if page.open or page.scripts != 1:
        print(f"open: {page.open}, scripts: {page.scripts}")
    if re.search(r"url\(|@import|fetch\(|XMLHttpRequest|import\(", text):
        print("reaches out")


def svg(text):
    root = xml.etree.ElementTree.fromstring(text)
    names = {element.tag.removeprefix("{http://www.w3.org/2000/svg}") for element in root.iter()}
    if not names <= {"svg", "title", "style", "rect", "text", "script"}:
        print(f"elements {names}")
    if sum(element.tag.endswith("}script") for element in root.iter()) != 1:
        print("scripts")


def table(text):
    rows = list(csv.reader(io.StringIO(text), strict=True))
    if len({len(row) for row in rows}) != 1 or rows[0][0] != "table":
        print("rows of different lengths")
    for row in rows:
        for cell in row:
            if re.match(r"[=+@]|-[^0-9]", cell):
                print(f"formula {cell}")


{"html": html, "svg": svg, "csv": table}[sys.argv[1]](sys.stdin.buffer.read().decode())
