/// Turns a report into text for a person: a line a finding, what it means, and what mends it.
public struct DoctorRenderer: Sendable {
    /// Whether to colour with ANSI escapes.
    public var isColored: Bool
    /// Whether to use `+`, `!` and `x` for the marks, for terminals without UTF-8.
    public var isASCII: Bool
    /// The columns to wrap explanations to; commands are never wrapped.
    public var width: Int

    /// Creates a renderer.
    public init(isColored: Bool = false, isASCII: Bool = false, width: Int = 100) {
        self.isColored = isColored
        self.isASCII = isASCII
        self.width = max(width, 40)
    }

    /// The whole answer, ending in a line end.
    public func render(_ report: DoctorReport) -> String {
        var text = "kernel \(printable(report.release)), \(printable(report.system))"
        if report.compileRelease != report.release {
            text += "; compiling for \(printable(report.compileRelease))"
        }
        text += "\n\n"
        let findings = report.findings.map { (words: FindingWords.words(for: $0.kind), finding: $0) }
        for area in Finding.Area.allCases {
            var label = area.rawValue
            for (words, finding) in findings where words.area == area {
                text += pad(label, to: Self.labelWidth) + line(finding, words)
                label = ""
            }
        }
        text += "\n"
        for verdict in report.verdicts { text += line(verdict, of: report) }
        if report.compileRelease == report.release, !report.isPossible(.compile),
            let other = report.otherReleases.last
        {
            text += "(for what can be compiled here, ask again with --kernel-release \(printable(other)))\n"
        }
        return text
    }

    private static let labelWidth = 9

    private func line(_ finding: Finding, _ words: FindingWords.Words) -> String {
        var text = "\(mark(finding.severity)) "
        if finding.severity == .ok {
            let detail = words.explanation.isEmpty ? "" : ", \(words.explanation)"
            return text + printable(words.title + detail) + "\n"
        }
        text += paint(printable(words.title), "1") + "\n"
        let indent = Self.labelWidth + 2
        text += wrapped(printable(words.explanation), indent: indent)
        for mend in finding.mends {
            text +=
                mend.isCommand
                ? String(repeating: " ", count: indent + 2) + paint("$ \(printable(mend.text))", "36") + "\n"
                : wrapped(printable(mend.text), indent: indent)
        }
        return text
    }

    private func line(_ verdict: DoctorReport.Verdict, of report: DoctorReport) -> String {
        let question =
            switch verdict.capability {
            case .compile: "compile for \(report.compileRelease)"
            case .load: "run a module compiled elsewhere (--module)"
            default: verdict.engine == .bpf ? "run here" : "compile and run here"
            }
        let severity: Finding.Severity =
            verdict.isPossible ? .ok : verdict.isPossibleAsRoot ? .warning : .blocking
        var reasons: [String] = []
        if verdict.isForOtherKernel { reasons.append("\(report.compileRelease) is not the running kernel") }
        reasons += verdict.blockers.map(\.title)
        if reasons.count > 3 { reasons[3...] = ["\(reasons.count - 3) more"] }
        let answer =
            switch severity {
            case .ok: "yes"
            case .warning: "as root"
            case .blocking: "no: " + reasons.joined(separator: "; ")
            }
        return "\(pad(verdict.engine.rawValue, to: Self.labelWidth))\(mark(severity)) "
            + "\(pad(printable(question), to: 44)) \(printable(answer))\n"
    }

    // MARK: Parts

    private func mark(_ severity: Finding.Severity) -> String {
        switch severity {
        case .ok: paint(isASCII ? "+" : "✓", "32")
        case .warning: paint("!", "33")
        case .blocking: paint(isASCII ? "x" : "✗", "31")
        }
    }

    private func paint(_ text: String, _ code: String) -> String {
        isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    private func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 1))
    }

    private func wrapped(_ text: String, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, indent + last.count + 1 + word.count <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.map { "\(margin)\($0)\n" }.joined()
    }

    /// The text as a terminal may safely show it: names of files and recipes may hold anything.
    private func printable(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x00..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069:
                scalars.append("?")
            case 0x80...:
                isASCII && scalar == "…"
                    ? scalars.append(contentsOf: "...".unicodeScalars)
                    : scalars.append(isASCII ? "?" : scalar)
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }
}
