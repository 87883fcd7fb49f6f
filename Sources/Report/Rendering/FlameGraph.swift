/// Draws a profile's stacks as SVG: callers below, callees above, each as wide as what it stands for.
///
/// Places and widths are percentages, so that it fills what it stands in; a box is an `svg` element, which cuts its
/// own text off. `script` makes it zoom and search, but it can be read without.
struct FlameGraph: Sendable {
    private static let rowHeight = 17
    private static let colors: [StaticString] = ["m0", "m1", "m2", "m3", "m4", "m5"]

    private let tree: FlameTree
    private let profile: Profile
    /// The modules in the order in which they are met, which gives them their colours.
    private var modules: [String: Int] = [:]

    init(_ profile: Profile, frames: [StackFrame]) {
        self.profile = profile
        tree = FlameTree(profile, frames: frames)
        for box in tree.boxes {
            guard let module = box.module, modules[module] == nil else { continue }
            modules[module] = modules.count
        }
    }

    /// How high it is, in pixels.
    var height: Int { tree.depth * Self.rowHeight }

    /// What it shows, in words, and what it leaves out.
    var caption: String {
        let total = "\(ReportMessages.weight(tree.total, of: profile)) in all"
        guard tree.omittedCount > 0 else { return total }
        return
            "\(total); \(ReportMessages.records(tree.omittedCount, "function")) too narrow to be seen left out"
    }

    /// The drawing; `y` is where it begins in a larger one.
    func markup(y: Int = 0) -> Markup {
        .element(
            "svg",
            [
                "class": "flame", "y": "\(y)", "width": "100%", "height": "\(height)", "role": "img",
                "aria-label": "flame graph: \(profile.title)",
            ],
            [.lineEnd, tree.boxes.map(markup).lines])
    }

    private func markup(of box: FlameTree.Box) -> Markup {
        let module = box.module.map { box.name == "[\($0)]" ? "" : " (\($0))" } ?? ""
        let weight = ReportMessages.weight(box.weight, of: profile)
        let title = "\(box.name)\(module): \(weight), \(percent(box.weight, decimals: 1)) %"
        let y = (tree.depth - 1 - box.depth) * Self.rowHeight
        return .element(
            "svg",
            [
                "class": "box \(color(of: box))", "x": "\(percent(box.start, decimals: 4))%", "y": "\(y)",
                "width": "\(percent(box.weight, decimals: 4))%", "height": "\(Self.rowHeight)",
            ],
            [
                .element("title", text: title), .empty("rect", ["width": "100%", "height": "100%"]),
                .element("text", ["x": "4", "y": "12"], text: box.name),
            ])
    }

    /// The module's colour, in a shade that tells neighbours apart.
    private func color(of box: FlameTree.Box) -> String {
        guard let module = box.module, let number = modules[module] else { return "m" }
        return "\(Self.colors[number % Self.colors.count]) s\(StableHash.of(box.name) % 3)"
    }

    private func percent(_ weight: Int128, decimals: Int) -> String {
        Quantity.fixed(Double(weight) / Double(max(tree.total, 1)) * 100, decimals: decimals)
    }

    /// The colours; a page sets `--page` and `--ink`.
    static let style: StaticString = """
        .flame .box { cursor: pointer; }
        .flame .box rect { fill: #c9c9c9; stroke: var(--page); stroke-width: 1px; }
        .flame .m0 rect { fill: #f6b26b; }
        .flame .m1 rect { fill: #9fc5e8; }
        .flame .m2 rect { fill: #b6d7a8; }
        .flame .m3 rect { fill: #ffe08a; }
        .flame .m4 rect { fill: #dcb3cf; }
        .flame .m5 rect { fill: #bdb2e6; }
        .flame .s1 rect { fill-opacity: 0.82; }
        .flame .s2 rect { fill-opacity: 0.64; }
        .flame text { font: 12px system-ui, sans-serif; fill: var(--ink); pointer-events: none; white-space: pre; }
        .flame .caller { opacity: 0.5; }
        .flame .box:hover rect { stroke: var(--ink); }
        .flame .hit rect { fill: #ff5fa2; fill-opacity: 1; }
        @media (prefers-color-scheme: dark) {
          .flame .box rect { fill: #505050; }
          .flame .m0 rect { fill: #8a4d17; }
          .flame .m1 rect { fill: #2c5a80; }
          .flame .m2 rect { fill: #3f6a2c; }
          .flame .m3 rect { fill: #77610f; }
          .flame .m4 rect { fill: #743a63; }
          .flame .m5 rect { fill: #50448c; }
          .flame .hit rect { fill: #c2185b; }
        }

        """

