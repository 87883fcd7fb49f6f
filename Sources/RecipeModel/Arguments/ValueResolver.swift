import Glibc

/// Makes paths absolute and finds executables that are given by their bare name.
struct ValueResolver: Sendable {
    let workingDirectory: String
    let executablePath: String

    func resolve(_ value: ParameterValue) throws(ValueProblem) -> ParameterValue {
        switch value {
        case .executable(let name):
            if name.utf8.contains(UInt8(ascii: "/")) { return .executable(absolute(name)) }
            guard let found = ExecutableSearch.path(of: name, in: executablePath) else {
                throw .notOnPath(isHere: access(absolute(name), F_OK) == 0)
            }
            return .executable(found)
        case .path(let path): return .path(absolute(path))
        case .list(let values):
            var resolved: [ParameterValue] = []
            for value in values { resolved.append(try resolve(value)) }
            return .list(resolved)
        default: return value
        }
    }

    private func absolute(_ path: String) -> String { AbsolutePath.of(path, in: workingDirectory) }
}
