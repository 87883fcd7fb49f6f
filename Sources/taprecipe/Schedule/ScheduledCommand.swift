import ArgumentParser
import Diagnostics
import Engine
import RecipeModel

/// The command line of a job as the user wrote it: read as `batch` or `run` reads it, checked, and written anew so that
/// it means the same wherever it is run.
struct ScheduledCommand {
    private let words: [String]
    private let when: ScheduleOptions
    private let console: Console
    private let reader: DebugReader

    init(_ words: [String], when: ScheduleOptions, console: Console, reader: DebugReader) {
        self.words = words
        self.when = when
        self.console = console
        self.reader = reader
    }

    /// The job.
    ///
    /// - Throws: What is wrong with the command line, or with what it is to run.
    func job() async throws -> ScheduledJob {
        guard let subject = words.first, !subject.hasPrefix("-") else {
            throw UsageError(
                "found no runbook or recipe, expected its file or name before all options of 'batch' or 'run'"
            )
        }
        return Surroundings.bundles.files.isRunbook(subject) ? try await ofRunbook() : try await ofRecipe()
    }

    private func ofRunbook() async throws -> ScheduledJob {
        let command = try BatchCommand.parse(words)
        try Self.requireUnfollowed(command.follow)
        let plan = try command.plan(console, reader)
        let path = command.runbook
        var planned: [ChosenEngine.Planned] = []
        for step in plan.steps { planned.append(await engine(step.order.settings, step.plan)) }
        let engines = Set(planned.map(\.engine))
        let name = try ScheduleOptions.checked(when.unitName ?? plan.name)
        warn(of: [(path, .runbook)] + plan.steps.map { ($0.recipe.source.name, .recipe) })
        return ScheduledJob(
            name: name, summary: plan.summary,
            words: [Surroundings.executablePath, "batch", Surroundings.absolute(path)]
                + command.scheduledWords(isBuiltIn: engines == [.bpf])
                + command.unattended.scheduledWords(job: name),
            folder: try plan.steps.contains(where: \.dependsOnFolder) ? Self.nameableFolder() : nil,
            inputs: absolute([path] + plan.steps.flatMap { $0.recipe.files + $0.plan.programs }),
            outputs: absolute([command.form.output, command.keeping.store.written]),
            longest: plan.budget, engines: engines,
            readsKernelSymbols: planned.contains(where: \.readsKernelSymbols),
            startsPrograms: command.unattended.notifyCommand != nil
                || plan.steps.contains { $0.plan.bound.command != nil })
    }

    private func ofRecipe() async throws -> ScheduledJob {
        let command = try RunCommand.parse(words)
        guard command.target.pid == nil else {
            throw UsageError(
                "found '--pid', but a process's id is another one's some day",
                notes: ["give --binary, or write a runbook whose step has 'target: { pid-file: … }'"])
        }
        try Self.requireUnfollowed(command.follow)
        if command.isOfSeveral {
            throw UsageError(
                "found several recipes, expected one recipe or a runbook", notes: ["put them into a runbook"])
        }
        guard let plan = try command.plan(console, reader) else { throw Exit(.success) }
        let recipe = plan.bound.recipe
        let settings = try command.settings
        let planned = await engine(settings, plan)
        let name = try ScheduleOptions.checked(when.unitName ?? recipe.name)
        warn(of: [(recipe.source.name, .recipe)])
        return ScheduledJob(
            name: name, summary: recipe.summary,
            words: [Surroundings.executablePath, "run", Surroundings.absolute(recipe.source.name)]
                + plan.bound.words
                + command.scheduledWords(isBuiltIn: planned.engine == .bpf)
                + command.unattended.scheduledWords(job: name)
                + (plan.bound.command.map { ["--"] + Self.scheduledWords(ofCommand: $0) } ?? []),
            inputs: absolute(recipe.files + plan.programs) + absolute([command.module]),
            outputs: absolute([command.form.output, command.raw, command.keeping.store.written]),
            longest: settings.deadline, engines: [planned.engine],
            readsKernelSymbols: planned.readsKernelSymbols,
            startsPrograms: command.unattended.notifyCommand != nil || plan.bound.command != nil)
    }

    /// A command with its program's path absolute; one without a path stays, to be looked for in PATH.
    private static func scheduledWords(ofCommand words: [String]) -> [String] {
        guard let program = words.first, program.contains("/") else { return words }
        return [Surroundings.absolute(program)] + words.dropFirst()
    }

    /// The working directory, where the line of a unit and of a crontab can name it.
    private static func nameableFolder() throws -> String {
        let folder = Surroundings.workingDirectory
        guard !folder.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") }) else {
            throw UsageError(
                "the runbook depends on the folder '\(folder)', which no unit and no crontab can name",
                notes: ["call 'schedule' in another folder, or give absolute paths"])
        }
        return folder
    }

    private func absolute(_ files: [String?]) -> [String] {
        files.compactMap { $0.map(Surroundings.absolute) }
    }

    private func engine(_ settings: RunSettings, _ plan: RunPlan) async -> ChosenEngine.Planned {
        await ChosenEngine.planned(for: plan, settings, reader: reader)
    }

    private static func requireUnfollowed(_ isFollowed: Bool) throws {
        guard isFollowed else { return }
        throw UsageError(
            "found '--follow', but nobody reads what a job says as it runs",
            notes: ["with '--output FILE' that file gets what came of each run"])
    }

    /// Says which files root would refuse to run.
    private func warn(of files: [(String, DocumentKind)]) {
        var seen: Set<String> = []
        for (path, kind) in files where seen.insert(path).inserted {
            guard var problem = RunTrust.problem(path, of: kind, user: 0) else { continue }
            problem.severity = .warning
            console.report([problem])
        }
    }
}
