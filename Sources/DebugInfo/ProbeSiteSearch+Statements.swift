import CElfutils
import Glibc

/// `.statement("function@file:lines")`, with stap's own choice of addresses.
///
/// Of every line and every function or instance, the lowest address counts. A line's site is then listed under
/// each matching function of the unit whose code holds the address, even one of another file: an inlined
/// function appears with its own file's name and the line of the code that it was inlined into.
extension ProbeSiteSearch {
    /// A function's code, with what is needed of it again and again.
    private struct Body {
        var match: Match
        var ranges: [Range<UInt64>]

        func contains(_ address: UInt64) -> Bool { ranges.contains { $0.contains(address) } }
    }

    /// The lines of one source file that functions have code for.
    private struct FileLines {
        let records: [SourceLines.Record]
        let bodies: [Body]
        let lines: SourceLines

        /// The lowest address of a line in each function.
        func starts(of line: Int) -> [(line: Int, address: UInt64)] {
            let range = bounds(of: line)
            guard !range.isEmpty else { return [] }
            return bodies.compactMap { body in
                records[range].first { body.contains($0.address) }.map { (line, $0.address) }
            }
        }

        /// The first address of each line from a function's first line on, to the first line that has none in it.
        func allStarts() -> [(line: Int, address: UInt64)] {
            var found: [(line: Int, address: UInt64)] = []
            for body in bodies {
                guard let first = lines.firstLine(of: body.ranges, entry: body.match.entry) else { continue }
                var position = lowerBound(first)
                // The line of the entry may belong to another file, and then must be in this one all the same.
                guard position < records.count, records[position].line == first else { continue }
                while position < records.count {
                    let line = records[position].line
                    var start: UInt64?
                    while position < records.count, records[position].line == line {
                        if start == nil, body.contains(records[position].address) {
                            start = records[position].address
                        }
                        position += 1
                    }
                    guard let start else { break }
                    found.append((Int(line), start))
                }
            }
            return found
        }

        /// Lines at most five away that have code: the nearest one before, and the nearest one behind.
        func near(_ line: Int) -> (before: Int?, behind: Int?) {
            var before: Int?
            var behind: Int?
            for distance in 1..<6 {
                if before == nil, !starts(of: line - distance).isEmpty { before = line - distance }
                if behind == nil, !starts(of: line + distance).isEmpty { behind = line + distance }
            }
            return (before.flatMap { $0 > 0 ? $0 : nil }, behind)
        }

        /// The nearest line that has code; of two the later.
        func nearest(to line: Int) -> Int? {
            let near = near(line)
            guard let before = near.before, let behind = near.behind else {
                return near.before ?? near.behind
            }
            return line - before < behind - line ? before : behind
        }

        private func bounds(of line: Int) -> Range<Int> {
            guard let number = Int32(exactly: line), number < .max else { return 0..<0 }
            return lowerBound(number)..<lowerBound(number + 1)
        }

        private func lowerBound(_ line: Int32) -> Int {
            var low = 0
            var high = records.count
            while low < high {
                let middle = (low + high) / 2
                if records[middle].line < line { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    /// Adds the statements of a unit.
    mutating func addStatements(
        _ lines: FunctionPattern.Lines, in matches: [Match], _ unit: DIE, _ dwarf: DWARF
    ) throws(ProbeQueryError) {
        let table = dwarf.sourceLines(of: unit)
        let bodies = matches.map { Body(match: $0, ranges: $0.die.ranges()) }
        let byFile = Dictionary(grouping: bodies) { $0.match.file ?? "" }
        for file in byFile.keys.sorted() where isMeant(file) {
            let lists = FileLines(records: table.records(of: file), bodies: byFile[file] ?? [], lines: table)
            var starts = try starts(lines, in: lists, of: file)
            var known: Set<UInt64> = []
            starts.removeAll { !known.insert($0.address).inserted }
            add(starts, among: bodies, unit, dwarf)
        }
    }

    private func starts(
        _ lines: FunctionPattern.Lines, in lists: FileLines, of file: String
    ) throws(ProbeQueryError) -> [(line: Int, address: UInt64)] {
        switch lines {
        case .all: return lists.allStarts()
        case .list(let ranges):
            var collected: Set<Int> = []
            var found: [(line: Int, address: UInt64)] = []
            for line in ranges.joined() where !collected.contains(line) {
                let starts = lists.starts(of: line)
                if !starts.isEmpty {
                    collected.insert(line)
                    found += starts
                } else if query.isNearest, let nearest = lists.nearest(to: line),
                    collected.insert(nearest).inserted
                {
                    found += lists.starts(of: nearest)
                }
            }
            return found
        case .line(let line):
            let found = lists.starts(of: line)
            return try found.isEmpty ? nearest(to: line, in: lists, of: file) : found
        case .relative(let offset):
            let found = lists.bodies.flatMap { body in
                FileLines(records: lists.records, bodies: [body], lines: lists.lines)
                    .starts(of: (body.match.line ?? 0) + offset)
            }
            let first = (lists.bodies.first?.match.line ?? 0) + offset
            return try found.isEmpty ? nearest(to: first, in: lists, of: file) : found
        }
    }

    private func nearest(
        to line: Int, in lists: FileLines, of file: String
    ) throws(ProbeQueryError) -> [(line: Int, address: UInt64)] {
        if query.isNearest, let nearest = lists.nearest(to: line) { return lists.starts(of: nearest) }
        let near = lists.near(line)
        throw .noLine(line, file: file, nearest: [near.before, near.behind].compactMap { $0 })
    }

    /// Adds a site for every function that holds an address.
    private mutating func add(
        _ starts: [(line: Int, address: UInt64)], among bodies: [Body], _ unit: DIE, _ dwarf: DWARF
    ) {
        // Each function's ranges are looked up among the sorted addresses; the other way round, a unit with many
        // functions and lines would take their product.
        let order = starts.indices.sorted { starts[$0].address < starts[$1].address }
        let addresses = order.map { starts[$0].address }
        for body in bodies {
            for range in body.ranges {
                var position = Self.lowerBound(range.lowerBound, in: addresses)
                while position < addresses.count, addresses[position] < range.upperBound {
                    let start = starts[order[position]]
                    add(body.match, start.line, start.address, unit, dwarf)
                    position += 1
                }
            }
        }
    }

    private mutating func add(
        _ match: Match, _ line: Int, _ address: UInt64, _ unit: DIE, _ dwarf: DWARF
    ) {
        var site = ProbeSite(
            kind: .statement, name: match.name, address: address, entry: match.entry,
            sourceFile: match.file, line: line, dwarf: dwarf,
            scope: dwarf.scope(of: match.die, unit: unit, at: address))
        if query.isNearest {
            switch query.pattern.lines {
            case .line(let wanted): site.requestedLine = wanted
            case .relative(let offset): site.requestedLine = (match.line ?? 0) + offset
            default: break
            }
        }
        sites.append(site)
    }

    private static func lowerBound(_ address: UInt64, in addresses: [UInt64]) -> Int {
        var low = 0
        var high = addresses.count
        while low < high {
            let middle = (low + high) / 2
            if addresses[middle] < address { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
