import RecipeModel

/// Renders a summary as JSON, for programs.
///
/// The format is `taprecipe.summary`, version 1: members are only ever added within a version. Keys are sorted;
/// what is not known is null; durations are seconds; addresses and offsets are hexadecimal strings.
public struct JSONRenderer: Sendable {
    /// Creates a renderer.
    public init() {}

    /// The text, ending in a line end.
    public func render(_ summary: Summary) -> String { value(of: summary).text }

    /// The same as a value, to be a part of another document.
    func value(of summary: Summary) -> JSONValue {
        .object([
            "format": .string("taprecipe.summary"),
            "version": .integer(1),
            "headline": .string(TextRenderer.headline(of: summary)),
            "grade": .string(summary.verdict.grade.rawValue),
            "reasons": .array(summary.verdict.reasons.map { .string(ReportMessages.text(of: $0)) }),
            "emptyMeaning": .optional(summary.emptyMeaning),
            "run": run(summary.facts),
            "losses": .array(summary.losses.map(loss)),
            "records": .array(
                summary.recordCounts.map {
                    .object([
                        "name": .string($0.name), "count": .count($0.count),
                        "follower": .boolean($0.isFollower), "pattern": .string($0.pattern),
                        "total": $0.total.map {
                            .object(["field": .string($0.field), "sum": .count($0.sum)])
                        } ?? .null,
                    ])
                }),
            "distinctStacks": .count(summary.distinctStackCount),
            "stacks": .array(summary.stacks.map(stack)),
            "tables": .array(summary.tables.map(table)),
            "trees": .array(summary.trees.map(tree)),
            "histograms": .array(summary.histograms.map(histogram)),
            "unmatchedLines": .array(summary.unmatchedExamples.map { .string($0) }),
            "messages": .array(summary.messages.map { .string($0) }),
        ])
    }

    func run(_ facts: RunFacts) -> JSONValue {
        .object([
            "recipe": .string(facts.recipe),
            "recipeDigest": .optional(facts.recipeDigest),
            "bundle": facts.bundle.map { bundle in
                .object([
                    "path": .string(bundle.path), "created": .string(bundle.created),
                    "key": .string(bundle.key), "comment": .string(bundle.comment),
                ])
            } ?? .null,
            "engine": .optional(facts.engine),
            "kernel": .optional(facts.kernel),
            "hosts": .array(facts.hosts.map { .string($0) }),
            "target": .object([
                "binary": .optional(facts.target.binary),
                "buildID": .optional(facts.target.buildID),
                "group": .optional(facts.target.group),
                "pid": facts.target.pid.map { .integer(Int128($0)) } ?? .null,
                "command": .array(facts.target.command.map { .string($0) }),
            ]),
            "probedFiles": .array(
                facts.probedFiles.map {
                    .object(["path": .string($0.path), "buildID": .optional($0.buildID)])
                }),
            "parameters": .object(
                Dictionary(facts.parameters.map { ($0.name, .string($0.value)) }) { $1 }),
            "started": .optional(facts.started),
            "tracedSeconds": seconds(facts.traced),
            "timeoutSeconds": seconds(facts.timeout),
            "limits": .array(
                facts.limits.map {
                    .object([
                        "name": .string($0.name), "value": .integer(Int128($0.value)),
                        "raisedFrom": $0.raisedFrom.map { .integer(Int128($0)) } ?? .null,
                    ])
                }),
            "attempts": .count(facts.attempts),
            "end": end(facts.end),
            "doubts": .array(facts.doubts.map { .string($0) }),
            "savedOutput": .optional(facts.savedOutput),
        ])
    }

    func end(_ end: RunEnd) -> JSONValue {
        .object([
            "kind": .string(ReportMessages.name(of: end)),
            "detail": .optional(ReportMessages.subject(of: end)),
        ])
    }

    func seconds(_ duration: Duration?) -> JSONValue {
        guard let (seconds, attoseconds) = duration?.components else { return .null }
        let milliseconds = attoseconds / 1_000_000_000_000_000
        return milliseconds == 0
            ? .integer(Int128(seconds)) : .number(Double(seconds) + Double(milliseconds) / 1000)
    }

    func loss(_ loss: Loss) -> JSONValue {
        var members: [String: JSONValue] = [
            "kind": .string(loss.kind.name.rawValue),
            "count": .count(loss.count),
            "subject": .optional(ReportMessages.subject(of: loss.kind)),
            "text": .string(ReportMessages.text(of: loss)),
        ]
        if case .outputCut(let bytes) = loss.kind { members["bytes"] = .integer(Int128(bytes)) }
        return .object(members)
    }

    func stack(_ stack: Stack) -> JSONValue {
        .object(["complete": .boolean(stack.isComplete), "frames": .array(stack.frames.map(frame))])
    }

    func frame(_ frame: StackFrame) -> JSONValue {
        .object([
            "symbol": .optional(frame.symbol),
            "offset": hex(frame.offset),
            "module": .optional(frame.module),
            "address": hex(frame.address),
            "source": .optional(frame.source),
            "inexact": .boolean(frame.isInexact),
        ])
    }

    private func hex(_ value: UInt64?) -> JSONValue {
        value.map { .string("0x\(String($0, radix: 16))") } ?? .null
    }

    private func table(_ table: Table) -> JSONValue {
        .object([
            "title": .string(table.title),
            "record": .string(table.record),
            "columns": .array(table.columns.map { .string($0.name) }),
            "kinds": .array(table.columns.map { .string($0.kind.rawValue) }),
            "rows": .array(table.rows.map { .array($0.map(cell)) }),
            "omittedRows": .count(table.omittedRows),
            "omittedRecords": .count(table.omittedRecords),
        ])
    }

    /// Numbers and texts as such; `{"hex": "0x…"}` and `{"stack": PLACE}` for what JSON has no type for.
    func cell(_ cell: Table.Cell) -> JSONValue {
        switch cell {
        case .none: .null
        case .integer(let value): .integer(value)
        case .mean(let value): .number(value)
        case .text(let text): .string(text)
        case .hex(let value): .object(["hex": hex(value)])
        case .stack(let place): .object(["stack": .count(place)])
        }
    }

    private func histogram(_ histogram: Histogram) -> JSONValue {
        .object([
            "title": .optional(histogram.title),
            "buckets": .array(
                histogram.buckets.map { bucket in
                    guard let bucket else { return .null }
                    return .object(["from": .string(bucket.bound), "count": .count(bucket.count)])
                }),
        ])
    }

    /// Flat, each node before its children, so that the deepest tree stays readable for every parser.
    private func tree(_ tree: Tree) -> JSONValue {
        .object([
            "title": .string(tree.title),
            "record": .string(tree.record),
            "nodes": .array(
                tree.nodes.map {
                    .object([
                        "label": .string($0.label), "depth": .count($0.depth), "count": .count($0.count),
                    ])
                }),
        ])
    }
}
