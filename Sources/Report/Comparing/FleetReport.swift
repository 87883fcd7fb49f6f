/// Makes one summary of the runs of a recipe on many hosts: which row, and so which stack, is on which host.
public struct FleetReport: Sendable {
    /// A run, and what its host is called.
    public struct Member: Sendable, Equatable {
        /// The host's name.
        public var host: String
        /// Its run.
        public var summary: Summary
    }

    /// The most rows of a table.
    private static let maximumRows = 200

    private let members: [Member]
    private let isExact: Bool

    /// Takes the runs with what each is called where it does not know its host; of two that would be called the same
    /// the later one gets a number.
    public init(_ runs: [(name: String, summary: Summary)]) {
        var seen: [String: Int] = [:]
        members = runs.map { run in
            let host = run.summary.facts.hosts.first ?? run.name
            seen[host, default: 0] += 1
            let count = seen[host, default: 1]
            return Member(host: count == 1 ? host : "\(host) (\(count))", summary: run.summary)
        }
        isExact = RowKey.isOneBuild(runs.map(\.summary.facts))
    }

    /// The summary of them all.
    public var summary: Summary {
        var pool = StackPool()
        let recordCounts = recordCounts
        let losses = losses
        var tables = [hostTable]
        for title in titles(\.tables, \.title) {
            tables.append(table(title, &pool))
        }
        let (profiles, frames) = profiles
        return Summary(
            facts: facts(losses: losses), verdict: verdict(recordCounts, losses), losses: losses,
            recordCounts: recordCounts, tables: tables,
            trees: members.flatMap { member in
                member.summary.trees.map {
                    Tree(title: "\($0.title) (\(member.host))", record: $0.record, nodes: $0.nodes)
                }
            },
            histograms: members.flatMap { member in
                member.summary.histograms.map {
                    Histogram(
                        title: "\($0.title ?? ReportMessages.untitledHistogram) (\(member.host))",
                        buckets: $0.buckets)
                }
            },
            stacks: pool.stacks,
            distinctStackCount: max(
                pool.stacks.count, members.map(\.summary.distinctStackCount).max() ?? 0),
            profiles: profiles, frames: frames,
            unmatchedExamples: members.flatMap { member in
                member.summary.unmatchedExamples.prefix(3).map { "\(member.host): \($0)" }
            },
            messages: members.flatMap { member in
                member.summary.messages.prefix(3).map { "\(member.host): \($0)" }
            })
    }

    // MARK: - What ran

    /// What all runs have in common.
    private func facts(losses: [Loss]) -> RunFacts {
        let all = members.map(\.summary.facts)
        func common<Value: Equatable>(_ path: KeyPath<RunFacts, Value>, else other: Value) -> Value {
            let first = all[0][keyPath: path]
            return all.allSatisfy { $0[keyPath: path] == first } ? first : other
        }
        return RunFacts(
            recipe: all[0].recipe, recipeDigest: common(\.recipeDigest, else: nil),
            engine: common(\.engine, else: nil), kernel: common(\.kernel, else: nil),
            hosts: members.map(\.host),
            target: .init(
                binary: common(\.target.binary, else: nil), buildID: common(\.target.buildID, else: nil)),
            probedFiles: common(\.probedFiles, else: []), parameters: common(\.parameters, else: []),
            started: all.compactMap(\.started).min(), traced: common(\.traced, else: nil),
            timeout: common(\.timeout, else: nil), limits: common(\.limits, else: []),
            attempts: all.map(\.attempts).max() ?? 1, end: common(\.end, else: .unknown), losses: losses)
    }

    private var recordCounts: [Summary.RecordCount] {
        var counts: [Summary.RecordCount] = []
        for count in members.flatMap(\.summary.recordCounts) {
            if let index = counts.firstIndex(where: { $0.name == count.name }) {
                counts[index].count += count.count
            } else {
                counts.append(count)
            }
        }
        return counts
    }

    private var losses: [Loss] {
        var losses: [Loss] = []
        for loss in members.flatMap(\.summary.losses) {
            if let index = losses.firstIndex(where: { $0.kind == loss.kind }) {
                losses[index].count += loss.count
            } else {
                losses.append(loss)
            }
        }
        return losses
    }

    /// Of records that were found all happened, so that a host without any takes away from what is complete only.
    private func verdict(_ counts: [Summary.RecordCount], _ losses: [Loss]) -> Verdict {
        let verdicts = members.map(\.summary.verdict)
        let isEmpty = counts.allSatisfy { $0.count == 0 }
        let grade: Grade =
            verdicts.allSatisfy { $0.grade == .complete }
            ? .complete : isEmpty ? .inconclusive : .degraded
        var reasons: [Verdict.Reason] = isEmpty ? [.nothingRecorded] : []
        for reason in verdicts.flatMap(\.reasons) {
            switch reason {
            case .nothingRecorded: break
            case .ended, .doubted: if !reasons.contains(reason) { reasons.append(reason) }
            case .lost(let loss):
                guard let sum = losses.first(where: { $0.kind == loss.kind }) else { continue }
                if !reasons.contains(.lost(sum)) { reasons.append(.lost(sum)) }
            }
        }
        return Verdict(grade: grade, reasons: reasons)
    }

    // MARK: - Tables

    private var hostTable: Table {
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
    private func titles<Part>(_ parts: KeyPath<Summary, [Part]>, _ title: KeyPath<Part, String>) -> [String] {
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

    private func table(_ title: String, _ pool: inout StackPool) -> Table {
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

    // MARK: - Flame graphs

    private var profiles: (profiles: [Profile], frames: [StackFrame]) {
        var frames: [StackFrame] = []
        var places: [StackFrame: Int32] = [:]
        var profiles: [Profile] = []
        for member in members {
            let numbers = member.summary.frames.map { frame -> Int32 in
                if let place = places[frame] { return place }
                let place = Int32(frames.count)
                places[frame] = place
                frames.append(frame)
                return place
            }
            for profile in member.summary.profiles {
                let samples = profile.samples.map { sample in
                    Profile.Sample(
                        frames: sample.frames.map { numbers[Int($0)] }, isComplete: sample.isComplete,
                        weight: sample.weight)
                }
                if let index = profiles.firstIndex(where: {
                    $0.title == profile.title && $0.weight == profile.weight
                }) {
                    profiles[index].add(samples)
                    profiles[index].weightWithoutStack += profile.weightWithoutStack
                } else {
                    var copy = profile
                    copy.samples = samples
                    profiles.append(copy)
                }
            }
        }
        return (profiles, frames)
    }
}

extension Profile {
    /// Adds samples; those of stacks that are there already to them.
    fileprivate mutating func add(_ samples: [Sample]) {
        struct Key: Hashable {
            var frames: [Int32]
            var isComplete: Bool
        }
        func key(_ sample: Sample) -> Key { Key(frames: sample.frames, isComplete: sample.isComplete) }
        var places = Dictionary(self.samples.enumerated().map { (key($1), $0) }) { first, _ in first }
        for sample in samples {
            if let place = places[key(sample)] {
                self.samples[place].weight += sample.weight
            } else {
                places[key(sample)] = self.samples.count
                self.samples.append(sample)
            }
        }
    }
}
