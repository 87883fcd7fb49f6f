/// What a summary opens with, as labels and texts: what ran, on what, for how long, with which limits, what was lost.
enum FactRows {
    /// A label and its text, which may hold control characters.
    struct Row: Equatable {
        var label: String
        var text: String
        var tone: Tone = .plain
    }

    /// What a row's colour says.
    enum Tone: Equatable {
        case plain
        case loss
        case grade(Grade)
    }

    /// The rows; what is not known has none.
    static func rows(of summary: Summary) -> [Row] {
        let facts = summary.facts
        let losses = summary.losses.filter { $0.kind.effect != .none }.map(ReportMessages.text)
        let remarks = summary.losses.filter { $0.kind.effect == .none }.map(ReportMessages.text)
        let rows: [Row?] = [
            row("target", target(facts.target)),
            row("output", facts.savedOutput.map { "saved in \($0)" }),
            row("bundle", facts.bundle.map(bundle)),
            row("parameters", facts.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")),
            row(facts.hosts.count > 1 ? "hosts" : "host", facts.hosts.joined(separator: ", ")),
            row("engine", engine(facts)),
            row("started", facts.started),
            row(facts.traced == nil ? "run" : "traced", traced(facts)),
            row("limits", facts.limits.map(limit).joined(separator: ", ")),
            losses.isEmpty ? row("lost", "nothing") : row("lost", losses.joined(separator: "; "), .loss),
            row("unmatched", remarks.joined(separator: "; ")),
            row("grade", ReportMessages.text(of: summary.verdict), .grade(summary.verdict.grade)),
        ]
        return rows.compactMap(\.self)
    }

    private static func row(_ label: String, _ text: String?, _ tone: Tone = .plain) -> Row? {
        guard let text, !text.isEmpty else { return nil }
        return Row(label: label, text: text, tone: tone)
    }

    private static func target(_ target: RunFacts.Target) -> String {
        var parts: [String] = []
        if let binary = target.binary { parts.append(binary) }
        if let buildID = target.buildID { parts.append("build id \(buildID)") }
        if let group = target.group { parts.append(group) }
        if let pid = target.pid { parts.append("pid \(pid)") }
        if !target.command.isEmpty { parts.append("command \(target.command.joined(separator: " "))") }
        return parts.joined(separator: ", ")
    }

    private static func bundle(_ bundle: RunFacts.Bundle) -> String {
        "\(bundle.path) of \(bundle.created), signed by the key \(bundle.key): \(bundle.comment)"
    }

    private static func engine(_ facts: RunFacts) -> String? {
        switch (facts.engine, facts.kernel) {
        case (let engine?, let kernel?): "\(engine) on Linux \(kernel)"
        case (let engine?, nil): engine
        case (nil, let kernel?): "Linux \(kernel)"
        case (nil, nil): nil
        }
    }

    private static func traced(_ facts: RunFacts) -> String? {
        var text = facts.traced.map(Quantity.duration) ?? ""
        if let timeout = facts.timeout, !text.isEmpty { text += " of \(Quantity.duration(timeout))" }
        if facts.end != .unknown || !text.isEmpty {
            text += (text.isEmpty ? "" : "; ") + ReportMessages.text(of: facts.end)
        }
        if facts.attempts > 1 { text += "; attempt \(facts.attempts)" }
        return text.isEmpty ? nil : text
    }

    private static func limit(_ limit: RunFacts.Limit) -> String {
        "\(limit.name) \(limit.value)" + (limit.raisedFrom.map { " (raised from \($0))" } ?? "")
    }
}
