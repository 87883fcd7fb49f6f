import Diagnostics
import Digests
import RecipeModel
import Templater

/// The name of a compiled module in the cache: a digest of all that went into it, and of nothing else.
struct ModuleKey: Equatable, Sendable {
    /// What the names of all our modules begin with.
    static let namePrefix = "taprecipe_"
    /// 64 hexadecimal digits.
    let digest: String

    /// The module's name in the kernel, which has room for 55 bytes.
    var moduleName: String { Self.namePrefix + digest.prefix(16) }

    /// The key of a request's module; `runtime` is what stap gets with `-R`.
    init(_ request: RunRequest, limits: Limits, tools: StapTools, runtime: String?, kernelTree: String? = nil)
        throws(EngineError)
    {
        var hash = SHA256()
        func add(_ label: String, _ text: String) { hash.update(label: label, Array(text.utf8)) }
        add("format", "1")
        hash.update(label: "script", request.script.text.bytes)
        for option in CommandLine.options(request, limits: limits) { add("option", option) }
        add("release", request.kernelRelease)
        let build = tools.buildTree(request.kernelRelease)
        for name in [
            ".config", "Module.symvers", "include/generated/utsrelease.h", "include/generated/compile.h",
        ] {
            // What a build tree lacks is part of what it is.
            let bytes = try? Files.read(build + "/" + name)
            add(name, bytes.map { SHA256.hex(of: $0) } ?? "none")
        }
        add("stap", try ELFBuildID.identity(of: tools.stap))
        // A corrected runtime's path ends in the digest of its content.
        add(
            "runtime",
            runtime.map { String($0.split(separator: "/").last ?? "") }
                ?? "stap's own \(InstalledTree(root: tools.runtime).digest)")
        add("tapset", InstalledTree(root: tools.tapset).digest)
        // The stand-in's path likewise.
        add("kernel tree", kernelTree.map { String($0.split(separator: "/").last ?? "") } ?? "its own")
        for (label, files) in [
            ("probed", request.probedFiles), ("unwind", request.unwindModules),
            ("library", request.libraries), ("kernel module", request.kernelModules),
        ] {
            for file in files.sorted(by: { $0.path < $1.path }) {
                add(label, file.path)
                if let buildID = file.buildID {
                    add("build id", buildID)
                } else {
                    add("build id", try ELFBuildID.identity(of: file.path))
                }
            }
        }
        digest = hash.finalize()
    }
}

extension StapTools {
    /// Where a kernel's build tree is.
    func buildTree(_ release: String) -> String {
        release.hasPrefix("/") ? release : "\(kernelModules)/\(release)/build"
    }
}
