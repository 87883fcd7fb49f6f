import DebugInfo
import Foundation
import Testing

@Suite("ELF facts are those of readelf, nm and ldd")
struct BinaryTests {
    @Test(
        "kind",
        arguments: [
            (["-O0", "-g"], Binary.Kind.positionIndependentExecutable, false),
            (["-O2", "-g", "-no-pie"], .executable, false), (["-O2", "-g", "-static"], .executable, true),
            (["-O2", "-g", "-static-pie", "-fPIE"], .positionIndependentExecutable, true),
            (["-O2", "-g", "-shared", "-fPIC", "-Wl,-soname,libshapes.so.1"], .sharedLibrary, false),
        ])
    func kind(options: [String], kind: Binary.Kind, isStatic: Bool) throws {
        let path = try Fixture.shapes(options)
        let binary = try Binary(path: path)
        #expect(binary.kind == kind)
        #expect(binary.isStatic == isStatic)
        #expect(binary.machine == .host)
        #expect(binary.soname == (kind == .sharedLibrary ? "libshapes.so.1" : nil))
        let notes = try run("readelf", ["-nlWS", path])
        #expect(notes.contains("Build ID: \(try #require(binary.buildID))"))
        #expect(binary.interpreter.map { notes.contains("interpreter: \($0)]") } ?? !notes.contains("INTERP"))
        #expect(binary.hasSection(".debug_info") && !binary.hasSection(".nothing"))
    }

    /// A table looks at every name the first times, and through its index from then on.
    @Test("symbols are the same by search and by index", arguments: ["/lib/x86_64-linux-gnu/libc.so.6", nil])
    func symbolsByIndex(of path: String?) throws {
        let path = try path ?? Fixture.shop(["-O2", "-g"])
        let indexed = try Binary(path: path).symbols
        for _ in 0..<64 { _ = indexed.symbol(named: "main") }
        let bare = indexed.symbols.map { String($0.name.prefix { $0 != "@" }) }
        let names = bare + indexed.symbols.map(\.name) + bare.map { $0 + "@" }
        // A table of its own for every twenty names, so that none comes to make its index; of a large one, a part.
        for start in stride(from: 0, to: names.count, by: max(20, names.count / 10)) {
            let searched = try Binary(path: path).symbols
            for name in names[start..<min(start + 20, names.count)] + ["no such", "", "@"] {
                #expect(searched.symbol(named: name) == indexed.symbol(named: name), "\(name)")
            }
        }
    }

    @Test("symbols, both ways, are nm's")
    func symbols() throws {
        let path = try Fixture.shapes(["-O2", "-g"])
        let symbols = try Binary(path: path).symbols
        var count = 0
        for line in try run("nm", ["--defined-only", path]).split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count == 3, "tT".contains(parts[1]), let address = UInt64(parts[0], radix: 16)
            else {
                continue
            }
            count += 1
            #expect(symbols.symbol(named: String(parts[2]))?.address == address, "\(line)")
            #expect(symbols.function(at: address)?.address == address, "\(line)")
        }
        #expect(count > 10)
        let walk = try #require(symbols.symbol(named: "walk") ?? symbols.symbol(named: "walk.isra.0"))
        #expect(symbols.function(at: walk.address + walk.size - 1) == walk)
        #expect(symbols.symbol(named: "no such") == nil)
        #expect(symbols.function(at: .max) == nil)
    }

    @Test("needed libraries are ldd's", arguments: ["/usr/bin/gdb", "/usr/bin/stap", "/bin/sh"])
    func libraries(path: String) throws {
        let ours = try Binary(path: path).loadedLibraries()
        var theirs: Set<String> = []
        for line in try run("ldd", [path]).split(separator: "\n") {
            guard let arrow = line.range(of: " => "), let end = line.range(of: " (0x") else { continue }
            theirs.insert(try canonical(String(line[arrow.upperBound..<end.lowerBound])))
        }
        let found = Set(ours.compactMap(\.path)).filter { !$0.contains("/ld-linux") }
        #expect(found == theirs)
        #expect(!theirs.isEmpty)
    }

    @Test("a library beside the program is found through its RUNPATH")
    func runpath() throws {
        let folder = try Fixture.newFolder()
        try run("gcc", ["-shared", "-fPIC", "\(Fixture.sources)/hidden.c", "-o", "\(folder)/libhidden.so"])
        let program = "\(folder)/program"
        try run(
            "gcc",
            ["\(Fixture.sources)/shapes.c", "-o", program, "-L\(folder)", "-lhidden", "-Wl,-rpath,$ORIGIN"])
        let libraries = try Binary(path: program).loadedLibraries()
        #expect(
            libraries.first { $0.name == "libhidden.so" }?.path == (try canonical("\(folder)/libhidden.so")))
        try FileManager.default.removeItem(atPath: "\(folder)/libhidden.so")
        let missing = try Binary(path: program).loadedLibraries().first { $0.name == "libhidden.so" }
        #expect(missing?.path == nil && missing != nil)
    }

    private func canonical(_ path: String) throws -> String {
        let resolved = try #require(realpath(path, nil))
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

@Suite("Kernel modules are those of modinfo")
struct KernelModulesTests {
    @Test("a file, whichever way its name is spelt")
    func file() throws {
        let modules = KernelModules(release: Stap.release)
        #expect(modules.isInstalled)
        for name in ["nf_conntrack", "nf-conntrack", "xfs"] {
            let path = try run("modinfo", ["-k", Stap.release, "-n", name]).split(separator: "\n").first.map(
                String.init)
            guard case .file(let found, _) = modules.lookup(name) else {
                Issue.record("\(name) was not found")
                continue
            }
            #expect(found == path)
        }
    }

    @Test("built-in, unknown, and no such release")
    func others() {
        let modules = KernelModules(release: Stap.release)
        #expect(modules.lookup("unix") == .builtIn)
        #expect(modules.lookup("no_such_module") == .notFound)
        for release in ["0.0.0-none", "../..", ""] {
            let none = KernelModules(release: release)
            #expect(!none.isInstalled)
            #expect(none.lookup("xfs") == .notFound)
        }
    }
}
