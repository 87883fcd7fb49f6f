import Diagnostics

/// Reads `limits:`.
struct LimitsReader {
    let problems: ProblemCollector
    private static let mebibyte: UInt64 = 1 << 20

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
        guard let text = read.notation(node, "limit 'buffer'", expected: "a size") else { return nil }
        guard node.kind == .text else {
            problems.report(.badBuffer(text.value), at: text.range)
            return nil
        }
        do {
            let bytes = try SizeText.parse(text.value)
            let megabytes = bytes / Self.mebibyte
            if bytes % Self.mebibyte == 0, (1...4095).contains(megabytes) { return Int(megabytes) }
            problems.report(.badBuffer(text.value), at: text.range)
        } catch {
            problems.report(.value("limit 'buffer'", .size(error), written: text.value), at: text.range)
        }
        return nil
    }
}

extension Limits.Macro {
    /// What values it takes; stap holds them in a C `int`.
    ///
    /// STP_NO_OVERLOAD works by being defined, so 0 would switch the guard off as well.
    public var range: ClosedRange<Int64> {
        switch self {
        case .MAXACTION, .MAXSTRINGLEN, .MAXMAPENTRIES: 1...Int64(Int32.max)
        case .MAXSKIPPED, .MAXTRYLOCK, .MAXERRORS: 0...Int64(Int32.max)
        case .STP_NO_OVERLOAD: 1...1
        }
    }
}
