/// A line of what a run, or several together, say while they go on.
///
/// The format is `taprecipe.follow`, version 1, by the rules of ``JSONRenderer``: an object a line, whose `type` says
/// which of these it is.
public enum FollowLine: Sendable {
    /// The first line of a run: what runs, by which engine, and for how long.
    case start(recipe: String, engine: String?, timeout: Duration?)
    /// A phase of the run began.
    case phase(String)
    /// A record was found.
    case record(FollowedRecord)
    /// The engine or the script's runtime said something: its severity, the words, and where in which file.
    case message(severity: String, text: String, place: Place?)
    /// Something was lost.
    case loss(Loss)
    /// A limit was too small and is raised for another run.
    case limitRaised(name: String, from: UInt64, to: UInt64)
    /// The script runs again: what records came before are void.
    case restarted
    /// The run is being ended, for a reason of `end.kind`.
    case ending(RunEnd)
    /// The reader was too slow for so many lines, which would have stood here.
    case omitted(lines: Int)
    /// The last line: what the run came to.
    case summary(Summary, status: Int32)
    /// The last line of a run that has no summary: why.
    case failure([String], status: Int32)
    /// The first line of several runs.
    case batchStart(BatchOutline)
    /// A step begins; for how long it is to trace.
    case stepStart(recipe: String, timeout: Duration)
    /// A step has ended, or was not run; `status` is the exit code that it counts with.
    case stepEnd(BatchReport.Step, status: Int32)
    /// The last line of several runs: what they came to.
    case report(BatchReport)

    /// A place in a source, from 1.
    public struct Place: Sendable {
        let file: String
        let line: Int
        let column: Int

        /// Creates a place.
        public init(file: String, line: Int, column: Int) {
            (self.file, self.line, self.column) = (file, line, column)
        }
    }

    /// The line as it is written at a time, in seconds since 1970, with its line end.
    ///
    /// `step` is the name of the step that it is of, where there are several.
    public func bytes(at time: Double, of step: String? = nil) -> [UInt8] {
        var members = members
        members["type"] = .string(type)
        members["time"] = .string(UTCTime.instant(time))
        members["step"] = step.map { .string($0) }
        return JSONValue.object(members).line
    }

    /// What the first line says of the format.
    static let format: [String: JSONValue] = ["format": .string("taprecipe.follow"), "version": .integer(1)]

    private var type: String {
        switch self {
        case .start: "start"
        case .phase: "phase"
        case .record: "record"
        case .message: "message"
        case .loss: "loss"
        case .limitRaised: "limit-raised"
        case .restarted: "restarted"
        case .ending: "ending"
        case .omitted: "omitted"
        case .summary: "summary"
        case .failure: "failure"
        case .batchStart: "batch-start"
        case .stepStart: "step-start"
        case .stepEnd: "step-end"
        case .report: "report"
        }
    }

    private var members: [String: JSONValue] {
        let renderer = JSONRenderer()
        switch self {
        case .start(let recipe, let engine, let timeout):
            return Self.format.merging([
                "recipe": .string(recipe), "engine": .optional(engine),
                "timeoutSeconds": renderer.seconds(timeout),
            ]) { $1 }
        case .phase(let name): return ["phase": .string(name)]
        case .record(let record): return record.members(renderer)
        case .message(let severity, let text, let place):
            let place = place.map { place -> JSONValue in
                .object([
                    "file": .string(place.file), "line": .count(place.line), "column": .count(place.column),
                ])
            }
            return ["severity": .string(severity), "text": .string(text), "place": place ?? .null]
        case .loss(let loss): return ["loss": renderer.loss(loss)]
        case .limitRaised(let name, let from, let to):
            return ["name": .string(name), "from": .integer(Int128(from)), "to": .integer(Int128(to))]
        case .restarted: return [:]
        case .ending(let end): return ["end": renderer.end(end)]
        case .omitted(let lines): return ["lines": .count(lines)]
        case .summary(let summary, let status):
            return ["summary": renderer.value(of: summary), "exitCode": .integer(Int128(status))]
        case .failure(let messages, let status):
            return [
                "messages": .array(messages.map { .string($0) }), "exitCode": .integer(Int128(status)),
            ]
        case .batchStart(let outline): return outline.members(renderer)
        case .stepStart(let recipe, let timeout):
            return ["recipe": .string(recipe), "timeoutSeconds": renderer.seconds(timeout)]
        case .stepEnd(let step, let status):
            return [
                "recipe": .string(step.recipe), "end": renderer.end(step.end), "result": .string(step.result),
                "seconds": renderer.seconds(step.duration), "exitCode": .integer(Int128(status)),
            ]
        case .report(let report):
            return ["report": renderer.value(of: report), "exitCode": .integer(Int128(report.status))]
        }
    }
}

extension FollowedRecord {
    fileprivate func members(_ renderer: JSONRenderer) -> [String: JSONValue] {
        func value(of line: Line) -> [String: JSONValue] {
            ["record": .string(line.name), "fields": .object(line.fields.mapValues(renderer.cell))]
        }
        var members = value(of: line)
        members["stack"] = stack.map(renderer.stack) ?? .null
        members["parents"] = .array(parents.map { .object(value(of: $0)) })
        return members
    }
}
