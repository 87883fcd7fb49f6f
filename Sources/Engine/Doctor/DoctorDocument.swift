/// A report in a form for programs: encodes to JSON with the keys of its properties.
public struct DoctorDocument: Sendable, Encodable, Equatable {
    /// A finding.
    public struct Item: Sendable, Encodable, Equatable {
        /// A stable name, such as `no-build-tree`.
        public var id: String
        /// `ok`, `warning` or `blocking`.
        public var severity: String
        /// The engines that it bears on.
        public var engines: [String]
        /// `kernel`, `bpf`, `build`, `stap`, `user`, `machine`, `target` or `recipe`.
        public var area: String
        /// What it stops: `compile`, `load`, both or nothing.
        public var stops: [String]
        /// A few words.
        public var title: String
        /// A sentence; may be empty.
        public var explanation: String
        /// The steps that mend it.
        public var mend: [Step]
    }

    /// A step that mends a finding: one of the two is set.
    public struct Step: Sendable, Encodable, Equatable {
        /// A command for a shell.
        public var command: String?
        /// What to do.
        public var instruction: String?
    }

    /// What an engine can do here.
    public struct Ability: Sendable, Encodable, Equatable {
        /// The engine.
        public var engine: String
        /// Whether this user can compile and run here.
        public var run: Bool
        /// Whether this user can compile for the release.
        public var compile: Bool
        /// Whether this user can run a module that was compiled elsewhere.
        public var module: Bool
        /// Whether root could compile and run here.
        public var runAsRoot: Bool
        /// Whether root could run a module that was compiled elsewhere.
        public var moduleAsRoot: Bool
    }

    /// The running kernel's release.
    public var kernel: String
    /// The release that compiling was asked about.
    public var compileFor: String
    /// Other releases with a build tree here.
    public var otherBuildTrees: [String]
    /// The operating system's name.
    public var system: String
    /// What each engine can do.
    public var engines: [Ability]
    /// What was found.
    public var findings: [Item]

    /// Creates the document of a report.
    public init(_ report: DoctorReport) {
        kernel = report.release
        compileFor = report.compileRelease
        otherBuildTrees = report.otherReleases
        system = report.system
        engines = Finding.Engine.allCases.map { engine in
            func verdict(_ capability: Capability) -> DoctorReport.Verdict? {
                report.verdicts.first { $0.engine == engine && $0.capability == capability }
            }
            return Ability(
                engine: engine.rawValue, run: verdict(.run)?.isPossible ?? false,
                compile: verdict(.compile)?.isPossible ?? false, module: verdict(.load)?.isPossible ?? false,
                runAsRoot: verdict(.run)?.isPossibleAsRoot ?? false,
                moduleAsRoot: verdict(.load)?.isPossibleAsRoot ?? false)
        }
        findings = report.findings.map { finding in
            let words = FindingWords.words(for: finding.kind)
            return Item(
                id: words.id, severity: finding.severity.rawValue,
                engines: finding.engines.map(\.rawValue).sorted(),
                area: words.area.rawValue,
                stops: [(Capability.compile, "compile"), (.load, "load")]
                    .filter { finding.stops.contains($0.0) }.map(\.1),
                title: words.title, explanation: words.explanation,
                mend: finding.mends.map {
                    Step(command: $0.isCommand ? $0.text : nil, instruction: $0.isCommand ? nil : $0.text)
                })
        }
    }
}
