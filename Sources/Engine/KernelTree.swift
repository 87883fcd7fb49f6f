import Digests
import Glibc

/// A stand-in for a kernel's build tree, made of links to it and to the kernel's modules, that has the symbol map that
/// Debian leaves out.
///
/// stap reads the names of the kernel's functions from `System.map` in the build tree or `/boot`, and believes
/// that the kernel lacks what is not in it. Debian's kernels ship a stub of one line there (the map is in the
/// 850 MB debug package), so stap refuses every `process(…).function(…).return` ("process return probes not
/// available") and every `kprobe.function(…)` ("no match"), though the kernel has what they need. The stand-in's
/// map names those functions; addresses in it are made up, as stap takes none from it. The kernel itself says
/// when a module is loaded whether it has a function.
public enum KernelTree {
    /// The function whose presence tells stap that user-space return probes work (`tapsets.cxx`,
    /// `kernel_supports_inode_uretprobes`).
    static let returnProbes = "arch_uretprobe_hijack_return_addr"

    /// Where a kernel's symbol map may be, the most complete last.
    static func maps(_ release: String, buildTree: String, root: String = "") -> [String] {
        [
            buildTree + "/System.map", "\(root)/boot/System.map-\(release)",
            "\(root)/usr/lib/debug/boot/System.map-\(release)",
        ]
    }

    /// Whether stap finds no functions in a map.
    static func isStub(_ map: [UInt8]) -> Bool {
        // The stub is one line of 80 bytes; a kernel has tens of thousands of functions.
        map.count < 4096
    }

    /// Whether a kernel that was configured so has user-space probes, and return probes with them.
    static func hasUprobes(_ configuration: [UInt8]) -> Bool {
        configuration.split(separator: UInt8(ascii: "\n")).contains {
            $0.elementsEqual("CONFIG_UPROBES=y".utf8)
        }
    }

    /// The functions that a script's `kprobe.function("…")` name, wildcards apart.
    static func kprobes(in script: [UInt8]) -> [String] {
        let opening = Array("kprobe.function(\"".utf8)
        var names: Set<String> = []
        var start = 0
        while start + opening.count <= script.count {
            guard script[start] == opening[0], script[start...].starts(with: opening) else {
                start += 1
                continue
            }
            start += opening.count
            let name = script[start...].prefix { $0 != UInt8(ascii: "\"") }
            if !name.isEmpty, name.allSatisfy(isNameByte) {
                names.insert(String(decoding: name, as: UTF8.self))
            }
        }
        return names.sorted()
    }

    /// The stand-in for a release's build tree, made in the cache directory where it is not there yet; nil where
    /// the kernel's own map serves, or where none would help.
    static func standIn(
        for release: String, buildTree: String, script: [UInt8], in cache: String, root: String = ""
    ) throws(EngineError) -> String? {
        let maps = maps(release, buildTree: buildTree, root: root)
        for map in maps.dropLast() {
            if let bytes = try? Files.read(map, limit: 64 << 20), !isStub(bytes) { return nil }
        }
        guard let configuration = try? Files.read(buildTree + "/.config", limit: 16 << 20),
            hasUprobes(configuration)
        else { return nil }
        let map: [UInt8]
        if let last = maps.last, let whole = try? Files.read(last, limit: 64 << 20), !isStub(whole) {
            map = whole
        } else {
            map = symbolMap(of: [returnProbes] + kprobes(in: script))
        }
        return try make(
            release: release, buildTree: buildTree, modules: "\(root)/lib/modules/\(release)", map: map,
            in: cache)
    }

    /// A map as nm(1) writes it, with ascending addresses in the kernel's text.
    static func symbolMap(of names: [String]) -> [UInt8] {
        var text = "ffffffff81000000 T _text\n"
        for (index, name) in names.enumerated() {
            text += "\(String(0xffff_ffff_8100_1000 + UInt64(index) * 16, radix: 16)) T \(name)\n"
        }
        return Array(text.utf8)
    }

    /// Links to everything in the build tree but the map and the file that says the release, and to what the folder
    /// `modules` has.
    ///
    /// stap reads that file where it is given a path, and Debian's build tree has it wrong (`6.1.192` for
    /// `6.1.0-56-amd64`); and there it looks for modules below that path alone.
    private static func make(
        release: String, buildTree: String, modules: String, map: [UInt8], in cache: String
    ) throws(EngineError) -> String {
        var hash = SHA256()
        hash.update(label: "format", Array("2".utf8))
        hash.update(label: "release", Array(release.utf8))
        hash.update(label: "tree", Array(buildTree.utf8))
        hash.update(label: "map", map)
        for directory in [buildTree, buildTree + "/include", buildTree + "/include/config", modules] {
            hash.update(label: "names", Array(Files.list(directory).joined(separator: "/").utf8))
        }
        let home = cache + "/kernels"
        let place = home + "/" + hash.finalize().prefix(16)
        try Files.makePrivateDirectory(home)
        // The tree is renamed into place whole, so a directory of that name is complete.
        if Files.isDirectory(place) {
            Files.noteUse(of: place)
            return place
        }
        Files.sweepDrafts(home)
        Files.keepNewest(16, in: home)
        let draft = "\(place).\(getpid()).\(UInt32.random(in: 0 ... .max)).new"
        defer { Files.removeTree(draft) }
        try link(buildTree, as: draft, except: ["System.map", "include"])
        try link(buildTree + "/include", as: draft + "/include", except: ["config"])
        try link(modules, as: draft + "/modules", except: ["build", "source"])
        try link(
            buildTree + "/include/config", as: draft + "/include/config", except: ["kernel.release"])
        try Files.write(Array("\(release)\n".utf8), to: draft + "/include/config/kernel.release", mode: 0o644)
        try Files.write(map, to: draft + "/System.map", mode: 0o644)
        // stap finds the tracepoints' headers there.
        if let source = source(of: buildTree) { symlink(source, draft + "/source") }
        guard rename(draft, place) == 0 || Files.isDirectory(place) else {
            throw .cannotWrite(place, reason: Files.reason())
        }
        return place
    }

    private static func link(_ directory: String, as copy: String, except names: Set<String>)
        throws(EngineError)
    {
        try Files.makePrivateDirectory(copy)
        for name in Files.list(directory) where !names.contains(name) {
            guard symlink("\(directory)/\(name)", "\(copy)/\(name)") == 0 else {
                throw .cannotWrite("\(copy)/\(name)", reason: Files.reason())
            }
        }
    }

    /// The tree with the kernel's headers: beside the build tree's link, or the one that its Makefile includes.
    private static func source(of buildTree: String) -> String? {
        let parent = buildTree.prefix(upTo: buildTree.lastIndex(of: "/") ?? buildTree.startIndex)
        for candidate in [buildTree + "/source", parent + "/source"] {
            guard let real = realpath(candidate, nil) else { continue }
            defer { free(real) }
            return String(cString: real)
        }
        let makefile = (try? Files.read(buildTree + "/Makefile", limit: 1 << 20)) ?? []
        for line in String(decoding: makefile, as: UTF8.self).split(separator: "\n")
        where line.hasPrefix("include /") && line.hasSuffix("/Makefile") {
            return String(line.dropFirst("include ".count).dropLast("/Makefile".count))
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
