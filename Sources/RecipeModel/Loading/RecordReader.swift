import Diagnostics

/// Reads `records:` and checks that what follows what leads nowhere in a circle.
struct RecordReader {
    let problems: ProblemCollector

    func records(_ node: YAMLNode?) -> [RecordDefinition] {
        let read = NodeReader(problems: problems)
        let entries = read.entries(node, "'records'") ?? []
        let records = entries.compactMap(record)
        checkFollowers(records, among: entries.compactMap(\.key.scalar))
        return records
    }

    private func record(_ entry: YAMLNode.Entry) -> RecordDefinition? {
        let name = entry.key.scalar ?? ""
        if name == RecordKey.stack {
            problems.report(.recordIsCalledStack, at: entry.key.range)
        } else if !RecipeName.isValid(name) {
            problems.report(.badName("a record", name), at: entry.key.range)
        }
        let owner = "record '\(name)'"
        guard let fields = Fields<RecordKey>(entry.value, of: owner, place: entry.key.range, problems) else {
            return nil
        }
        let followers = followers(fields[.followedBy], owner)
        guard let node = fields.required(.line),
            let line = NodeReader(problems: problems).text(node, "'line' of \(owner)")
        else { return nil }
        let pattern: RecordPattern
        do {
            pattern = try RecordPattern(parsing: line.value)
        } catch {
            problems.report(.pattern(error, of: owner), at: node.range(of: error.offsets))
            return nil
        }
        return RecordDefinition(
            name: name, line: line, counts: counts(fields[.counts], pattern, name), followedBy: followers)
    }

    private func counts(_ node: YAMLNode?, _ pattern: RecordPattern, _ record: String) -> Located<String>? {
        guard let node,
            let name = NodeReader(problems: problems).text(
                node, "'counts' of record '\(record)'", expected: "a field's name")
        else { return nil }
        guard let field = pattern.fields.first(where: { $0.name == name.value }) else {
            let known = pattern.fields.map(\.name)
            problems.report(.unknownField(name.value, record: record, known: known), at: name.range)
            return nil
        }
        guard field.type.isNumber else {
            problems.report(.countsText(name.value), at: name.range)
            return nil
        }
        return name
    }

    private func followers(_ node: YAMLNode?, _ owner: String) -> [RecordDefinition.Follower] {
        guard let node else { return [] }
        let items: [YAMLNode] = if case .sequence(let items) = node.content { items } else { [node] }
        var seen: Set<String> = []
        return items.compactMap { item in
            let subject = "'followed-by' of \(owner)"
            let expected = "'stack' or a record's name"
            guard let name = NodeReader(problems: problems).text(item, subject, expected: expected) else {
                return nil
            }
            guard seen.insert(name.value).inserted else {
                problems.report(.duplicateFollower(name.value, of: owner), at: name.range)
                return nil
            }
            return name.value == RecordKey.stack ? .stack : .records(name)
        }
    }

    /// `names` has those of records with mistakes of their own, too.
    private func checkFollowers(_ records: [RecordDefinition], among names: [String]) {
        let all = Set(names)
        for record in records {
            for follower in record.childNames where !all.contains(follower.value) {
                let known = names + [RecordKey.stack]
                problems.report(.unknownRecord(follower.value, known: known), at: follower.range)
            }
        }
        let byName = Dictionary(records.map { ($0.name, $0) }) { first, _ in first }
        var finished: Set<String> = []
        for record in records { findCycle(from: record, byName, &finished) }
    }

    /// Walks all that may follow a record, each record once.
    ///
    /// It is no recursion, because a recipe may chain thousands.
    private func findCycle(
        from start: RecordDefinition, _ byName: [String: RecordDefinition], _ finished: inout Set<String>
    ) {
        guard !finished.contains(start.name) else { return }
        var path: [(name: String, pending: ArraySlice<Located<String>>)] = [
            (start.name, start.childNames[...])
        ]
        var open: Set<String> = [start.name]
        while let top = path.last {
            guard let next = top.pending.first else {
                finished.insert(top.name)
                open.remove(top.name)
                path.removeLast()
                continue
            }
            path[path.count - 1].pending.removeFirst()
            guard let record = byName[next.value] else { continue }
            if open.contains(next.value) {
                let circle = path.map(\.name).drop { $0 != next.value } + [next.value]
                problems.report(.followerCycle(Array(circle)), at: next.range)
            } else if !finished.contains(next.value) {
                open.insert(next.value)
                path.append((next.value, record.childNames[...]))
            }
        }
    }
}

extension RecordDefinition {
    /// The records that may follow it.
    var childNames: [Located<String>] {
        followedBy.compactMap { if case .records(let name) = $0 { name } else { nil } }
    }

    /// Whether a stack may follow it.
    var hasStack: Bool { followedBy.contains { if case .stack = $0 { true } else { false } } }
}
