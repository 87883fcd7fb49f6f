import Diagnostics

/// Reads `limits:`.
struct LimitsReader {
    let problems: ProblemCollector

    func limits(_ node: YAMLNode?) -> Limits {
        let read = NodeReader(problems: problems)
        var limits = Limits()
        for entry in read.entries(node, "'limits'") ?? [] {
            let name = entry.key.scalar ?? ""
            if name == LimitKey.buffer {
                limits.bufferMegabytes = buffer(entry.value)
            } else if let macro = Limits.Macro(rawValue: name) {
                let value = read.integer(entry.value, "limit '\(name)'", in: macro.range)
                limits.macros[macro] = value.map { UInt64($0) }
            } else {
                problems.report(
                    .unknownKey(name, owner: "'limits'", known: LimitKey.all), at: entry.key.range)
            }
        }
        return limits
    }

    private func buffer(_ node: YAMLNode) -> Int? {
        let read = NodeReader(problems: problems)
        guard let text = read.notation(read.known(node), "limit 'buffer'", expected: "a size") else {
            return nil
        }
        guard node.kind == .text else {
            problems.report(.badBuffer(text.value), at: text.range)
            return nil
        }
        do {
            if let megabytes = Limits.bufferMegabytes(ofSize: try SizeText.parse(text.value)) {
                return megabytes
            }
            problems.report(.badBuffer(text.value), at: text.range)
        } catch {
            problems.report(.value("limit 'buffer'", .size(error), written: text.value), at: text.range)
        }
        return nil
    }
}
