import DebugInfo
import Foundation
import Testing

@Suite("Debug information is found in separate files of the same build")
struct SeparateDebugFileTests {
    /// A stripped program and its debug file, apart.
    private func split(linkOptions: [String] = []) throws -> (program: String, debug: String, folder: String)
    {
        let whole = try Fixture.shapes(["-O2", "-g"] + linkOptions)
        let folder = try Fixture.newFolder()
        try run("objcopy", ["--only-keep-debug", whole, "\(folder)/program.debug"])
        try run("objcopy", ["--strip-all", whole, "\(folder)/program"])
        return ("\(folder)/program", "\(folder)/program.debug", folder)
    }

    private func names(_ binary: Binary) throws -> [String] {
        _ = try binary.debugInfo()
        return binary.probeSites(matching: FunctionPattern(name: "*")).map(\.description).sorted()
    }

    private func install(_ debug: String, for binary: Binary, below root: String) throws {
        let id = try #require(binary.buildID).description
        let folder = "\(root)/.build-id/\(id.prefix(2))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: debug, toPath: "\(folder)/\(id.dropFirst(2)).debug")
    }

    @Test("by build id, with the same sites as the whole file")
    func buildID() throws {
        let (program, debug, folder) = try split()
        let binary = try Binary(path: program, debugRoots: ["\(folder)/none", "\(folder)/root"])
        try install(debug, for: binary, below: "\(folder)/root")
        let whole = try Binary(path: Fixture.shapes(["-O2", "-g"]))
        #expect(try names(binary) == names(whole))
        #expect(try binary.debugInfo().path.hasPrefix("\(folder)/root/.build-id/"))
        #expect(binary.symbols.symbol(named: "walk") == whole.symbols.symbol(named: "walk"))
    }

    @Test("by debuglink: beside the program, in .debug and below a root", arguments: ["", ".debug", "root"])
    func debugLink(place: String) throws {
        let (program, debug, folder) = try split(linkOptions: ["-Wl,--build-id=none"])
        try run("objcopy", ["--add-gnu-debuglink=\(debug)", program])
        let target = place == "root" ? "\(folder)/root\(folder)" : "\(folder)/\(place)"
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        if !place.isEmpty {
            try FileManager.default.moveItem(atPath: debug, toPath: "\(target)/program.debug")
        }
        let binary = try Binary(path: program, debugRoots: ["\(folder)/root"])
        #expect(binary.buildID == nil)
        #expect(try names(binary) == names(Binary(path: Fixture.shapes(["-O2", "-g"]))))
    }

    @Test("a debug file with another checksum is refused")
    func otherChecksum() throws {
        let (program, debug, folder) = try split(linkOptions: ["-Wl,--build-id=none"])
        try run("objcopy", ["--add-gnu-debuglink=\(debug)", program])
        let handle = try #require(FileHandle(forWritingAtPath: debug))
        handle.seekToEndOfFile()
        handle.write(Data([0]))
        try handle.close()
        let binary = try Binary(path: program, debugRoots: ["\(folder)/root"])
        let error = #expect(throws: DebugInfoError.self) { try binary.debugInfo() }
        #expect(error?.notes.contains { $0.contains("'\(debug)' has another checksum") } == true)
    }

    @Test("a debug file of another build is refused")
    func otherBuild() throws {
        let (program, _, folder) = try split()
        let binary = try Binary(path: program, debugRoots: ["\(folder)/root"])
        let other = try Fixture.shapes(["-O0", "-g"])
        try FileManager.default.copyItem(atPath: other, toPath: "\(folder)/other")
        try install("\(folder)/other", for: binary, below: "\(folder)/root")
        let error = #expect(throws: DebugInfoError.self) { try binary.debugInfo() }
        let id = try #require(Binary(path: other).buildID)
        #expect(error?.notes.contains { $0.contains("has build id \(id)") } == true)
    }

    @Test("the system's own: libc6-dbg")
    func libc() throws {
        let libc = try Binary(path: "/usr/lib/x86_64-linux-gnu/libc.so.6")
        #expect(try libc.debugInfo().path.hasPrefix("/usr/lib/debug/.build-id/"))
    }

    @Test("everything is closed when the last value that needs it goes")
    func closes() throws {
        weak var weakly: DWARF?
        do {
            let variable: Variable
            do {
                let binary = try Binary(path: Fixture.shapes(["-O2", "-g"]))
                let dwarf = try binary.debugInfo()
                weakly = dwarf
                #expect(!dwarf.units.isEmpty && !dwarf.typeNames.isEmpty)
                let site = try #require(binary.probeSites(matching: FunctionPattern(name: "main")).first)
                variable = try #require(site.variable(named: "argc"))
            }
            #expect(variable.type?.cName == "int")
            #expect(weakly != nil)
        }
        #expect(weakly == nil)
    }
}