    /// Lets every flame graph of the document zoom to a box, and find functions by a part of their names.
    ///
    /// Beside the drawing stand elements with `data-role`: `search` (an input, or a text that asks), `reset`,
    /// `result` and `detail`.
    static let script: StaticString = """
        "use strict";
        for (const graph of document.querySelectorAll("svg.flame")) {
          const part = (role) => graph.parentNode.querySelector(`[data-role=${role}]`);
          const say = (role, text) => { part(role).textContent = text; };
          const boxes = [...graph.querySelectorAll(".box")].map((node) => ({
            node,
            x: parseFloat(node.getAttribute("x")),
            width: parseFloat(node.getAttribute("width")),
            y: parseFloat(node.getAttribute("y")),
            name: node.querySelector("text").textContent.toLowerCase(),
            title: node.querySelector("title").textContent,
            label: node.querySelector("text"),
          }));
          // A name of which not even a few letters can be seen is not shown.
          const label = () => {
            const room = graph.getBoundingClientRect().width / 100;
            for (const box of boxes) {
              box.label.style.display = parseFloat(box.node.getAttribute("width")) * room < 24 ? "none" : "";
            }
          };
          label();
          addEventListener("resize", label);
          const place = (box, x, width) => {
            box.node.setAttribute("x", `${x}%`);
            box.node.setAttribute("width", `${width}%`);
          };
          const slack = 0.0005;
          const zoom = (target) => {
            const end = target.x + target.width;
            for (const box of boxes) {
              const isCaller = box.y > target.y && box.x <= target.x + slack && box.x + box.width >= end - slack;
              const isWithin = box.y <= target.y && box.x >= target.x - slack && box.x + box.width <= end + slack;
              box.node.style.display = isCaller || isWithin ? "" : "none";
              box.node.classList.toggle("caller", isCaller);
              if (isCaller) place(box, 0, 100);
              if (isWithin) place(box, ((box.x - target.x) / target.width) * 100, (box.width / target.width) * 100);
            }
            label();
          };
          const search = (text) => {
            const wanted = text.trim().toLowerCase();
            let end = 0;
            let share = 0;
            for (const box of [...boxes].sort((a, b) => a.x - b.x)) {
              const isHit = wanted !== "" && box.name.includes(wanted);
              box.node.classList.toggle("hit", isHit);
              if (!isHit) continue;
              // A part of the whole counts once, however many of its functions match.
              share += Math.max(box.x + box.width - Math.max(box.x, end), 0);
              end = Math.max(end, box.x + box.width);
            }
            say("result", wanted === "" ? "" : `${share.toFixed(1)} % match`);
          };
          for (const box of boxes) {
            box.node.addEventListener("click", () => { zoom(box); say("detail", box.title); });
            box.node.addEventListener("pointerenter", () => say("detail", box.title));
          }
          const input = part("search");
          if (input instanceof HTMLInputElement) {
            input.addEventListener("input", () => search(input.value));
          } else {
            input.addEventListener("click", () => search(prompt("Part of a function's name", "") ?? ""));
          }
          part("reset").addEventListener("click", () => {
            zoom(boxes[0]);
            if (input instanceof HTMLInputElement) input.value = "";
            search("");
            say("detail", "");
          });
        }

        """
}
