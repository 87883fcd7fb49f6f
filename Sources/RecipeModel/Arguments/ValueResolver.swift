import Glibc

/// Makes paths absolute and finds executables that are given by their bare name.
struct ValueResolver: Sendable {
    let workingDirectory: String
    let executablePath: String

    func resolve(_ value: ParameterValue) throws(ValueProblem) -> ParameterValue {
        switch value {
        case .executable(let name):
            if name.utf8.contains(UInt8(ascii: "/")) { return .executable(absolute(name)) }
            guard let found = lookUp(name) else {
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

    /// The first executable file of that name.
    ///
    /// Folders of PATH that are not absolute are passed over: an empty one means the working directory, where
    /// anybody may have put anything.
    private func lookUp(_ name: String) -> String? {
        for folder in executablePath.split(separator: ":") where folder.hasPrefix("/") {
            let candidate = absolute("\(folder)/\(name)")
            var status = stat()
            if stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(candidate, X_OK) == 0
            {
                return candidate
            }
        }
        return nil
    }
}
