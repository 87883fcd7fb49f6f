import Glibc

extension AddressSpace {
    /// Reads the text of `/proc/PID/maps` (proc(5)): `START-END PERMISSIONS OFFSET MAJOR:MINOR INODE  NAME`.
    ///
    /// A line that is none is passed over. Lines of one file share one ``MappedFile``.
    public init(process: Int32, maps text: some Collection<UInt8>) {
        self.init(process: process, maps: text) { _, _ in 0 }
    }

    /// Reads the same, with the version of a file of a name and an inode.
    private init(
        process: Int32, maps text: some Collection<UInt8>,
        version: (_ name: String, _ inode: UInt64) -> UInt64
    ) {
        self.init(process: process)
        var last: MappedFile?
        for line in text.split(separator: UInt8(ascii: "\n")) {
            guard let mapping = Self.mapping(of: line, after: last, version) else { continue }
            last = mapping.file
            insert(mapping)
        }
    }

    /// Reads what a process has mapped now; nil where there is no such process, or it may not be seen.
    public init?(ofRunning process: Int32) {
        guard let text = Self.read("/proc/\(process)/maps") else { return nil }
        self.init(process: process, maps: text) { name, inode in
            var status = stat()
            guard stat("/proc/\(process)/root\(name)", &status) == 0, status.st_ino == inode else { return 0 }
            return UInt64(bitPattern: Int64(status.st_ctim.tv_sec)) << 30 | UInt64(status.st_ctim.tv_nsec)
        }
    }

    private static func mapping(
        of line: some Collection<UInt8>, after last: MappedFile?,
        _ version: (_ name: String, _ inode: UInt64) -> UInt64
    ) -> Mapping? {
        // The name may hold spaces, and is empty for memory without a file.
        let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
        guard fields.count >= 5 else { return nil }
        let range = fields[0].split(separator: UInt8(ascii: "-")).map { number($0, radix: 16) }
        let device = fields[3].split(separator: UInt8(ascii: ":")).map { number($0, radix: 16) }
        guard range.count == 2, let start = range[0], let end = range[1], start < end,
            let offset = number(fields[2], radix: 16), device.count == 2, let major = device[0],
            let minor = device[1], let inode = number(fields[4], radix: 10)
        else { return nil }
        let name = fields.count < 6 ? "" : name(fields[5].drop { $0 == UInt8(ascii: " ") })
        func file(version: UInt64) -> MappedFile {
            MappedFile(kernelName: name, device: major << 32 | minor, inode: inode, version: version)
        }
        let mapped =
            if let last, file(version: last.version) == last {
                last
            } else {
                file(version: inode == 0 ? 0 : version(name, inode))
            }
        return Mapping(
            addresses: start..<end, offset: offset, isExecutable: fields[1].contains(UInt8(ascii: "x")),
            file: mapped)
    }

    /// A name, in which the kernel writes a line break as `\012`.
    private static func name(_ bytes: some Collection<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("\\012") else { return text }
        var rest = text[...]
        var decoded = ""
        while let first = rest.first {
            if rest.hasPrefix("\\012") {
                decoded += "\n"
                rest = rest.dropFirst(4)
            } else {
                decoded.append(first)
                rest = rest.dropFirst()
            }
        }
        return decoded
    }

    private static func number(_ digits: some Collection<UInt8>, radix: Int) -> UInt64? {
        UInt64(String(decoding: digits, as: UTF8.self), radix: radix)
    }

    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return text }
            text += chunk[..<count]
        }
    }
}
