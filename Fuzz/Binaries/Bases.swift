import Foundation

/// The sound binaries that are damaged: small ones of each kind of debug information, and nginx.
struct Base: Sendable, Codable {
    var name: String
    /// The file to damage.
    var path: String
    /// Where the damaged file must lie for its companions to be found; beside them.
    var mutantName = "mutant"
    /// Files that lie beside the damaged one.
    var companions: [String] = []
    /// How many of a thousand cases it gets.
    var weight: Int
}

/// Builds the bases from the tests' own programs.
struct Bases {
    let folder: String
    let root: String

    func all() throws -> [Base] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let debugInfo = "\(root)/Tests/Fixtures/DebugInfo"
        let shapes = ["\(debugInfo)/shapes.c", "\(debugInfo)/hidden.c"]
        let classes = ["\(debugInfo)/classes.cc"]
        let optimized = ["\(root)/Tests/Fixtures/Resolver/optimized.c"]
        var bases = [
            try compile("c-O0-dwarf5", "gcc", ["-g", "-O0"], shapes, weight: 130),
            try compile("c-O2-dwarf5", "gcc", ["-g", "-O2"], shapes, weight: 150),
            try compile("c-O2-dwarf4", "gcc", ["-gdwarf-4", "-O2"], shapes, weight: 130),
            try compile("cxx-O0-dwarf5", "g++", ["-g", "-O0"], classes, weight: 100),
            try compile(
                "cxx-O2-dwarf4-types", "g++", ["-gdwarf-4", "-O2", "-fdebug-types-section"], classes,
                weight: 100),
            try compile("c-O2-compressed", "gcc", ["-g", "-O2", "-gz"], optimized, weight: 100),
            try compile("c-O2-split", "gcc", ["-g", "-O2", "-gsplit-dwarf"], optimized, weight: 90),
            try compile("object", "gcc", ["-g", "-O2", "-c"], optimized, weight: 30),
        ]
        bases += try debugLinkPair(optimized)
        if let nginx = try nginx() { bases.append(Base(name: "nginx", path: nginx, weight: 10)) }
        return bases
    }

    private func compile(
        _ name: String, _ compiler: String, _ options: [String], _ sources: [String], weight: Int
    ) throws -> Base {
        let path = "\(folder)/\(name)"
        // In the folder, for the .dwo files that -gsplit-dwarf leaves there.
        try run(compiler, options + sources + ["-o", path])
        return Base(name: name, path: path, weight: weight)
    }

    /// A stripped program and its debug file; either is damaged, and the other looked for or found.
    private func debugLinkPair(_ sources: [String]) throws -> [Base] {
        let whole = "\(folder)/whole"
        let (stripped, debug) = ("\(folder)/stripped", "\(folder)/stripped.debug")
        try run("gcc", ["-g", "-O2"] + sources + ["-o", whole])
        try run("objcopy", ["--only-keep-debug", whole, debug])
        try run("objcopy", ["--strip-all", "--add-gnu-debuglink=\(debug)", whole, stripped])
        return [
            Base(name: "stripped", path: stripped, mutantName: "stripped", companions: [debug], weight: 80),
            Base(
                name: "stripped.debug", path: debug, mutantName: "stripped.debug", companions: [stripped],
                weight: 80),
        ]
    }

    /// The nginx that `make nginx` built, if it did.
    private func nginx() throws -> String? {
        let cache = "\(root)/.cache"
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []
        return folders.sorted().map { "\(cache)/\($0)/nginx" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    private func run(_ tool: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure("\(tool) \(arguments.joined(separator: " ")) failed")
        }
    }
}

struct Failure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
