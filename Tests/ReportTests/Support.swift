import Diagnostics
import Glibc
import RecipeModel
import StapMessages
import TestSupport
import Testing

@testable import Report

/// Values of a recipe without its YAML.
enum Make {
    private static let source = SourceFile(name: "test.yaml", text: "")

    static func located<Value: Sendable>(_ value: Value) -> Located<Value> {
        Located(value, at: source.range(0, 0))
    }

    static func record(
        _ name: String, _ line: String, _ followedBy: Follower..., counts: String? = nil
    ) -> RecordDefinition {
        RecordDefinition(
            name: name, line: located(line), counts: counts.map(located),
            followedBy: followedBy.map {
                switch $0 {
                case .stack: .stack
                case .records(let name): .records(located(name))
                }
            })
    }

    enum Follower {
        case stack
        case records(String)
    }

    static func table(
        _ title: String, of: String, by: [String] = [], _ columns: [ColumnDefinition],
        sort: [TableDefinition.SortKey] = [], limit: Int = 20
    ) -> TableDefinition {
        TableDefinition(
            title: title, of: located(of), groupBy: by.map(located), columns: columns.map(located),
            sort: sort, limit: limit)
    }

    static func tree(
        _ title: String, of: String, _ parent: String, _ child: String, _ parentLabel: String,
        _ childLabel: String, renamedBy: String? = nil
    ) -> TreeDefinition {
        TreeDefinition(
            title: title, of: located(of), parent: located(parent), child: located(child),
            parentLabel: located(parentLabel), childLabel: located(childLabel),
            renamedBy: renamedBy.map(located))
    }

    static func matcher(_ pattern: String) throws -> RecordMatcher {
        RecordMatcher(try RecordPattern(parsing: pattern))
    }
}

extension ArraySlice<UInt8> {
    init(_ text: String) { self = Array(text.utf8)[...] }
}

extension TableDefinition.SortKey {
    static func descending(_ column: ColumnDefinition) -> Self { Self(column: column, isDescending: true) }
    static func ascending(_ column: ColumnDefinition) -> Self { Self(column: column, isDescending: false) }
}

extension SummaryBuilder {
    /// Feeds text as a saved output, through the splitter.
    mutating func feed(saved text: String) {
        var splitter = LineSplitter(maximumLength: 64 * 1024)
        splitter.feed(ArraySlice(text)) { feed(savedLine: $0) }
        splitter.finish { feed(savedLine: $0) }
    }

    /// Feeds lines as a script's output.
    mutating func feed(_ lines: String...) {
        for line in lines { feed(line: ArraySlice(line)) }
    }
}

enum Fixtures {
    static let folder =
        #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Fixtures/Report"

    static func read(_ path: String) throws -> String {
        guard let file = fopen(path, "r") else { throw MissingFile(path: path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    struct MissingFile: Error { var path: String }

    /// Holds a whole output against its golden file; `make golden` writes the file instead.
    static func expectGolden(
        _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(
            try Golden.difference(text, from: "\(folder)/golden/\(name)") == nil,
            sourceLocation: sourceLocation)
    }
}
