public import DebugInfo

/// Answers questions about modules' files: the side that reads untrusted binaries.
///
/// A helper process without rights can hold it for its whole life: questions and answers are bytes, of which only an
/// ``Unwinder`` or ``AddressNames`` knows the meaning. Not for concurrent use.
public final class UnwindService {
    private struct OpenModule {
        var binary: Binary
        var segments: [LoadSegment]
        var lastUse: UInt64
    }

    private let machine: Machine
    private let opener: FileOpener?
    private var modules: [UInt64: OpenModule] = [:]
    private var uses: UInt64 = 0
    /// Each open module holds a descriptor or two.
    private let limit: Int

    /// Creates a service that has nothing open.
    ///
    /// - Parameters:
    ///   - machine: what the binaries must be built for.
    ///   - opener: what opens files that this process may not.
    ///   - limit: how many modules are held open; the one that was not asked for longest is closed.
    public init(machine: Machine = .host, opener: FileOpener? = nil, limit: Int = 128) {
        self.machine = machine
        self.opener = opener
        self.limit = limit
    }

    /// The answer to a question; that of a question that makes no sense is that nothing is known.
    public func answer(_ question: [UInt8]) -> [UInt8] {
        guard let question = try? ModuleQuestion(question) else { return ModuleAnswer.nothing.bytes }
        return answer(question).bytes
    }

    private func answer(_ question: ModuleQuestion) -> ModuleAnswer {
        switch question {
        case .open(let number, let file): return open(number, file)
        case .row(let number, let offset, let registers):
            return ask(number, offset) { binary, segment, address in
                binary.unwindRow(at: address, registers: registers).flatMap { segment.offsets(of: $0) }
                    .map { .row($0) }
            }
        case .place(let number, let offset):
            return ask(number, offset) { binary, _, address in
                binary.symbols.place(of: address).map { .place($0) }
            }
        case .line(let number, let offset):
            return ask(number, offset) { binary, _, address in
                binary.sourcePosition(of: address).map { .line($0) }
            }
        }
    }

    private func ask(
        _ number: UInt64, _ offset: UInt64, _ body: (Binary, LoadSegment, _ address: UInt64) -> ModuleAnswer?
    ) -> ModuleAnswer {
        guard let module = modules[number] else { return .notOpen }
        uses += 1
        modules[number]?.lastUse = uses
        // The last page of one segment may be the first of another; code counts.
        let holding = module.segments.filter { offset >= $0.offset && offset - $0.offset < $0.fileSize }
        guard let segment = holding.first(where: \.isExecutable) ?? holding.first else { return .nothing }
        return body(module.binary, segment, offset - segment.offset &+ segment.address) ?? .nothing
    }

    private func open(_ number: UInt64, _ file: ModuleFile) -> ModuleAnswer {
        var failure = "no file is known"
        if modules.count >= limit, let oldest = modules.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            modules[oldest.key] = nil
        }
        func take(_ binary: Binary) -> ModuleAnswer {
            uses += 1
            modules[number] = OpenModule(binary: binary, segments: binary.segments, lastUse: uses)
            return .opened
        }
        do throws(DebugInfoError) {
            if let image = file.image {
                return take(try Binary(image: image, name: "[vdso]", machine: machine))
            }
        } catch {
            return .failed(error.message)
        }
        for candidate in file.candidates {
            do throws(DebugInfoError) {
                let binary = try Binary(
                    path: candidate.path, machine: machine, debugRoots: file.debugRoots, opener: opener)
                let isSame =
                    if let wanted = file.buildID {
                        binary.buildID?.bytes == wanted
                    } else {
                        candidate.inode == 0 || candidate.inode == binary.inode
                    }
                guard !isSame else { return take(binary) }
                failure = "'\(candidate.path)' is another file by now"
            } catch {
                failure = error.message
            }
        }
        return .failed(failure)
    }
}

extension LoadSegment {
    /// A row with offsets in the file in the place of addresses.
    fileprivate func offsets(of row: UnwindRow) -> UnwindRow? {
        let end = address.addingReportingOverflow(fileSize)
        let range = row.addresses.clamped(to: address..<(end.overflow ? .max : end.partialValue))
        guard !range.isEmpty else { return nil }
        var moved = row
        moved.addresses =
            (range.lowerBound - address &+ offset)..<(range.upperBound - address &+ offset)
        return moved
    }
}
