public import Diagnostics
import RecipeModel
public import StapMessages

extension EngineError {
    /// The error in words, placed in the expanded script where stap says so.
    public func diagnostics(in script: SourceFile?) -> [Diagnostic] {
        switch self {
        case .compileFailed(let messages):
            // Warnings only matter where no error explains the failure; "Pass 2 failed" never does.
            let errors = messages.filter { $0.severity == .error }
            let telling = errors.filter {
                if case .passFailed = $0.kind { false } else { true }
            }
            let shown = telling.isEmpty ? (errors.isEmpty ? messages : errors) : telling
            if shown.isEmpty { return [.error("stap failed without a message")] }
            return shown.map { $0.diagnostic(in: script) }
        case .unsupported(let reasons): return reasons
        case .machineLacks(let findings):
            return [.error(words, notes: findings.flatMap { $0.notes(as: .bpf) })]
        default: return [.error(words, notes: notes)]
        }
    }

    private var words: String {
        switch self {
        case .guruNotAllowed: "the recipe needs guru mode, which can change the kernel"
        case .missingTool(let path, _): "'\(path)' is not there"
        case .toolNotPermitted(let path): "you may not run '\(path)'"
        case .commandNotFound(let name, _): "found no program '\(name)' to start"
        case .commandNotExecuted(let path, let reason): "cannot execute '\(path)': \(reason)"
        case .tooLittleMemory(let needed, let available):
            "the script's arrays take \(needed >> 20) MiB, more than half of the \(available >> 20) MiB that are available"
        case .isDead(let id): "process \(id) has ended, and waits for its parent to hear of it (a zombie)"
        case .isThread(let id, let process): "\(id) is a thread of process \(process), expected a process"
        case .noSuchProcess(let id): "no process has the id \(id)"
        case .unreadableModule(let path, let reason): "cannot read the module '\(path)': \(reason)"
        case .notAModule(let path): "'\(path)' is not a SystemTap module, or is damaged"
        case .moduleOfAnotherKernel(let path, let release, let running):
            "'\(path)' is for the kernel \(release), this is \(running)"
        case .moduleWithoutManifest(let path): "'\(path)' was not made by 'taprecipe compile'"
        case .moduleOfAnotherVersion(let path):
            "'\(path)' was compiled by another version of taprecipe"
        case .moduleOfAnotherBuild(let path, let file, let expected, let found):
            "'\(path)' is for the build \(expected) of '\(file)', this is \(found)"
        case .alreadyRunning(let module, _, let owner):
            "the same script is being run already, by process \(owner.map(String.init) ?? "?") as '\(module)'"
        case .staleModule(let name): "a module '\(name)' is loaded, belongs to no run, and cannot be unloaded"
        case .unusableDirectory(let path, let reason): "cannot use the directory '\(path)': \(reason)"
        case .cannotWrite(let path, let reason): "cannot write '\(path)': \(reason)"
        case .cannotRead(let path, let reason): "cannot read '\(path)': \(reason)"
        case .compileFailed: "stap did not compile the script"
        case .compilerKilled(let signal): "stap was killed by signal \(signal)"
        case .timedOut(let phase): "the time for the phase '\(phase.rawValue)' was over before it was done"
        case .interrupted(let phase): "interrupted in the phase '\(phase.rawValue)', nothing was traced"
        case .cannotStart(let path, let reason): "cannot start '\(path)': \(reason)"
        case .machineLacks: "the built-in engine cannot run here"
        case .narrowProgram(let path):
            "'\(path)' is a 32-bit program, and the built-in engine reads 64-bit programs alone"
        case .unsupported: "the built-in engine cannot run the script"
        case .kernelRefused(let what, let reason): "the kernel does not let us \(what): \(reason)"
        case .stuck(let process): process.words
        }
    }

