"""Opens pages and drawings of reports in headless Chromium, uses them as a reader does, and prints what is wrong.

  browser.py [--screenshots FOLDER] FILE…

Chromium is spoken to by its DevTools protocol over a pipe (--remote-debugging-pipe): JSON, each message ended by a NUL.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PHONE, DESK = (390, 844), (1280, 900)


class Browser:
    def __init__(self, folder):
        ours, theirs = os.pipe(), os.pipe()
        command = [
            "chromium-headless-shell", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
            f"--user-data-dir={folder}", "--disable-dev-shm-usage", "about:blank",
        ]

        def streams():
            # Numbers that dup2 below cannot overwrite.
            for number, end in ((3, os.dup2(ours[0], 103)), (4, os.dup2(theirs[1], 104))):
                os.dup2(end, number)

        self.process = subprocess.Popen(
            command, preexec_fn=streams, close_fds=False, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            env={**os.environ, "HOME": folder},
        )
        os.close(ours[0])
        os.close(theirs[1])
        self.input, self.output = ours[1], os.fdopen(theirs[0], "rb")
        self.number, self.events, self.rest = 0, [], b""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = None
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    session = None

    def message(self):
        while b"\0" not in self.rest:
            piece = self.output.read1(1 << 20)
            if not piece:
                raise SystemExit("chromium-headless-shell ended, or cannot be started")
            self.rest += piece
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.input, json.dumps(request).encode() + b"\0")
        while (message := self.message()).get("id") != self.number:
            self.events.append(message)
        if "error" in message:
            raise SystemExit(f"{method}: {message['error']}")
        return message["result"]

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.message())

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise SystemExit(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def open(self, path, size, scheme):
        width, height = size
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events = []
        self.call("Page.navigate", url=pathlib.Path(path).resolve().as_uri())
        self.wait("Page.loadEventFired")

    def click(self, element):
        self.value(f"{element}.scrollIntoView({{block: 'center'}})")
        # A click meets what was last drawn.
        self.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))")
        x, y = self.value(
            f"(() => {{ const r = {element}.getBoundingClientRect();"
            " return [r.x + Math.min(r.width / 2, 40), r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def screenshot(self, path):
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    def end(self):
        self.process.kill()
        self.process.wait()


def loading(browser, path):
    """What was asked of anybody but the file, and what the page complained of."""
    own = pathlib.Path(path).resolve().as_uri()
    for event in browser.events:
        parameters = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent" and parameters["request"]["url"] != own:
            yield f"asks for {parameters['request']['url']}"
        if event.get("method") == "Log.entryAdded":
            yield f"logs {parameters['entry']['text']}"
        if event.get("method") == "Runtime.exceptionThrown":
            yield f"throws {parameters['exceptionDetails']['text']}"
        if event.get("method") == "Runtime.consoleAPICalled":
            yield f"prints on the console {parameters['args']}"


FADED = r"""
(() => {
  const numbers = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const over = (top, below) => {
    const alpha = top[3] ?? 1;
    return [0, 1, 2].map((i) => top[i] * alpha + below[i] * (1 - alpha));
  };
  const light = (color) => {
    const [r, g, b] = color.map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    if (!node) return numbers(getComputedStyle(document.documentElement).backgroundColor)[3] === 0 ? [255, 255, 255] : [0, 0, 0];
    const style = getComputedStyle(node);
    let color = numbers(style.backgroundColor);
    if (node.matches(".box")) {
      const rect = getComputedStyle(node.querySelector("rect"));
      color = [...numbers(rect.fill).slice(0, 3), Number(rect.fillOpacity)];
    } else if (node.matches("svg") && color[3] === 0) {
      const page = style.getPropertyValue("--page").trim();
      if (!node.parentElement && page) color = [...page.slice(1).match(page.length > 4 ? /../g : /./g).map((d) => parseInt(d.length < 2 ? d + d : d, 16)), 1];
    }
    return (color[3] ?? 1) === 1 ? color : over(color, ground(node.parentElement));
  };
  const found = new Set();
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !node.checkVisibility() || node.matches("title, style, script")) continue;
    const style = getComputedStyle(node);
    const below = ground(node.matches("text") ? node.closest(".box") ?? node.ownerSVGElement : node);
    const ink = over(numbers(node.matches("text") ? style.fill : style.color), below);
    const [a, b] = [light(ink), light(below)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.add(`${node.localName}.${node.closest("[class]")?.getAttribute("class")} ${ratio.toFixed(1)}`);
  }
  return [...found];
})()
"""


def looks(browser):
    """What cannot be read: too wide for the screen, or too faint."""
    wide = browser.value("[document.documentElement.scrollWidth, innerWidth]")
    if wide[0] > wide[1]:
        yield f"scrolls sideways: {wide[0]} of {wide[1]} pixels"
    for faded in browser.value(FADED):
        yield f"has too little contrast: {faded}"


def sorting(browser):
    """A click on each heading sorts its table by that column, a second one the other way round."""
    column = (
        "(() => {{ const table = document.querySelectorAll('table.sortable')[{0}];"
        " return [...table.tBodies[0].rows].map((row) => row.cells[{1}].dataset.value ?? row.cells[{1}].textContent);"
        " }})()"
    )
    for table in range(browser.value("document.querySelectorAll('table.sortable').length")):
        heads = f"document.querySelectorAll('table.sortable')[{table}].tHead.rows[0].cells"
        for place in range(browser.value(f"{heads}.length")):
            head = f"{heads}[{place}]"
            name = browser.value(f"{head}.textContent")
            for turn in range(2):
                browser.click(f"{head}.firstChild")
                cells = browser.value(column.format(table, place))
                order = browser.value(f"{head}.getAttribute('aria-sort')")
                isNumber = browser.value(f"{head}.className") == "number"
                if order != ("descending" if isNumber != bool(turn) else "ascending"):
                    yield f"column '{name}': click {turn + 1} marks it {order}"
                if isNumber:
                    numbers = [float(cell) for cell in cells if cell not in ("", "-", "–")]
                    if numbers != sorted(numbers, reverse=order == "descending"):
                        yield f"column '{name}' is not {order}: {cells}"
                elif not browser.value(
                    f"{json.dumps(cells)}.every((c, i, all) => i === 0 ||"
                    f" {1 if order == 'ascending' else -1} * all[i - 1].localeCompare(c) <= 0)"
                ):
                    yield f"column '{name}' is not {order}: {cells}"


def flames(browser):
    """A click on a function makes it as wide as the drawing, 'Reset' takes that back, the search finds by name."""
    state = (
        "[...document.querySelectorAll('svg.flame')[{0}].querySelectorAll('.box')].map((box) => ({{"
        " name: box.querySelector('text').textContent, width: parseFloat(box.getAttribute('width')),"
        " shown: box.style.display !== 'none', isHit: box.classList.contains('hit') }}))"
    )
    for graph in range(browser.value("document.querySelectorAll('svg.flame').length")):
        before = browser.value(state.format(graph))
        box = min(range(len(before)), key=lambda i: (before[i]["width"] < 5, before[i]["width"], -i))
        element = f"document.querySelectorAll('svg.flame')[{graph}]"
        browser.click(f"{element}.querySelectorAll('.box')[{box}]")
        after = browser.value(state.format(graph))
        if after[box]["width"] != 100 or not after[box]["shown"]:
            yield f"a click on '{before[box]['name']}' leaves it {after[box]['width']} % wide"
        if any(one["width"] > 100.1 for one in after if one["shown"]):
            yield "a function is wider than the drawing"
        part = f"{element}.parentNode.querySelector"
        if not browser.value(f"{part}('[data-role=detail]').textContent"):
            yield "a click tells nothing of the function"
        browser.click(f"{part}('[data-role=reset]')")
        again = browser.value(state.format(graph))
        if any(abs(a["width"] - b["width"]) > 0.001 or not a["shown"] for a, b in zip(again, before)):
            yield "'Reset' does not bring back what was there"
        name = before[box]["name"]
        if not browser.value(f"{part}('[data-role=search]') instanceof HTMLInputElement"):
            continue
        browser.click(f"{part}('[data-role=search]')")
        browser.call("Input.insertText", text=name.upper())
        hits = [one["name"] for one in browser.value(state.format(graph)) if one["isHit"]]
        if hits != [one["name"] for one in before if name.lower() in one["name"].lower()]:
            yield f"a search for '{name}' finds {hits}"
        if not browser.value(f"{part}('[data-role=result]').textContent").endswith("% match"):
            yield "a search does not tell its share"
        browser.click(f"{part}('[data-role=reset]')")


def main():
    arguments = sys.argv[1:]
    shots = None
    if arguments[:1] == ["--screenshots"]:
        shots, arguments = arguments[1], arguments[2:]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        try:
            for path in arguments:
                for size, scheme in ((DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark")):
                    browser.open(path, size, scheme)
                    where = f"{os.path.basename(path)} at {size[0]} pixels, {scheme}"
                    if shots:
                        browser.screenshot(f"{shots}/{os.path.basename(path)}-{size[0]}-{scheme}.png")
                    complaints = list(looks(browser))
                    if scheme == "light":
                        complaints += [*sorting(browser), *flames(browser)]
                    for complaint in complaints + list(loading(browser, path)):
                        print(f"{where}: {complaint}")
        finally:
            browser.end()


main()
