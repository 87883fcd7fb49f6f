/// What is the same in every HTML page: its looks, its script and what it forbids.
enum HTMLPage {
    /// No script but ours, by its digest, and nothing from anywhere.
    static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-\(scriptDigest)'; "
        + "base-uri 'none'; form-action 'none'"

    /// The SHA-256 of `script` in base 64; a test holds it against the script.
    private static let scriptDigest = "mgezXseiyvlPJGLiZhWbO46Ge4SVX6Eyyc4JdQ9qiyU="

    static let script: Markup = [.verbatim(FlameGraph.script), .verbatim(tableScript)]

    /// Sorts a table by the column whose heading is clicked: numbers the greatest first, texts the least, the other
    /// way round the second time.
    private static let tableScript: StaticString = """
        for (const tools of document.querySelectorAll(".tools")) tools.hidden = false;
        for (const table of document.querySelectorAll("table.sortable")) {
          const heads = [...table.tHead.rows[0].cells];
          const value = (row, column) => {
            const cell = row.cells[column];
            const number = cell.dataset.value;
            if (number === undefined) return cell.textContent;
            return /^-?\\d+$/.test(number) ? BigInt(number) : Number(number);
          };
          heads.forEach((head, column) => {
            head.firstChild.addEventListener("click", () => {
              const before = head.getAttribute("aria-sort");
              const first = head.className === "number" ? "descending" : "ascending";
              const order = before === null ? first : before === "ascending" ? "descending" : "ascending";
              for (const other of heads) other.removeAttribute("aria-sort");
              head.setAttribute("aria-sort", order);
              const sign = order === "ascending" ? 1 : -1;
              const rows = [...table.tBodies[0].rows].map((row) => ({ row, value: value(row, column) }));
              rows.sort((a, b) => {
                if (typeof a.value === "string" && typeof b.value === "string") {
                  return sign * a.value.localeCompare(b.value);
                }
                // What is no number stands behind the numbers.
                if (typeof a.value === "string") return 1;
                if (typeof b.value === "string") return -1;
                return a.value < b.value ? -sign : a.value > b.value ? sign : 0;
              });
              table.tBodies[0].append(...rows.map((entry) => entry.row));
            });
          });
        }

        """

    static let style: StaticString = """

        :root {
          color-scheme: light dark;
          --page: #fff; --ink: #1b1b1b; --quiet: #5c6370; --line: #d9dce1; --panel: #f5f6f8; --bar: #8db4f0;
          --link: #0b57d0; --good: #17692f; --warn: #8a5300; --bad: #b3261e;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #16181c; --ink: #e8e8e8; --quiet: #a2a9b4; --line: #3a3f47; --panel: #20242a; --bar: #4a78b5;
            --link: #8ab4f8; --good: #6dd58c; --warn: #f0b35a; --bad: #ff8a80;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
        main { max-width: 76rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
        h1 { font-size: 1.35rem; line-height: 1.3; margin: 0.5rem 0 1rem; }
        h2 { font-size: 1.05rem; margin: 2rem 0 0.5rem; }
        .grade { font-size: 0.85rem; padding: 0.1rem 0.6rem; border: 1px solid; border-radius: 1rem; white-space: nowrap; }
        .complete { color: var(--good); }
        .degraded { color: var(--warn); }
        .inconclusive { color: var(--bad); }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; margin: 0; }
        dl + .scroll { margin-top: 1rem; }
        section + header, header + header { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
        dt, .note, figcaption { color: var(--quiet); }
        dd { margin: 0; }
        .loss { color: var(--warn); font-weight: 600; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: 0.3rem 0.7rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
        .sortable td { min-width: 3rem; overflow-wrap: normal; }
        .sortable td.text { max-width: 40rem; overflow-wrap: anywhere; }
        .number { text-align: right; white-space: nowrap; }
        th { padding: 0; }
        th button { width: 100%; padding: 0.3rem 0.7rem; border: 0; background: none; color: inherit; font: inherit;
          font-weight: 600; text-align: inherit; cursor: pointer; white-space: nowrap; }
        th button:hover { color: var(--link); }
        th[aria-sort=ascending] button::after { content: " \\2191"; }
        th[aria-sort=descending] button::after { content: " \\2193"; }
        .bar { background: linear-gradient(var(--page), var(--page)) right bottom / 0.5rem 4px no-repeat,
          linear-gradient(var(--bar), var(--bar)) left bottom / var(--share) 4px no-repeat; }
        .histogram { width: 100%; max-width: 50rem; }
        .histogram th { padding: 0.1rem 0.7rem; font-weight: 600; }
        .histogram td { padding: 0.1rem 0.7rem; border: 0; vertical-align: middle; }
        .histogram td:last-child { width: 100%; padding: 0; }
        .bucket { height: 0.9rem; min-width: 1px; background: var(--link); border-radius: 2px; }
        pre { margin: 0.4rem 0; padding: 0.6rem; overflow-x: auto; background: var(--panel); border-radius: 6px;
          font: 13px/1.45 ui-monospace, monospace; }
        summary { cursor: pointer; }
        td summary { white-space: nowrap; }
        td pre { max-width: min(60rem, calc(100vw - 3rem)); }
        figure { margin: 0; }
        .tools { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; margin: 0.5rem 0; }
        .tools[hidden] { display: none; }
        .tools input, .tools button { font: inherit; padding: 0.35rem 0.7rem; border: 1px solid var(--line);
          border-radius: 6px; background: var(--panel); color: inherit; min-width: 0; }
        .tools input::placeholder { color: var(--quiet); opacity: 1; }
        .detail { height: 3em; overflow: auto; font-size: 0.9rem; }
        .flame { display: block; }
        .forest, .forest ul { list-style: none; margin: 0; padding-left: 0; }
        .forest ul { margin-left: 0.45rem; padding-left: 0.9rem; border-left: 1px solid var(--line); }
        .forest li:not(:has(> details)) { padding-left: 1rem; }
        @media (max-width: 40rem) {
          main { padding: 0.7rem; }
          dl { grid-template-columns: 1fr; gap: 0; }
          dd { margin-bottom: 0.4rem; }
          .tools input { flex: 1; }
          td, th button { padding-left: 0.35rem; padding-right: 0.35rem; }
          .sortable { width: max-content; }
          .sortable td, .sortable td.text { max-width: 60vw; }
          td summary { white-space: normal; overflow-wrap: anywhere; }
          .forest ul { margin-left: 0.3rem; padding-left: 0.5rem; }
        }

        """
}
