import DebugInfo
import ProcessMaps

/// Knows the files that processes have mapped, and asks for what it does not know of them yet.
///
/// The files are read by whom `ask` reaches: an ``UnwindService`` in this process or in another. What was answered is
/// remembered by file and offset, so that all processes that map a file share it, and a stack that was seen before, or
/// is made of frames that were, is unwound without any question. Not for concurrent use.
public final class ModuleCatalog {
    /// Whose machine code the files hold.
    public let architecture: Architecture
    private let ask: ([UInt8]) throws -> [UInt8]
    private var modules: [MappedFile: Module] = [:]
    /// The same modules by the very object that a mapping holds, which costs less to find.
    private var byObject: [ObjectIdentifier: (file: MappedFile, module: Module)] = [:]
    private var nextNumber: UInt64 = 0
    private var answers = 0
    /// How many answers, and how many files, are remembered; all are forgotten then.
    private let answerLimit: Int
    private let fileLimit: Int
    private let debugRoots: [String]

    /// Creates a catalog.
    ///
    /// - Parameters:
    ///   - architecture: whose machine code the files hold.
    ///   - debugRoots: folders that hold separate debug files.
    ///   - answerLimit: how many answers are remembered, of some 200 bytes each.
    ///   - fileLimit: how many files are remembered.
    ///   - ask: hands a question to an ``UnwindService`` and gives its answer. What it throws makes the file count as
    ///     unreadable.
    public init(
        _ architecture: Architecture = .host, debugRoots: [String] = ["/usr/lib/debug"],
        answerLimit: Int = 1 << 20, fileLimit: Int = 1 << 14, ask: @escaping ([UInt8]) throws -> [UInt8]
    ) {
        self.architecture = architecture
        self.debugRoots = debugRoots
        self.answerLimit = answerLimit
        self.fileLimit = fileLimit
        self.ask = ask
    }

    /// Creates a catalog that reads the files in this process.
    public convenience init(_ architecture: Architecture = .host) {
        let service = UnwindService(machine: architecture.machine)
        self.init(architecture) { service.answer($0) }
    }

    /// The module that a mapping of a process shows.
    func module(_ mapping: Mapping, of process: Int32) -> Module {
        let object = ObjectIdentifier(mapping.file)
        if let known = byObject[object] {
            known.module.use(mapping, of: process)
            return known.module
        }
        if byObject.count >= fileLimit {
            byObject = [:]
            modules = [:]
            answers = 0
        }
        let module: Module
        if let known = modules[mapping.file] {
            module = known
            module.use(mapping, of: process)
        } else {
            nextNumber += 1
            module = Module(number: nextNumber, mapping: mapping, process: process)
            modules[mapping.file] = module
        }
        byObject[object] = (mapping.file, module)
        return module
    }

    func row(_ module: Module, at offset: UInt64) -> UnwindRow? {
        if let known = module.rows[offset] { return known.value }
        let registers = architecture.registerNames.count
        let answer = answer(.row(module: module.number, offset: offset, registers: registers), of: module)
        if case .row(let row)? = answer {
            module.rows[offset] = .value(row)
            return row
        }
        if answer != nil { module.rows[offset] = .nothing }
        return nil
    }

    func place(_ module: Module, at offset: UInt64) -> SymbolPlace? {
        if let known = module.places[offset] { return known.value }
        let answer = answer(.place(module: module.number, offset: offset), of: module)
        if case .place(let place)? = answer {
            module.places[offset] = .value(place)
            return place
        }
        if answer != nil { module.places[offset] = .nothing }
        return nil
    }

    func line(_ module: Module, at offset: UInt64) -> SourcePosition? {
        if let known = module.lines[offset] { return known.value }
        let answer = answer(.line(module: module.number, offset: offset), of: module)
        if case .line(let position)? = answer {
            module.lines[offset] = .value(position)
            return position
        }
        if answer != nil { module.lines[offset] = .nothing }
        return nil
    }

    /// What is answered of a module; nil where it can't be read, which its `failure` tells.
    private func answer(_ question: ModuleQuestion, of module: Module) -> ModuleAnswer? {
        guard module.failure == nil else { return nil }
        if answers >= answerLimit {
            for module in modules.values { module.forget() }
            answers = 0
        }
        answers += 1
        do {
            // Whoever answers may have closed it, or be another process by now.
            for _ in 0..<2 {
                if !module.isOpen {
                    let answer = try send(
                        .open(module: module.number, file(of: module.mapping, module.process)))
                    guard answer == .opened else {
                        let reason = if case .failed(let reason) = answer { reason } else { "no answer" }
                        module.failToOpen(reason)
                        return nil
                    }
                    module.isOpen = true
                }
                let answer = try send(question)
                guard answer == .notOpen else { return answer }
                module.isOpen = false
            }
            module.failForGood("it was closed again and again")
        } catch {
            module.isOpen = false
            module.failForGood("\(error)")
        }
        return nil
    }

    private func send(_ question: ModuleQuestion) throws -> ModuleAnswer {
        try ModuleAnswer(try ask(question.bytes), registers: architecture.registerNames.count)
    }

    /// Where a mapped file can be opened, as long as the process lives and afterwards.
    private func file(of mapping: Mapping, _ process: Int32) -> ModuleFile {
        let mapped = mapping.file
        if mapped.kind == .vdso {
            return ModuleFile(
                candidates: [], debugRoots: [], image: VDSO.image(size: mapping.addresses.count))
        }
        let (start, end) = (mapping.addresses.lowerBound, mapping.addresses.upperBound)
        // The link leads to the very file, whatever became of its path, but asks for CAP_CHECKPOINT_RESTORE.
        let link = "/proc/\(process)/map_files/\(String(start, radix: 16))-\(String(end, radix: 16))"
        var candidates = [ModuleFile.Candidate(path: link, inode: 0)]
        if !mapped.isDeleted {
            let root = "/proc/\(process)/root"
            candidates.append(.init(path: root + mapped.name, inode: 0))
            // The process may have ended; then it must be the file that it had.
            candidates.append(.init(path: mapped.name, inode: mapped.inode))
            return ModuleFile(
                candidates: candidates, buildID: mapped.buildID,
                debugRoots: debugRoots + debugRoots.map { root + $0 })
        }
        return ModuleFile(candidates: candidates, buildID: mapped.buildID, debugRoots: debugRoots)
    }
}
