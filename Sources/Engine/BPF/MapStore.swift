import BPF
import BPFCompiler
import Interpreter
import Lowering

/// The global variables as handlers in the kernel keep them, for those that run here.
///
/// Not for several threads at once. An element's order is that of the time at which it came.
final class MapStore: GlobalStore {
    private let program: Program
    private let layout: StoreLayout
    private let scalars: MapMemory
    private let tables: [Int: BPFMap]
    private let digestKeys: (UInt64, UInt64)

    init(_ session: KernelSession, digestKeys: (UInt64, UInt64)) {
        program = session.program
        layout = session.store
        scalars = session.scalars
        tables = session.tables
        self.digestKeys = digestKeys
    }

    private func reading<Result>(_ body: () throws(BPFError) -> Result) throws(RuntimeError) -> Result {
        do throws(BPFError) {
            return try body()
        } catch {
            throw .script(Array("a map of the kernel could not be used (error \(error.code))".utf8))
        }
    }

    // MARK: - Scalars

    private var onlyKey: [UInt8] { [0, 0, 0, 0] }

    func scalar(_ global: Int) -> Value {
        guard case .scalar(let type) = program.globals[global].shape, let place = layout.scalars[global]
        else {
            return .integer(0)
        }
        guard type == .text else { return .integer(Int64(bitPattern: scalars[place])) }
        return .text(text(scalars.bytes(at: place, count: layout.textSize), at: 0))
    }

    /// Writes it alone: handlers change others meanwhile.
    func setScalar(_ global: Int, _ value: Value) {
        guard let place = layout.scalars[global] else { return }
        switch value {
        case .integer(let number): scalars[place] = UInt64(bitPattern: number)
        case .text(let text): layout.put(text, to: scalars, at: place)
        }
    }

    private func text(_ bytes: [UInt8], at place: Int) -> [UInt8] {
        let count = Int(clamping: bytes.integer(at: place))
        let start = place + 8
        guard count >= 0, start <= bytes.count else { return [] }
        return Array(bytes[start..<min(start + min(count, layout.textSize - 16), bytes.count)])
    }

    private func put(_ value: Value, to bytes: inout [UInt8], at place: Int) {
        switch value {
        case .integer(let number): bytes.put(number, at: place)
        case .text(let text):
            let kept = text.prefix(layout.textSize - 16)
            bytes.put(Int64(kept.count), at: place)
            bytes.replaceSubrange(place + 8..<place + 8 + kept.count, with: kept)
        }
    }

    // MARK: - Elements

