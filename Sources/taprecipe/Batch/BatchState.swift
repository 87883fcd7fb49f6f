import Diagnostics
import Digests
import Engine
import FoundationEssentials
import Glibc
import RecipeModel
import Report

/// What is kept of a runbook's run while it goes on, so that another can go on where it was killed.
///
/// A folder of its own for each runbook with its variables, in the folder where limits are remembered too. Each file
/// appears whole; a lock keeps two runs apart and goes with the process.
final class BatchState {
    private struct File: Codable {
        var version = 1
        var program = taprecipeVersion
        var digest: String
        var steps: [StepRecord?]
    }

    /// The most runs that were never gone on with, and for how long they are kept: see `Files.keepNewest`.
    private static let mostKept = 50

    /// The folder of all runs.
    let root: String
    private let folder: String
    private let digest: String
    private let lock: RunLock
    private let steps: Int

    /// Takes the lock.
    init(_ plan: BatchPlan) throws {
        let directories = Surroundings.directories
        let root = directories.state + "/batches"
        let facts =
            [plan.file.map { Surroundings.absolute($0.name) } ?? plan.digest]
            + plan.variables.map { "\($0.key)=\($0.value)" }.sorted()
        let key = facts.joined(separator: "\0")
        let name = plan.name + "-" + SHA256.hex(of: Array(key.utf8)).prefix(16)
        digest = plan.digest
        steps = plan.steps.count
        folder = "\(root)/\(name)"
        do throws(EngineError) {
            lock = try RunLock.acquire(module: name, in: directories.state + "/batch-locks")
        } catch {
            guard case .alreadyRunning(_, _, let owner) = error else { throw error }
            let words = owner.map { ", by process \($0)" } ?? ""
            Console(color: .auto, environment: Surroundings.environment).report([
                .error(
                    "'\(plan.name)' is being run already\(words), with the same variables",
                    notes: ["wait for it or end it"])
            ])
            throw Exit(.failure)
        }
        self.root = root
    }

    /// The steps of an earlier run, by their places; those that are to be run again are left out, which is warned of
    /// where they were done.
    ///
    /// - Throws: That there is none, that it is damaged, or that it was of another runbook.
    func earlier(of plan: BatchPlan, console: Console) throws -> [StepRecord?] {
        let path = path("state.json")
        guard access(path, F_OK) == 0 else {
            throw UsageError(
                "found no run of '\(plan.name)' to resume",
                notes: [
                    "there is one where a run with the same variables was interrupted, killed or out of its budget",
                    "leave out '--resume' to run all steps",
                ])
        }
        let bytes = try InputFile(path: path).read()
        guard let file = try? JSONDecoder().decode(File.self, from: Data(bytes)), file.version == 1 else {
            throw UsageError(
                "'\(path)', which says what the run to resume has done, is damaged",
                notes: ["leave out '--resume' to run all steps anew"])
        }
        guard file.program == taprecipeVersion, file.digest == digest, file.steps.count == steps else {
            throw UsageError(
                "'\(plan.name)', or a recipe of it, was changed since the run that is to be resumed",
                notes: ["leave out '--resume' to run all steps anew"])
        }
        let stops = plan.onError == .stop
        return file.steps.enumerated().map { step, record in
            guard let record, record.isFinal(stopsOnFailure: stops) else { return nil }
            guard lacksSummary(step, record) else { return record }
            console.report([
                .warning(
                    "'\(summaryFile(step).path)' cannot be read, so that the step '\(plan.steps[step].name)' is run again"
                )
            ])
            return nil
        }
    }

    /// Whether what a step has found is lost; one that did not trace to its end may have left nothing.
    private func lacksSummary(_ step: Int, _ record: StepRecord) -> Bool {
        let file = summaryFile(step)
        guard record.end.isExit, file.read() == nil else { return false }
        return access(file.path, F_OK) == 0 || [.success, .recordFound].contains(record.status)
    }

    /// Makes the folder, and removes those that nobody will go on with.
    func begin() throws {
        try Files.makePrivateDirectory(folder)
        Files.noteUse(of: folder)
        Files.keepNewest(Self.mostKept, in: root)
    }

    /// Keeps what is known of the steps.
    func save(_ records: [StepRecord?]) throws {
        let file = File(digest: digest, steps: records)
        try OutputFile(path: path("state.json")).write(Array(try JSONEncoder().encode(file)))
    }

    /// Forgets the run.
    func clear() { Files.removeTree(folder) }

    /// The file that tells a step's process what to do.
    func orderFile(_ step: Int) -> String { path("\(step).order.json") }

    /// The file that holds a step's summary.
    func summaryFile(_ step: Int) -> StepSummaryFile { StepSummaryFile(path: path("\(step).summary.json")) }

    private func path(_ name: String) -> String { "\(folder)/\(name)" }
}
