public import Diagnostics

/// Several runs of recipes as their YAML file states them on one host: checked for form, its variables filled in.
public struct Runbook: Sendable {
    /// What is done when a step fails.
    public enum ErrorPolicy: String, Sendable, CaseIterable {
        /// The other steps run.
        case `continue`
        /// No further step is started.
        case stop
    }

    /// Its name, the same as the file's without `.yaml`.
    public var name: String
    /// One line on what it is for.
    public var summary: String
    /// Paragraphs; may be empty.
    public var details: String
    /// How long all steps together may take; nil: no bound but their own.
    public var budget: Duration?
    /// How many steps may run at a time.
    public var jobs: Int
    /// What is done when a step fails.
    public var onError: ErrorPolicy
    /// The values of the variables.
    public var variables: [String: String]
    /// Limits over those of the recipes: the runbook's with the host's over them.
    public var limits: Limits
    /// What its steps must not do to the machine.
    public var guards: RunGuards
    /// The steps, in their order; at least one.
    public var steps: [RunbookStep]
    /// The file that it was read from.
    public var source: SourceFile

    /// The folder that it was read from, with a slash at its end; empty: the working directory.
    public var folder: String {
        let name = source.name
        return name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
    }
}

/// One run of a recipe in a runbook.
public struct RunbookStep: Sendable {
    /// A value of one of the recipe's parameters; of a list, several.
    public struct Assignment: Sendable {
        /// The parameter's name.
        public var name: Located<String>
        /// What it is set to.
        public var values: [Located<String>]
    }

    /// What is traced.
    public enum Target: Sendable {
        /// What the recipe's parameters say.
        case none
        /// A process.
        case pid(Located<String>)
        /// The process whose id is in a file.
        case pidFile(Located<String>)
        /// A command that is started for the run.
        case command([Located<String>])
        /// A program: the recipe's parameter `binary`.
        case binary(Located<String>)
    }

    /// That an earlier step recorded something.
    public struct Condition: Sendable {
        /// The earlier step.
        public var step: Located<String>
        /// The record.
        public var record: Located<String>
        /// How many of them at least.
        public var least: Int
    }

    /// Which engine runs it.
    public enum Engine: String, Sendable, CaseIterable { case auto, bpf, stap }

    /// What it is called, by default as its recipe.
    public var name: Located<String>
    /// The recipe's name, or a path that is relative to the runbook's folder.
    public var recipe: Located<String>
    /// Whether that is open, as it holds a variable without a value.
    public var isRecipeOpen = false
    /// The parameters' values.
    public var parameters: [Assignment]
    /// What is traced.
    public var target: Target
    /// How long; nil: as long as the recipe says.
    public var timeout: Duration?
    /// Limits over the host's.
    public var limits: Limits
    /// What it must not do to the machine, over the runbook's.
    public var guards: RunGuards
    /// Which engine.
    public var engine: Engine
    /// The record that is a reason to fail.
    public var failIf: Located<String>?
    /// When it is run at all.
    public var condition: Condition?
}

extension Runbook {
    /// Whether a step names its recipe by a file's path.
    public func namesFile(of step: RunbookStep) -> Bool { RecipeBases.isPath(step.recipe.value) }

    /// What finds a step's recipe: its name, or a path.
    ///
    /// In a bundle a name is that of the recipe which came along.
    public func path(of step: RunbookStep) -> String {
        let name = step.recipe.value
        if namesFile(of: step) { return name.hasPrefix("/") ? name : folder + name }
        return BundlePath(source.name).map { "\(BundlePath(bundle: $0.bundle, member: "\(name).yaml"))" }
            ?? name
    }

    /// The path in a bundle of the recipe that a step names by its file's path; nil where that is not below the runbook's
    /// folder.
    public func bundledPath(of step: RunbookStep) -> String? {
        let parts = step.recipe.value.split(separator: "/", omittingEmptySubsequences: false).filter {
            $0 != "."
        }
        guard !parts.contains(where: { $0.isEmpty || $0 == ".." }) else { return nil }
        return ([Substring(BundledFiles.runbookFolder)] + parts).joined(separator: "/")
    }
}