    private func key(_ keys: [Value], _ table: StoreLayout.Table) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: table.keySize)
        var place = 0
        for value in keys {
            switch value {
            case .integer(let number):
                key.put(number, at: place)
                place += 8
            case .text(let text):
                let kept = text.prefix(layout.textSize - 16)
                let digest = TextDigest.digest(of: kept, keys: digestKeys)
                key.put(Int64(kept.count), at: place)
                key.put(Int64(bitPattern: digest.0), at: place + 8)
                key.put(Int64(bitPattern: digest.1), at: place + 16)
                place += StoreLayout.textKeySize
            }
        }
        return key
    }

    private func keys(of key: [UInt8], _ value: [UInt8], _ table: StoreLayout.Table) -> [Value] {
        var (place, textPlace) = (0, table.keyTexts)
        return table.keys.map { type in
            if type == .text {
                defer {
                    place += StoreLayout.textKeySize
                    textPlace += layout.textSize
                }
                return .text(text(value, at: textPlace))
            }
            defer { place += 8 }
            return .integer(key.integer(at: place))
        }
    }

    private func payload(_ bytes: [UInt8], _ table: StoreLayout.Table) -> Value {
        table.element == .value(.text)
            ? .text(text(bytes, at: StoreLayout.payload)) : .integer(bytes.integer(at: StoreLayout.payload))
    }

    func element(_ global: Int, _ keys: [Value]) throws(RuntimeError) -> Value? {
        guard let map = tables[global], let table = layout.tables[global] else { return nil }
        return try reading { () throws(BPFError) in try map.value(of: key(keys, table)) }
            .map { payload($0, table) }
    }

    func contains(_ global: Int, _ keys: [Value]) throws(RuntimeError) -> Bool {
        guard let map = tables[global], let table = layout.tables[global] else { return false }
        return try reading { () throws(BPFError) in try map.value(of: key(keys, table)) } != nil
    }

    func setElement(_ global: Int, _ keys: [Value], _ value: Value) throws(RuntimeError) {
        guard let map = tables[global], let table = layout.tables[global] else { return }
        let key = key(keys, table)
        var bytes =
            try reading { () throws(BPFError) in try map.value(of: key) } ?? fresh(keys, table)
        put(value, to: &bytes, at: StoreLayout.payload)
        do throws(BPFError) {
            try map.set(key, to: bytes)
        } catch {
            throw .arrayOverflow(size: program.globals[global].capacity)
        }
    }

    /// A value that holds nothing yet, with the texts of its keys.
    private func fresh(_ keys: [Value], _ table: StoreLayout.Table) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: table.valueSize)
        bytes.put(Int64(clamping: SystemClock.nanoseconds), at: 0)
        var place = table.keyTexts
        for case .text(let text) in keys {
            put(.text(text), to: &bytes, at: place)
            place += layout.textSize
        }
        return bytes
    }

    func remove(_ global: Int, _ keys: [Value]) throws(RuntimeError) {
        guard let map = tables[global], let table = layout.tables[global] else { return }
        try reading { () throws(BPFError) in try map.remove(key(keys, table)) }
    }

    func clear(_ global: Int) throws(RuntimeError) {
        guard let map = tables[global] else {
            let isText = program.globals[global].shape == .scalar(.text)
            return setScalar(global, isText ? .text([]) : .integer(0))
        }
        try reading { () throws(BPFError) in
            if map.kind == .perProcessorArray {
                return try map.set(onlyKey, to: [UInt8](repeating: 0, count: map.lookupSize))
            }
            for key in try allKeys(map) { try map.remove(key) }
        }
    }

    /// All keys; handlers may add and remove some meanwhile.
    private func allKeys(_ map: BPFMap) throws(BPFError) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var known: Set<[UInt8]> = []
        var last: [UInt8]?
        // A key that goes while it is asked for sends the walk back to the beginning.
        while let next = try map.key(after: last), found.count <= map.capacity {
            if known.insert(next).inserted { found.append(next) }
            last = next
        }
        return found
    }

    /// The part of a value that tells when the element came and the texts of its keys: of a map per processor, that
    /// of the processor on which it came.
    private func head(_ bytes: [UInt8], _ table: StoreLayout.Table) -> [UInt8] {
        let stride = (table.valueSize + 7) / 8 * 8
        guard bytes.count > table.valueSize else { return bytes }
        for start in Swift.stride(from: 0, to: bytes.count - table.valueSize + 1, by: stride)
        where bytes.integer(at: start) != 0 {
            return Array(bytes[start..<start + table.valueSize])
        }
        return bytes
    }

    private func entries(_ global: Int) throws(RuntimeError) -> [(keys: [Value], bytes: [UInt8])] {
        guard let map = tables[global], let table = layout.tables[global] else { return [] }
        let all = try reading { () throws(BPFError) -> [(time: Int64, keys: [Value], bytes: [UInt8])] in
            var all: [(time: Int64, keys: [Value], bytes: [UInt8])] = []
            for key in try allKeys(map) {
                guard let value = try map.value(of: key) else { continue }
                let head = head(value, table)
                all.append((head.integer(at: 0), keys(of: key, head, table), value))
            }
            return all
        }
        return all.sorted { $0.time < $1.time }.map { ($0.keys, $0.bytes) }
    }

    func elements(_ global: Int) throws(RuntimeError) -> [(keys: [Value], value: Value)] {
        guard let table = layout.tables[global] else { return [] }
        return try entries(global).map { ($0.keys, payload($0.bytes, table)) }
    }

    /// The kernel's maps have no order of their own.
    func reorder(_ global: Int, _ keys: [[Value]]) {}

    // MARK: - Statistics

    func statistics(_ global: Int) throws(RuntimeError) -> [(keys: [Value], value: Statistic)] {
        guard let table = layout.tables[global] else { return [] }
        return try entries(global).compactMap { entry in
            statistic(entry.bytes, table).map { (entry.keys, $0) }
        }
    }

    func statistic(_ global: Int, _ keys: [Value]) throws(RuntimeError) -> Statistic? {
        guard let map = tables[global], let table = layout.tables[global] else { return nil }
        return try reading { () throws(BPFError) in try map.value(of: key(keys, table)) }
            .flatMap { statistic($0, table) }
    }

    /// One processor's part, which begins at `start`, without its buckets.
    private func part(_ bytes: [UInt8], at start: Int, _ table: StoreLayout.Table) -> Statistic {
        var part = Statistic(shift: table.variance?.shift ?? 0, histograms: table.histograms.map(\.shape))
        let place = start + StoreLayout.payload
        part.count = bytes.integer(at: place)
        part.sum = bytes.integer(at: place + 8)
        part.minimum = bytes.integer(at: place + 16)
        part.maximum = bytes.integer(at: place + 24)
        if let (offset, _) = table.variance {
            part.scaledMean = bytes.integer(at: start + offset)
            part.scaledSquares = bytes.integer(at: start + offset + 8)
            part.scaledVariance = bytes.integer(at: start + offset + 16)
        }
        return part
    }

    /// The parts of all processors together.
    private func statistic(_ bytes: [UInt8], _ table: StoreLayout.Table) -> Statistic? {
        let stride = (table.valueSize + 7) / 8 * 8
        return Statistic.merged(
            Swift.stride(from: 0, to: bytes.count - table.valueSize + 1, by: stride).map { start in
                var part = part(bytes, at: start, table)
                for (number, histogram) in table.histograms.enumerated() {
                    part.buckets[number] = (0..<histogram.buckets).map {
                        bytes.integer(at: start + histogram.offset + $0 * 8)
                    }
                }
                return part
            })
    }

    func accumulate(_ global: Int, _ keys: [Value], _ value: Int64) throws(RuntimeError) {
        guard let map = tables[global], let table = layout.tables[global] else { return }
        let key = key(keys, table)
        let stride = (table.valueSize + 7) / 8 * 8
        var bytes = try reading { () throws(BPFError) in try map.value(of: key) } ?? []
        if bytes.isEmpty {
            let fresh = fresh(keys, table) + [UInt8](repeating: 0, count: stride - table.valueSize)
            bytes = Array(repeatElement(fresh, count: BPFMap.processorCount).joined())
        }
        // The first processor's part takes it.
        var part = part(bytes, at: 0, table)
        part.add(value, histograms: table.histograms.map(\.shape))
        for (number, field) in [part.count, part.sum, part.minimum, part.maximum].enumerated() {
            bytes.put(field, at: StoreLayout.payload + number * 8)
        }
        if let (offset, _) = table.variance {
            for (number, field) in [part.scaledMean, part.scaledSquares, part.scaledVariance].enumerated() {
                bytes.put(field, at: offset + number * 8)
            }
        }
        for (number, histogram) in table.histograms.enumerated() {
            for (bucket, count) in part.buckets[number].enumerated() where count > 0 {
                let at = histogram.offset + bucket * 8
                bytes.put(bytes.integer(at: at) + count, at: at)
            }
        }
        do throws(BPFError) {
            try map.set(key, to: bytes)
        } catch {
            throw .arrayOverflow(size: program.globals[global].capacity)
        }
    }
}
