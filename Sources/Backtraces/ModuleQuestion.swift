import DebugInfo

/// What is asked of a module's file, in which places are offsets.
enum ModuleQuestion: Equatable {
    /// Open the first file that is the module, under a number that the asker chose.
    case open(module: UInt64, ModuleFile)
    /// How to find the caller of the code at an offset.
    case row(module: UInt64, offset: UInt64, registers: Int)
    /// Which symbol an offset belongs to.
    case place(module: UInt64, offset: UInt64)
    /// Which line of source code an offset belongs to.
    case line(module: UInt64, offset: UInt64)

    var bytes: [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .open(let module, let file):
            writer.put(byte: 0)
            writer.put(module)
            writer.put(file)
        case .row(let module, let offset, let registers):
            writer.put(byte: 1)
            writer.put(module)
            writer.put(offset)
            writer.put(UInt64(registers))
        case .place(let module, let offset):
            writer.put(byte: 2)
            writer.put(module)
            writer.put(offset)
        case .line(let module, let offset):
            writer.put(byte: 3)
            writer.put(module)
            writer.put(offset)
        }
        return writer.bytes
    }

    init(_ bytes: [UInt8]) throws(ByteReader.Garbled) {
        var reader = ByteReader(bytes)
        let kind = try reader.byte()
        let module = try reader.number()
        switch kind {
        case 0: self = .open(module: module, try reader.file())
        case 1:
            let offset = try reader.number()
            let registers = try reader.number()
            guard registers <= 64 else { throw .init() }
            self = .row(module: module, offset: offset, registers: Int(registers))
        case 2: self = .place(module: module, offset: try reader.number())
        case 3: self = .line(module: module, offset: try reader.number())
        default: throw .init()
        }
    }
}

/// Where a module's file may be, and how to know it.
struct ModuleFile: Equatable {
    /// A path to try.
    struct Candidate: Equatable {
        var path: String
        /// The inode that the file must have; 0 where any will do.
        var inode: UInt64
    }

    /// The paths to try, in this order.
    var candidates: [Candidate]
    /// The build id that the file must have, if it is known.
    var buildID: [UInt8]?
    /// Folders that hold separate debug files.
    var debugRoots: [String]
    /// The file's bytes, where it lies in memory.
    var image: [UInt8]?
}

/// What is answered.
enum ModuleAnswer: Equatable {
    /// The module is open.
    case opened
    /// It can't be opened, and why.
    case failed(String)
    /// It is not open, perhaps no longer.
    case notOpen
    /// There is nothing there that the file speaks of.
    case nothing
    case row(UnwindRow)
    case place(SymbolPlace)
    case line(SourcePosition)

    var bytes: [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .opened: writer.put(byte: 0)
        case .failed(let reason):
            writer.put(byte: 1)
            writer.put(reason)
        case .notOpen: writer.put(byte: 2)
        case .nothing: writer.put(byte: 3)
        case .row(let row):
            writer.put(byte: 4)
            writer.put(row)
        case .place(let place):
            writer.put(byte: 5)
            writer.put(place.name)
            writer.put(place.offset)
            writer.put(place.size)
        case .line(let position):
            writer.put(byte: 6)
            writer.put(position.file)
            writer.put(UInt64(clamping: position.line))
        }
        return writer.bytes
    }

    /// Reads an answer, which may come from a process that is not trusted.
    init(_ bytes: [UInt8], registers: Int) throws(ByteReader.Garbled) {
        var reader = ByteReader(bytes)
        switch try reader.byte() {
        case 0: self = .opened
        case 1: self = .failed(try reader.text())
        case 2: self = .notOpen
        case 3: self = .nothing
        case 4: self = .row(try reader.row(registers: registers))
        case 5:
            self = .place(
                SymbolPlace(name: try reader.text(), offset: try reader.number(), size: try reader.number()))
        case 6:
            self = .line(SourcePosition(file: try reader.text(), line: Int(clamping: try reader.number())))
        default: throw .init()
        }
    }
}

extension ByteWriter {
    fileprivate mutating func put(_ file: ModuleFile) {
        put(UInt64(file.candidates.count))
        for candidate in file.candidates {
            put(candidate.path)
            put(candidate.inode)
        }
        put(file.buildID ?? [])
        put(UInt64(file.debugRoots.count))
        for root in file.debugRoots { put(root) }
        put(file.image ?? [])
    }
}

extension ByteReader {
    fileprivate mutating func file() throws(Garbled) -> ModuleFile {
        var file = ModuleFile(candidates: [], debugRoots: [])
        for _ in 0..<(try count()) {
            file.candidates.append(.init(path: try text(), inode: try number()))
        }
        let buildID = try content()
        file.buildID = buildID.isEmpty ? nil : buildID
        for _ in 0..<(try count()) { file.debugRoots.append(try text()) }
        let image = try content()
        file.image = image.isEmpty ? nil : image
        return file
    }
}