    private var notes: [String] {
        switch self {
        case .guruNotAllowed: ["read its script with 'taprecipe show', then give '--allow-guru'"]
        case .missingTool(_, let package): ["install it: apt-get install \(package)"]
        case .toolNotPermitted: ["be root, or a member of the group 'stapusr' and of 'stapdev' or 'stapsys'"]
        case .moduleOfAnotherKernel(_, _, let running):
            ["compile it for this kernel: taprecipe compile … --kernel-release \(running)"]
        case .moduleWithoutManifest: ["run plain modules with staprun, and summarize with 'taprecipe report'"]
        case .moduleOfAnotherVersion: ["compile it again with this version: taprecipe compile …"]
        case .moduleOfAnotherBuild(_, let file, _, _): ["compile it again against this '\(file)'"]
        case .alreadyRunning(_, let lock, _):
            ["wait for it or end it; it holds the lock '\(lock)'"]
        case .staleModule(let name): ["unload it: staprun -d \(name)"]
        case .isThread(_, let process): ["give --pid \(process)"]
        case .tooLittleMemory:
            [
                "lower MAXMAPENTRIES or MAXSTRINGLEN by --limit: each processor has its own copy of a statistic's array"
            ]
        case .commandNotFound(let name, isHere: true):
            ["a bare name is looked up in PATH: write './\(name)' for the one in this folder"]
        case .commandNotExecuted:
            ["the interpreter that its first line names, or its loader, may not be there"]
        case .compilerKilled(9): ["the kernel kills when memory is short: see 'dmesg'"]
        case .timedOut(.compile): ["a larger '--deadline' leaves more time; what is compiled once is kept"]
        default: []
        }
    }
}

extension StapMessage {
    /// The message in words, placed in the expanded script where it says so.
    public func diagnostic(in script: SourceFile?) -> Diagnostic {
        var range: SourceRange?
        if let script, let place {
            let start = script.offset(line: place.line, column: place.column)
            range = script.range(start, start + Self.wordLength(in: script, at: start))
        }
        var notes = notes.map { Diagnostic.Note($0) }
        if let foreignPlace, range == nil { notes.append(.init("at \(foreignPlace)")) }
        return Diagnostic(severity, words(in: script), at: range, notes: notes)
    }

    private func words(in script: SourceFile?) -> String {
        switch kind {
        case .unknownVariable(let name, let alternatives):
            "'\(name)' is not a variable here" + Likeness.suggestion(for: name, among: alternatives)
        case .unknownMember(let name, let type, let alternatives):
            "'\(name)' is not a member of \(type)" + Likeness.suggestion(for: name, among: alternatives)
        case .unresolvedProbe(let alternatives):
            "the probe point matches nothing"
                + (alternatives.isEmpty
                    ? "" : " (similar: " + alternatives.map { "'\($0)'" }.joined(separator: ", ") + ")")
        case .missingBuildTree(let path): "the kernel's build tree is not there: no '\(path)'"
        case .missingDebugInfo(""): "the kernel or its module has no debug info"
        case .missingDebugInfo(let file): "'\(file)' has no debug info"
        case .missingKernelSymbols:
            "the kernel's symbol table is not there, kernel functions cannot be probed"
        case .compilerError(let words): "the module does not compile: \(words)"
        case .taskWorkMismatch:
            "this version of SystemTap does not compile user-space probes for this kernel"
        case .needsGuru: "the script needs guru mode"
        case .moduleRefused(let refusal): "the kernel does not take the module: \(refusal.words)"
        case .noPermission: "you may not run SystemTap modules"
        case .moduleInUse(let name): "the module '\(name)' is in use and cannot be unloaded"
        case .kernelMismatch: "the module is for another kernel (\(text))"
        case .controlChannelUnavailable: "staprun cannot talk to the module (\(text))"
        case .limitHit(.macro(.MAXACTION)): "a probe handler ran more statements than MAXACTION allows"
        case .limitHit(.macro(.MAXMAPENTRIES)): "an array has no room for another entry (MAXMAPENTRIES)"
        case .limitHit(.macro(.MAXSKIPPED)): "more probe hits were skipped than MAXSKIPPED allows"
        case .limitHit(let limit): "\(limit.name) was too small"
        case .nestingExceeded: "functions call each other deeper than MAXNESTING allows"
        case .overload: "the probes took more than half of a processor's time; the runtime ended the script"
        case .transportFailures(let count, _):
            count == 1
                ? "1 buffer of output was lost on its way"
                : "\(count) buffers of output were lost on their way"
        case .errorCounts(let errors, let skipped):
            "\(errors) run-time errors, \(skipped) skipped probe hits"
        case .skipped(let reason, let count): "\(count) probe hits were skipped: \(reason.words)"
        case .readFault(let address): "read memory that is not there" + Self.at(address)
        case .writeFault(let address): "wrote memory that is not there" + Self.at(address)
        case .registerFault: "a register could not be read"
        case .divisionByZero: "division by zero"
        case .aggregationOverflow: "a sum grew over 64 bits"
        case .emptyAggregate: "an aggregate has no values yet"
        case .missingUnwindData(let module): "stacks end in '\(module)', whose unwind data is missing"
        case .buildIDMismatch(let file):
            "'\(file)' in memory is another build than the one that the module was made for"
        case .registrationFailed(let probe, let code):
            // ENOTSUPP: not every instruction can be executed elsewhere than in its place.
            "the probe '\(probe)' could not be placed "
                + (code == -524 ? "(the kernel takes none at this instruction)" : "(error \(code))")
        case .passFailed(let number): "stap's pass \(number) failed"
        case .parseError, .semanticError, .scriptError, .childStatus, .other: text
        }
    }

