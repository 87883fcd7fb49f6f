/// Lays out what a summary opens with: what ran, on what, for how long, with which limits, what was lost.
struct FactsLayout: Sendable {
    var width: Int
    var terminal: TerminalText
    var style: TextStyle

    private static let labelWidth = 12

    func lines(of summary: Summary) -> [String] {
        let facts = summary.facts
        let losses = summary.losses.filter { $0.kind.effect != .none }.map(ReportMessages.text)
        let remarks = summary.losses.filter { $0.kind.effect == .none }.map(ReportMessages.text)
        let grade = summary.verdict.grade
        var lines = line("target", target(facts.target))
        lines += line("output", facts.savedOutput.map { "saved in \($0)" })
        lines += line("parameters", facts.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: ", "))
        lines += line("engine", engine(facts))
        lines += line("started", facts.started)
        lines += line(facts.traced == nil ? "run" : "traced", traced(facts))
        lines += line("limits", facts.limits.map(limit).joined(separator: ", "))
        lines += line("lost", losses.isEmpty ? "nothing" : losses.joined(separator: "; ")) {
            losses.isEmpty ? $0 : style.loss($0)
        }
        lines += line("unmatched", remarks.joined(separator: "; "))
        lines += line("grade", ReportMessages.text(of: summary.verdict)) { style.grade($0, grade) }
        return lines
    }

    private func line(_ label: String, _ text: String?, paint: (String) -> String = { $0 }) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        let indent = "  "
        let room = width - indent.count - Self.labelWidth
        return TerminalText.wrap(terminal.printable(text), room).enumerated().map { index, line in
            let head = index == 0 ? label : ""
            let padding = String(repeating: " ", count: Self.labelWidth - head.count)
            return indent + style.dim(head) + padding + paint(line)
        }
    }

    private func target(_ target: RunFacts.Target) -> String {
        var parts: [String] = []
        if let binary = target.binary { parts.append(binary) }
        if let buildID = target.buildID { parts.append("build id \(buildID)") }
        if let pid = target.pid { parts.append("pid \(pid)") }
        if !target.command.isEmpty { parts.append("command \(target.command.joined(separator: " "))") }
        return parts.joined(separator: ", ")
    }

    private func engine(_ facts: RunFacts) -> String? {
        switch (facts.engine, facts.kernel) {
        case (let engine?, let kernel?): "\(engine) on Linux \(kernel)"
        case (let engine?, nil): engine
        case (nil, let kernel?): "Linux \(kernel)"
        case (nil, nil): nil
        }
    }

    private func traced(_ facts: RunFacts) -> String? {
        var text = facts.traced.map(Quantity.duration) ?? ""
        if let timeout = facts.timeout, !text.isEmpty { text += " of \(Quantity.duration(timeout))" }
        if facts.end != .unknown || !text.isEmpty {
            text += (text.isEmpty ? "" : "; ") + ReportMessages.text(of: facts.end)
        }
        if facts.attempts > 1 { text += "; attempt \(facts.attempts)" }
        return text.isEmpty ? nil : text
    }

    private func limit(_ limit: RunFacts.Limit) -> String {
        "\(limit.name) \(limit.value)" + (limit.raisedFrom.map { " (raised from \($0))" } ?? "")
    }
}
