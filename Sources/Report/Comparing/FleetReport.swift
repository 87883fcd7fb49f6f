/// Makes one summary of the runs of a recipe on many hosts: which row, and so which stack, is on which host.
public struct FleetReport: Sendable {
    /// A run, and what its host is called.
    public struct Member: Sendable, Equatable {
        /// The host's name.
        public var host: String
        /// Its run.
        public var summary: Summary
    }

    let members: [Member]
    /// Whether all are of one build, so that places in functions can be compared.
    let isExact: Bool

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
        for shape in shapes { tables.append(table(shape, &pool)) }
        let (profiles, frames) = profiles
        return Summary(
            facts: facts(losses: losses), verdict: verdict(recordCounts, losses),
            emptyMeaning: members.first?.summary.emptyMeaning, losses: losses, recordCounts: recordCounts,
            tables: tables,
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
            attempts: all.map(\.attempts).max() ?? 1, end: common(\.end, else: .unknown), losses: losses,
            bundle: common(\.bundle, else: nil))
    }

    private var recordCounts: [Summary.RecordCount] {
        var counts: [Summary.RecordCount] = []
        for count in members.flatMap(\.summary.recordCounts) {
            if let index = counts.firstIndex(where: { $0.name == count.name }) {
                counts[index].add(count)
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
}
