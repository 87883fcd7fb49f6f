/// The tables of a fleet: its hosts, and each of the recipe's with what is where.
extension FleetReport {
    /// The most rows of a table.
    private static let maximumRows = 200

    /// The hosts with how much each recorded, and how far that can be trusted.
    var hostTable: Table {
        let columns: [(name: String, isNumber: Bool, cell: (Member) -> Table.Cell)] = [
            ("records", true, { .integer(Int128($0.summary.recordCount)) }),
            ("host", false, { .text($0.host) }),
            ("grade", false, { .text($0.summary.verdict.grade.rawValue) }),
            ("lost", false, { .text(Self.lost(by: $0.summary)) }),
            ("started", false, { .text($0.summary.facts.started ?? "-") }),
            ("kernel", false, { .text($0.summary.facts.kernel ?? "-") }),
            ("build-id", false, { .text($0.summary.facts.target.buildID ?? "-") }),
        ]
        return Table(
            title: "Hosts", record: "host",
            columns: columns.map {
                .init(
                    name: $0.name, isNumber: $0.isNumber, isMeasure: $0.isNumber, isWhole: $0.name == "host")
            },
            rows: members.map { member in columns.map { $0.cell(member) } }, omittedRows: 0, omittedRecords: 0
        )
    }

    private static func lost(by summary: Summary) -> String {
        let losses = summary.losses.filter { $0.kind.effect != .none }
        return losses.isEmpty ? "nothing" : losses.map(ReportMessages.text).joined(separator: "; ")
    }

    /// The titles of all runs' parts, each once.
    func titles<Part>(_ parts: KeyPath<Summary, [Part]>, _ title: KeyPath<Part, String>) -> [String] {
        var titles: [String] = []
        for part in members.flatMap({ $0.summary[keyPath: parts] })
        where !titles.contains(part[keyPath: title]) {
            titles.append(part[keyPath: title])
        }
        return titles
    }

    /// A row of several hosts together.
    private struct Row {
        var key: [Table.Cell]
        var measures: [Table.Cell]
        /// The hosts, with their own first measure.
        var hosts: [(host: String, value: Table.Cell)]
    }

    /// The tables of a title as one: the measures combined, and which host has each row.
    func table(_ title: String, _ pool: inout StackPool) -> Table {
        var rows: [RowKey: Row] = [:]
        var order: [RowKey] = []
        var shape: KeyedRows?
        var (omittedRows, omittedRecords) = (0, 0)
        for member in members {
            guard let table = member.summary.tables.first(where: { $0.title == title }) else { continue }
            let keyed = KeyedRows(table, member.summary, isExact)
            if shape == nil { shape = keyed }
            omittedRows += table.omittedRows
            omittedRecords += table.omittedRecords
            guard keyed.table.columns.map(\.name) == shape?.table.columns.map(\.name) else { continue }
            for key in keyed.order {
                guard let row = keyed.rows[key] else { continue }
                let host = (member.host, row.measures.first ?? .none)
                if let known = rows[key] {
                    rows[key]?.measures = keyed.measures.indices.map {
                        Measure.combined(known.measures[$0], row.measures[$0], column: keyed.measures[$0])
                    }
                    rows[key]?.hosts.append(host)
                } else {
                    order.append(key)
                    rows[key] = Row(
                        key: row.key.map { pool.cell($0, member.summary.stacks) }, measures: row.measures,
                        hosts: [host])
                }
            }
        }
        let sorted = order.compactMap { rows[$0] }.enumerated().sorted { left, right in
            let (a, b) = (left.element.measures.first ?? .none, right.element.measures.first ?? .none)
            if Measure.isGreater(a, than: b) { return true }
            if Measure.isGreater(b, than: a) { return false }
            return left.offset < right.offset
        }.map(\.element)
        return Table(
            title: title, record: shape?.table.record ?? "row",
            columns: (shape?.measures ?? []).map { .init(name: $0, isNumber: true, isMeasure: true) }
                + [
                    .init(name: "hosts", isNumber: true, isMeasure: true),
                    .init(name: "where", isNumber: false, isMeasure: false, isWhole: true),
                ] + (shape?.table.columns.filter { !$0.isMeasure } ?? []),
            rows: sorted.prefix(Self.maximumRows).map { row in
                let places = row.hosts.map { "\($0.host) \($0.value.text)" }.joined(separator: ", ")
                return row.measures + [.integer(Int128(row.hosts.count)), .text(places)] + row.key
            },
            omittedRows: omittedRows + max(sorted.count - Self.maximumRows, 0), omittedRecords: omittedRecords
        )
    }
}