    private var notes: [String] {
        switch kind {
        case .missingBuildTree(let path):
            path.between("/lib/modules/", "/").map { ["install it: apt-get install linux-headers-\($0)"] }
                ?? []
        case .moduleRefused(.notSigned):
            ["Secure Boot or lockdown wants signed modules: see /sys/kernel/security/lockdown and mokutil(1)"]
        case .moduleRefused(.notPermitted), .noPermission:
            ["be root, or a member of the group 'stapusr' and of 'stapdev' or 'stapsys'"]
        case .moduleRefused(.notSupported): ["this kernel is built without modules"]
        case .overload:
            [
                "probe fewer functions or filter earlier; STP_NO_OVERLOAD=1 turns the guard off, at the risk "
                    + "of a machine that answers no more"
            ]
        case .missingUnwindData(let module): ["give stap its unwind data: -d \(module), or --ldd"]
        case .missingKernelSymbols, .missingDebugInfo, .taskWorkMismatch, .controlChannelUnavailable:
            ["'taprecipe doctor' says what mends it"]
        default: []
        }
    }

    private static func at(_ address: UInt64?) -> String {
        address.map { " at 0x" + String($0, radix: 16) } ?? ""
    }

    /// How long the word (or the one character) is that a position stands at.
    private static func wordLength(in script: SourceFile, at start: Int) -> Int {
        let rest = script.bytes[min(start, script.bytes.count)...]
        let length = rest.prefix(128).enumerated().prefix { index, byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
                || index == 0 && (byte == UInt8(ascii: "$") || byte == UInt8(ascii: "@"))
        }.count
        return max(length, 1)
    }
}

extension StapMessage.ModuleRefusal {
    fileprivate var words: String {
        switch self {
        case .notSigned: "it is not signed with a key that the kernel trusts"
        case .notPermitted: "not permitted"
        case .invalidFormat: "it was built for another kernel (invalid module format)"
        case .unknownSymbol: "it needs a symbol that the kernel does not have"
        case .exists: "a module of this name is loaded already"
        case .notSupported: "the kernel takes no modules"
        case .noMemory: "out of memory"
        case .other(let words): words
        }
    }
}

extension StapMessage.SkipReason {
    fileprivate var words: String {
        switch self {
        case .lockTimeout(let global): "the lock of '\(global)' was not free in time (MAXTRYLOCK)"
        case .lowStack: "too little kernel stack was left"
        case .reentrancy: "they came from within a probe"
        case .busy: "too many handlers were under way on one processor"
        case .missedReturns: "the kernel tells no returns of functions more than 64 deep in each other"
        case .uprobeRegistration: "a uprobe could not be placed"
        case .uprobeUnregistration: "a uprobe could not be taken away"
        case .missedKprobe(let probe): "the kernel missed hits of '\(probe)'"
        }
    }
}
