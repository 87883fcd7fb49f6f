public import Diagnostics

/// The doctor's answer: every finding, and what each engine can do here.
public struct DoctorReport: Sendable, Equatable {
    /// The running kernel's release.
    public var release: String
    /// The release that compiling was asked about.
    public var compileRelease: String
    /// Other releases with a build tree here.
    public var otherReleases: [String]
    /// The operating system's name.
    public var system: String
    /// Whether the user is root.
    public var isRoot: Bool
    /// What was found, the running kernel's first.
    public var findings: [Finding]

    /// Something that an engine may be able to do here, and what stops it.
    public struct Verdict: Sendable, Equatable {
        /// Which engine.
        public var engine: Finding.Engine
        /// What was asked: one of `run`, `compile`, `load`.
        public var capability: Capability
        /// What stops it.
        public var blockers: [Finding]
        /// Whether modules for another kernel than the running one were asked for, so that none can run here.
        public var isForOtherKernel: Bool

        /// Whether it can be done by this user.
        public var isPossible: Bool { blockers.isEmpty && !isForOtherKernel }
        /// Whether it could be done as root: nothing but the user's rights stops it.
        public var isPossibleAsRoot: Bool {
            !isForOtherKernel && blockers.allSatisfy(\.isMendedByRoot)
        }
    }

    /// The version of the SystemTap that is installed, such as `4.8`; nil where there is none.
    public var stapVersion: String? {
        findings.lazy.compactMap { if case .stap(let version) = $0.kind { version } else { nil } }.first
    }

    /// What stops something from being done.
    public func blockers(for capability: Capability, engine: Finding.Engine) -> [Finding] {
        findings.filter { $0.engines.contains(engine) && !$0.stops.isDisjoint(with: capability) }
    }

    /// For each engine: whether it can run here; for SystemTap's also whether it can compile here, and run a module
    /// compiled elsewhere.
    public var verdicts: [Verdict] {
        Finding.Engine.allCases.flatMap { engine in
            engine.capabilities.map { capability in
                Verdict(
                    engine: engine, capability: capability,
                    blockers: blockers(for: capability, engine: engine),
                    isForOtherKernel: capability == .run && release != compileRelease)
            }
        }
    }

    /// Whether some engine can do it here, if need be as root.
    ///
    /// Asked to run for another kernel, it says whether that kernel's modules can be compiled and this
    /// kernel loads modules at all.
    public func isPossible(_ capability: Capability) -> Bool {
        engines(for: capability).contains { engine in
            blockers(for: capability, engine: engine).allSatisfy(\.isMendedByRoot)
        }
    }

    /// The engines that may be able to do it; the built-in one makes nothing for other kernels.
    private func engines(for capability: Capability) -> [Finding.Engine] {
        Finding.Engine.allCases.filter { engine in
            engine.capabilities.contains(capability) && (engine != .bpf || release == compileRelease)
        }
    }

    /// 0 where some engine can do it here (perhaps only as root), else 4.
    public func exitCode(for capability: Capability = .run) -> Int32 { isPossible(capability) ? 0 : 4 }

    /// The error of a run that no engine can do: for each engine what is missing and what mends it (exit code
    /// 4); nil where one can.
    ///
    /// - Parameters:
    ///   - capability: What is asked for.
    ///   - wanted: The engines that were asked for.
    /// - Returns: The error.
    public func noEngine(
        for capability: Capability, among wanted: [Finding.Engine] = Finding.Engine.allCases
    ) -> Diagnostic? {
        var notes: [String] = []
        for engine in engines(for: capability) where wanted.contains(engine) {
            let blockers = blockers(for: capability, engine: engine)
            if blockers.isEmpty { return nil }
            notes += blockers.flatMap { $0.notes(as: engine) }
        }
        let words =
            capability == .compile
            ? "no engine can compile for \(compileRelease) here" : "no engine can run here"
        return .error(words, notes: notes)
    }
}

extension Finding {
    /// What an error says of what stops an engine: a line with the reason, then the steps that mend it.
    func notes(as engine: Engine) -> [String] {
        let explanation = explanation.isEmpty ? "" : ": \(explanation)"
        return ["\(engine.rawValue): \(title)\(explanation)"]
            + mends.map { $0.isCommand ? "  $ \($0.text)" : "  \($0.text)" }
    }

    /// Whether being root is all that is missing.
    var isMendedByRoot: Bool {
        switch kind {
        case .notRoot, .staprunNotSetUserID: true
        case .noBPFCapabilities(_, _, _, let isBeyondRoot): !isBeyondRoot
        default: false
        }
    }
}
