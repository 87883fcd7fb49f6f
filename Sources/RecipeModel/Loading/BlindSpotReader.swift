import Diagnostics

/// Reads `inconclusive-with:`.
struct BlindSpotReader {
    let problems: ProblemCollector

    func blindSpots(_ node: YAMLNode?) -> [BlindSpot] {
        let read = NodeReader(problems: problems)
        return (read.items(node, "'inconclusive-with'") ?? []).compactMap { item in
            let owner = "an entry of 'inconclusive-with'"
            guard let fields = Fields<BlindSpotKey>(item, of: owner, problems) else { return nil }
            // One sign will do.
            let library = read.line(
                fields[.function] == nil ? fields.required(.library) : fields[.library], "'library'")
            let function = read.line(fields[.function], "'function'")
            guard let reason = read.line(fields.required(.because), "'because'") else { return nil }
            return BlindSpot(library: library?.value, function: function?.value, reason: reason.value)
        }
    }
}
