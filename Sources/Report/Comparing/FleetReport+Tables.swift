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

    /// The first of all runs' tables whose rows can be the same.
    var shapes: [Table] {
        var shapes: [Table] = []
        for table in members.flatMap(\.summary.tables) where !shapes.contains(where: table.isSame) {
            shapes.append(table)
        }
        return shapes
    }

    /// What else is to be known of the tables.
    public var cautions: [String] {
        let cut = members.filter { $0.summary.tables.contains { $0.omittedRows > 0 } }.map(\.host)
        guard !cut.isEmpty else { return [] }
        let hosts = cut.count > 3 ? "\(cut.count) hosts" : cut.joined(separator: ", ")
        return ["tables of \(hosts) left out rows: the same rows of other hosts have too low numbers"]
    }

    /// A row of several hosts together.
    private struct Row {
        var key: [Table.Cell]
        var measures: [Table.Cell]
        /// The hosts, with their own first measure.
        var hosts: [(host: String, value: Table.Cell)]
    }

    /// The tables like one as one: the measures combined, and which host has each row.
    func table(_ shape: Table, _ pool: inout StackPool) -> Table {
        var rows: [RowKey: Row] = [:]
        var order: [RowKey] = []
        var (omittedRows, omittedRecords) = (0, 0)
        let tables = members.compactMap { member in
            member.summary.tables.first { $0.isSame(as: shape) }.map {
                (member: member, table: $0, keyed: KeyedRows($0, member.summary, isExact))
            }
        }
        // A recipe may have got other measures between the runs.
        var measures: [String] = []
        for table in tables { measures += table.keyed.measures.filter { !measures.contains($0) } }
        let isWhole = measures.map { name in tables.allSatisfy { $0.keyed.measures.contains(name) } }
        for (member, table, rowsOfHost) in tables {
            let keyed = rowsOfHost.measuring(measures)
            omittedRows += table.omittedRows
            omittedRecords += table.omittedRecords
            for key in keyed.order {
                guard let row = keyed.rows[key] else { continue }
                let host = (member.host, row.measures.first ?? .none)
                if let known = rows[key] {
                    rows[key]?.measures = measures.indices.map {
                        isWhole[$0]
                            ? Measure.combined(known.measures[$0], row.measures[$0], column: measures[$0])
                            : .none
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
            title: shape.title, record: shape.record,
            columns: measures.map { .init(name: $0, isNumber: true, isMeasure: true) }
                + [
                    .init(name: "hosts", isNumber: true, isMeasure: true),
                    .init(name: "where", isNumber: false, isMeasure: false, isWhole: true),
                ] + shape.columns.filter { !$0.isMeasure },
            rows: sorted.prefix(Self.maximumRows).map { row in
                let places = row.hosts.map { "\($0.host) \($0.value.text)" }.joined(separator: ", ")
                return row.measures + [.integer(Int128(row.hosts.count)), .text(places)] + row.key
            },
            omittedRows: omittedRows + max(sorted.count - Self.maximumRows, 0),
            omittedRecords: omittedRecords,
            isOfCutTables: omittedRows > 0)
    }
}
