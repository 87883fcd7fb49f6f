import Diagnostics
import Foundation
import Resolver
import TestSupport
import Testing

/// The kernel module that scripts probe, built out of tree once a run, and folders that stand for a kernel.
struct KernelFixtures {
    static let release = InstalledKernel.release
    static let shared = Result { try KernelFixtures() }

    /// `tapmod.ko`, with DWARF.
    let module: String
    /// The folder that it was built in.
    let folder: URL

    private init() throws {
        folder = try Programs.shared.get().folder.appendingPathComponent("module")
        let sources = Programs.fixtures.appendingPathComponent("module")
        try FileManager.default.copyItem(at: sources, to: folder)
        module = folder.appendingPathComponent("tapmod.ko").path
        let build = "/lib/modules/\(Self.release)/build"
        guard try run("make", ["-s", "-C", build, "M=\(folder.path)", "modules"]).status == 0 else {
            throw ToolFailure(
                description:
                    "tapmod.ko does not build: apt-get install linux-headers-\(Self.release) make gcc")
        }
    }

    /// The installed kernel that stap is asked about, which does not run here.
    static let installed = ResolverContext(kernel: KernelContext(release: release, isRunning: false))

    func script(_ text: String) -> String { text.replacingOccurrences(of: "@K@", with: module) }

    /// A folder of a kernel's files, empty; removed with the test's own.
    func root(_ name: String = #function) throws -> URL {
        let root = folder.appendingPathComponent("root-\(name.prefix { $0.isLetter })")
        try? FileManager.default.removeItem(at: root)
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        return root
    }

    /// A kernel all of whose files lie below a folder.
    static func kernel(_ root: URL, isRunning: Bool = true) -> ResolverContext {
        ResolverContext(
            kernel: KernelContext(
                release: "9.9.9-test", isRunning: isRunning, modulesFolder: "\(root.path)/lib/modules",
                debugRoots: ["\(root.path)/debug"], bootFolder: "\(root.path)/boot",
                sysFolder: "\(root.path)/sys", procFolder: "\(root.path)/proc"))
    }
}

/// Writes a text file and the folders above it.
func write(_ text: String, to path: String, below root: URL) throws {
    let file = root.appendingPathComponent(path)
    try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
}
