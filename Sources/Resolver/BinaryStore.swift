import DebugInfo

/// The binaries that a script names, each opened once.
final class BinaryStore {
    private let context: ResolverContext
    private var opened: [String: Result<Binary, DebugInfoError>] = [:]
    private var functionNames: [String: [String]] = [:]
    /// Those that could be opened, in the order of their first use.
    private(set) var used: [ResolvedBinary] = []

    init(_ context: ResolverContext) { self.context = context }

    /// The path that a script's path or program name means.
    func path(for name: String) -> String {
        if name.hasPrefix("/") { return name }
        if !name.contains("/") {
            for folder in context.searchPath {
                let candidate = "\(folder)/\(name)"
                if (try? Binary(path: candidate, opener: context.opener)) != nil { return candidate }
            }
        }
        return context.workingDirectory == "." ? name : "\(context.workingDirectory)/\(name)"
    }

    /// The binary at a path.
    func binary(at path: String) throws(DebugInfoError) -> Binary {
        if let known = opened[path] { return try known.get() }
        let result: Result<Binary, DebugInfoError>
        do throws(DebugInfoError) {
            let binary = try Binary(path: path, remote: context.remote, opener: context.opener)
            used.append(ResolvedBinary(path: path, buildID: binary.buildID))
            result = .success(binary)
        } catch {
            result = .failure(error)
        }
        opened[path] = result
        return try result.get()
    }

    /// Those whose debug information was wanted and is not here, by path.
    var missingDebugInfo: [MissingDebugInfo] {
        opened.values.compactMap { (try? $0.get())?.missingDebugInfo }.sorted { $0.path < $1.path }
    }

    /// Why no process can run the file at a path; nil where one can, even if it cannot be looked into.
    func problem(at path: String) -> DebugInfoError? {
        do throws(DebugInfoError) {
            _ = try binary(at: path)
            return nil
        } catch {
            switch error {
            case .unsupportedClass, .unsupportedMachine: return nil
            default: return error
            }
        }
    }

    /// The names of a binary's functions, for suggestions.
    func functionNames(of binary: Binary) -> [String] {
        if let known = functionNames[binary.path] { return known }
        let names = binary.allFunctionNames
        functionNames[binary.path] = names
        return names
    }
}
