extension StapEngine {
    /// What a run starts, to be shown beforehand.
    public struct PlannedCommands: Sendable {
        /// stap's words, its path first; nil where a module is given.
        public var compile: [String]?
        /// staprun's words, its path first.
        public var trace: [String]
        /// Why the corrected runtime and the stand-ins of the kernel's files, which a run may need, are missing here.
        public var problem: EngineError?
    }

    /// The command lines of a run's first attempt, with the script in a file of that name; starts nothing.
    ///
    /// What stap is given besides the script (a corrected runtime, a kernel tree) is put into the cache where it is
    /// not there yet, so that the lines can be used as they are.
    public func plannedCommands(_ request: RunRequest, script: String) -> PlannedCommands {
        let limits = LimitMemory(directory: request.directories.state).starting(request)
        var target: [String] = []
        switch request.target {
        case .none: break
        case .pid(let id): target = ["-x", "\(id)"]
        // A run starts the command itself, holds it and gives staprun its id; this comes nearest to it.
        case .command(let words): target = ["-c", words.map(Self.quotedForShell).joined(separator: " ")]
        }
        func trace(_ module: String) -> [String] {
            let words = CommandLine.staprun(module: module, target: nil, limits: limits)
            return [tools.staprun] + words.dropLast() + target + [module]
        }
        if let module = request.module { return PlannedCommands(trace: trace(module)) }
        var name = "taprecipe_module"
        var standIns = CompilePhase.StandIns()
        var problem: EngineError?
        do throws(EngineError) {
            let (key, made) = try key(request, limits: limits, temporary: nil)
            name = key.moduleName
            standIns = made
        } catch {
            problem = error
        }
        let words = CommandLine.stap(
            request, limits: limits, module: name, script: script, runtime: standIns.runtime,
            kernelTree: standIns.kernelTree)
        return PlannedCommands(compile: [tools.stap] + words, trace: trace(name + ".ko"), problem: problem)
    }

    /// A word as sh(1) reads it as that word.
    public static func quotedForShell(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "/._-+,@%=:".utf8.contains(byte)
            }
        }
        guard word.isEmpty || !isPlain else { return word }
        return "'" + word.replacing("'", with: #"'\''"#) + "'"
    }
}
