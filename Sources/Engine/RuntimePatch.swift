import Digests
import Glibc

/// A corrected copy of SystemTap's runtime for kernels that it does not compile for.
///
/// Linux 6.1.103, 6.6.44 and 6.10 renamed `task_work_cancel()` to `task_work_cancel_func()` and gave the old
/// name to a function with other parameters (commits 86be7e9 "task_work: s/task_work_cancel()/…_func()/" and
/// the next). The runtime of SystemTap 4.8 still calls the old name, so no user-space probe compiles. The copy
/// differs in that name only and is given to stap with `-R`.
public enum RuntimePatch {
    /// The correction's version: part of the copy's name and of every module's cache key.
    static let version = 1

    /// The runtime's files that name the function, and where it lies in kernel headers.
    static let files = ["stp_task_work.c", "linux/runtime.h"]
    static let header = "include/linux/task_work.h"

    /// Whether a kernel with this `include/linux/task_work.h` needs another runtime than one with this
    /// `stp_task_work.c`.
    public static func needed(taskWorkHeader: [UInt8], runtimeSource: [UInt8]) -> Bool {
        names(in: taskWorkHeader).contains("task_work_cancel_func")
            && names(in: runtimeSource).contains("task_work_cancel")
            && !names(in: runtimeSource).contains("task_work_cancel_func")
    }

    /// Whether modules for the kernel with this build tree need a corrected copy of this runtime; false where
    /// either cannot be read.
    public static func needed(buildTree: String, runtime: String) -> Bool {
        guard let header = taskWorkHeader(buildTree: buildTree),
            let source = try? Files.read(runtime + "/stp_task_work.c", limit: 1 << 20)
        else { return false }
        return needed(taskWorkHeader: header, runtimeSource: source)
    }

    /// The source with the function renamed: the identifier itself and the pointer to it, as whole words.
    static func corrected(_ source: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var word: [UInt8] = []
        for byte in source {
            if isWord(byte) {
                word.append(byte)
            } else {
                result += renamed(word)
                word = []
                result.append(byte)
            }
        }
        return result + renamed(word)
    }

    /// A corrected copy of a runtime, made in the cache directory where it is not there yet.
    static func copy(of runtime: String, in cache: String) throws(EngineError) -> String {
        let names = Files.regularFiles(below: runtime)
        var contents: [(name: String, bytes: [UInt8])] = []
        var hash = SHA256()
        hash.update(label: "patch", Array("\(version)".utf8))
        for name in names {
            var bytes = try Files.read(runtime + "/" + name, limit: 16 << 20)
            hash.update(label: name, bytes)
            if files.contains(name) { bytes = corrected(bytes) }
            contents.append((name, bytes))
        }
        let home = cache + "/runtimes"
        let place = home + "/" + hash.finalize().prefix(16)
        try Files.makePrivateDirectory(home)
        // The copy is renamed into place whole, so a directory of that name is complete.
        if Files.isDirectory(place) {
            Files.noteUse(of: place)
            return place
        }
        Files.sweepDrafts(home)
        Files.keepNewest(16, in: home)
        let draft = "\(place).\(getpid()).\(UInt32.random(in: 0 ... .max)).new"
        defer { Files.removeTree(draft) }
        for (name, bytes) in contents {
            let path = draft + "/" + name
            try Files.makePrivateDirectory(String(path[..<path.lastIndex(of: "/")!]))
            try Files.write(bytes, to: path, mode: 0o644)
        }
        guard rename(draft, place) == 0 || Files.isDirectory(place) else {
            throw .cannotWrite(place, reason: Files.reason())
        }
        return place
    }

    /// The header of the kernel that a build tree is for: Debian keeps it in a second tree, which the first
    /// one's `source` link or its Makefile's `include` names.
    private static func taskWorkHeader(buildTree: String) -> [UInt8]? {
        var trees = [buildTree, buildTree + "/source", buildTree + "/../source"]
        if let makefile = try? Files.read(buildTree + "/Makefile", limit: 1 << 20) {
            for line in String(decoding: makefile, as: UTF8.self).split(separator: "\n")
            where line.hasPrefix("include /") && line.hasSuffix("/Makefile") {
                trees.append(String(line.dropFirst("include ".count).dropLast("/Makefile".count)))
            }
        }
        for tree in trees {
            if let bytes = try? Files.read(tree + "/" + header, limit: 1 << 20) { return bytes }
        }
        return nil
    }

    private static func renamed(_ word: [UInt8]) -> [UInt8] {
        let name = Array("task_work_cancel".utf8)
        let pointer = Array("kallsyms_".utf8) + name
        return word == name || word == pointer ? word + Array("_func".utf8) : word
    }

    private static func names(in source: [UInt8]) -> Set<String> {
        Set(
            source.split { !isWord($0) }.lazy.filter { $0.count < 40 }
                .map { String(decoding: $0, as: UTF8.self) })
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
