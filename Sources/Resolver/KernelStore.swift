import DebugInfo

/// What is known of the kernel that a script is for, each part read when it is first asked for.
final class KernelStore {
    /// A tracepoint, from whichever source knows it.
    struct Tracepoint {
        /// Its system, where that is known.
        var system: String?
        var name: String
        /// Its parameters, where they are known.
        var parameters: [ParameterDeclaration]?

        init(system: String? = nil, name: String, parameters: [ParameterDeclaration]? = nil) {
            self.system = system
            self.name = name
            self.parameters = parameters
        }

        init(_ declared: TracepointHeaders.Tracepoint) {
            self.init(system: declared.system, name: declared.name, parameters: declared.parameters)
        }
    }

    let context: KernelContext

    init(_ context: KernelContext) { self.context = context }

    /// The modules of the release.
    private(set) lazy var modules = KernelModules(
        release: context.release, root: context.modulesFolder,
        loadedList: context.isRunning ? "\(context.procFolder)/modules" : "")

    /// The kernel's functions by name; nil where no list tells.
    private(set) lazy var symbols = KernelSymbols(
        paths: (context.isRunning ? ["\(context.procFolder)/kallsyms"] : []) + [
            "\(context.bootFolder)/System.map-\(context.release)", "\(modules.folder)/System.map",
            "\(modules.folder)/build/System.map",
        ])

    /// The running kernel's types.
    private(set) lazy var types: BTF? =
        context.isRunning ? BTF(path: "\(context.sysFolder)/kernel/btf/vmlinux") : nil

    /// The types of the modules that are loaded now, each of which continues the kernel's.
    private lazy var moduleTypes: [BTF] =
        types.map { types in
            BTF.modules(in: "\(context.sysFolder)/kernel/btf", continuing: types)
        } ?? []

    /// The parameters of a tracepoint of the running kernel or of a loaded module; nil where they are not described.
    func parameters(ofTracepoint name: String) -> [(name: String, type: BTFType)]? {
        types?.parameters(ofTracepoint: name)
            ?? moduleTypes.lazy.compactMap { $0.parameters(ofTracepoint: name) }.first
    }

    /// Where the kernel's own file may be.
    private(set) lazy var imageCandidates: [String] = {
        let plain = KernelImage.candidates(
            release: context.release, debugRoots: context.debugRoots, modulesFolder: context.modulesFolder,
            bootFolder: context.bootFolder)
        guard context.isRunning,
            let buildID = KernelImage.buildID(inNotes: "\(context.sysFolder)/kernel/notes")
        else { return plain }
        return plain + context.debugRoots.compactMap { KernelImage.debugFile(of: buildID, below: $0) }
    }()

    /// The kernel's own file; nil where there is none.
    private(set) lazy var image: Result<Binary, DebugInfoError>? =
        imageCandidates.first(where: KernelImage.exists).map { path in
            Result { () throws(DebugInfoError) in try Binary(path: path, debugRoots: context.debugRoots) }
        }

    /// The kernel's own file, if it has DWARF.
    func describedImage() throws(DebugInfoError) -> Binary? {
        guard let binary = try image?.get(), (try? binary.debugInfo()) != nil else { return nil }
        return binary
    }

    /// What the release's headers declare; nil where they are not installed.
    private var headers: TracepointHeaders? {
        context.tracepointHeaders.value {
            TracepointHeaders(folders: ["build", "source"].map { "\(modules.folder)/\($0)" })
        }
    }

    /// The tracepoints of a name where the headers spell it out, which costs less than all of them; empty elsewhere.
    func tracepoints(spelled name: String) -> [Tracepoint] {
        headers?.tracepoints(spelled: name).map { Tracepoint($0) } ?? []
    }

    /// The tracepoints; nil where nothing tells them.
    private(set) lazy var tracepoints: [Tracepoint]? = {
        var found: [Tracepoint] = []
        var names: Set<String> = []
        if let headers {
            found = headers.tracepoints.map { Tracepoint($0) }
            names = Set(found.map(\.name))
        }
        guard context.isRunning else { return found.isEmpty ? nil : found }
        let folders = ["tracing", "debug/tracing"].map { "\(context.sysFolder)/kernel/\($0)/events" }
        // These are events without a tracepoint of their name.
        let others: Set = ["ftrace", "syscalls", "kprobes", "uprobes", "synthetic"]
        for (system, events) in TraceEventFolder(folders: folders)?.events ?? [:]
        where !others.contains(system) {
            for name in events.subtracting(names).sorted() {
                found.append(Tracepoint(system: system, name: name))
            }
            names.formUnion(events)
        }
        for described in (types.map { [$0] } ?? []) + moduleTypes {
            for name in described.tracepoints.subtracting(names).sorted() {
                found.append(Tracepoint(name: name))
            }
            names.formUnion(described.tracepoints)
        }
        return found.isEmpty ? nil : found
    }()

    private var opened: [String: Result<Binary, DebugInfoError>] = [:]
    /// The modules that could be opened, in the order of their first use.
    private(set) var used: [ResolvedBinary] = []

    /// A module by its file.
    func module(at path: String) throws(DebugInfoError) -> Binary {
        if let known = opened[path] { return try known.get() }
        let result = Result { () throws(DebugInfoError) in
            try KernelModuleFile.open(
                path, debugFiles: debugFiles(of: path), debugRoots: context.debugRoots)
        }
        opened[path] = result
        let binary = try result.get()
        used.append(ResolvedBinary(path: path, buildID: binary.buildID))
        return binary
    }

    /// Debian keeps `/usr/lib/debug/lib/modules/RELEASE/….ko`, others add `.debug`.
    private func debugFiles(of path: String) -> [String] {
        var plain = path
        while let dot = plain.lastIndex(of: "."), !plain.hasSuffix(".ko") { plain = String(plain[..<dot]) }
        guard plain.hasPrefix("\(modules.folder)/") else { return ["\(plain).debug"] }
        let inside = plain.dropFirst(modules.folder.count + 1)
        return context.debugRoots.flatMap { root in
            ["", ".debug"].map { "\(root)/lib/modules/\(context.release)/\(inside)\($0)" }
        } + ["\(plain).debug"]
    }
}
