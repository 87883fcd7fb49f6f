import DebugInfo
import Diagnostics
import StapLanguage

/// What one resolution has found in a tapset: the files that it had to parse.
final class TapsetIndex {
    /// A parsed file.
    final class File {
        let source: SourceFile
        let tree: ScriptTree

        init(source: SourceFile, tree: ScriptTree) {
            self.source = source
            self.tree = tree
        }
    }

    /// A set of files that are scanned together.
    private struct Tier {
        /// nil where no name has been looked for in them.
        var texts: TapsetTexts?
        var aliases: [String: [Int]]?
        var parsed: [Int: File] = [:]
    }

    private let tapset: Tapset
    private var tiers: [Tier]
    /// The sources that were parsed; problems in them are not the script's.
    private(set) var sources: Set<ObjectIdentifier> = []

    init(_ tapset: Tapset) {
        self.tapset = tapset
        tiers = tapset.tiers.map { _ in Tier() }
    }

    /// The functions of a name, with the files that they are in.
    func functions(named name: String) -> [(FunctionDeclaration, File)] {
        let hash = TapsetScan.hash(name.utf8)
        return search {
            Self.files(hash, $0.texts?.functions)
        } finding: { file in
            file.tree.functions.filter { $0.name.text == name }.map { ($0, file) }
        }
    }

    /// The global variable of a name that every file may use.
    ///
    /// Every local of a script is asked for, so the syscalls' files are not read for it: their globals are for
    /// their own functions, which are found once a script has called one.
    func global(named name: String) -> GlobalDeclaration? {
        prepare(0)
        let hash = TapsetScan.hash(name.utf8)
        for number in tiers.indices {
            for index in Self.files(hash, tiers[number].texts?.globals) {
                let found = file(number, index)?.tree.globals.first { $0.name.text == name && !$0.isPrivate }
                if let found { return found }
            }
        }
        return nil
    }

    /// The aliases whose name a probe point, or the first part of it, means.
    func aliases(for point: ProbePoint) -> [(ProbeAlias, File)] {
        let wanted = point.components.map(\.name.text)
        let isPattern = wanted.contains { $0.contains("*") || $0.contains("?") }
        return search { tier in
            let aliases = tier.aliases ?? [:]
            if isPattern {
                return Set(aliases.filter { Self.mayMatch($0.key, wanted) }.flatMap(\.value)).sorted()
            }
            var found: Set<Int> = []
            for count in stride(from: wanted.count, to: 0, by: -1) {
                found.formUnion(aliases[wanted.prefix(count).joined(separator: ".")] ?? [])
            }
            return found.sorted()
        } preparing: {
            prepareAliases($0)
        } finding: { file in
            file.tree.aliases.filter { alias in
                alias.names.contains { AliasMatch($0, point) != nil }
            }.map { ($0, file) }
        }
    }

    /// The names of all functions, for suggestions.
    var functionNames: [String] {
        prepare(0)
        return (tiers[0].texts?.texts ?? []).flatMap { text in
            let bytes = text ?? []
            return TapsetScan(bytes).functionPlaces.map { String(decoding: bytes[$0], as: UTF8.self) }
        }.filter { !$0.hasPrefix("_") }
    }

    /// The names of all aliases, for suggestions.
    var aliasNames: [String] {
        for number in tiers.indices { prepareAliases(number) }
        return tiers.flatMap { ($0.aliases ?? [:]).keys.filter { !$0.hasPrefix("_") } }
    }

    private static func mayMatch(_ name: String, _ wanted: [String]) -> Bool {
        let first = name.prefix { $0 != "." }
        return Glob(wanted[0]).matches(String(first))
    }

    private func search<Found>(
        _ candidates: (Tier) -> [Int], preparing prepareTier: (Int) -> Void = { _ in },
        finding: (File) -> [Found]
    ) -> [Found] {
        for number in tiers.indices {
            prepare(number)
            prepareTier(number)
            let found = candidates(tiers[number]).flatMap { index in
                file(number, index).map(finding) ?? []
            }
            if !found.isEmpty { return found }
        }
        return []
    }

    private func prepare(_ number: Int) {
        if tiers[number].texts == nil { tiers[number].texts = tapset.tiers[number].value }
    }

    private func prepareAliases(_ number: Int) {
        prepare(number)
        guard tiers[number].aliases == nil else { return }
        var aliases: [String: [Int]] = [:]
        for (index, text) in (tiers[number].texts?.texts ?? []).enumerated() {
            for name in text.map(TapsetScan.aliases) ?? [] { aliases[name, default: []].append(index) }
        }
        tiers[number].aliases = aliases
    }

    private static func files(_ hash: UInt64, _ definitions: [TapsetTexts.Definition]?) -> [Int] {
        definitions?.filter { $0.hash == hash }.map(\.file) ?? []
    }

    private func file(_ number: Int, _ index: Int) -> File? {
        if let known = tiers[number].parsed[index] { return known }
        guard let texts = tiers[number].texts, let bytes = texts.texts[index] else { return nil }
        let source = SourceFile(name: texts.paths[index], bytes: bytes)
        let file = File(
            source: source, tree: ScriptParser.analyze(source, options: tapset.options).tree)
        tiers[number].parsed[index] = file
        sources.insert(ObjectIdentifier(source))
        return file
    }
}

/// How an alias's name fits a probe point.
struct AliasMatch {
    /// The components behind the alias's name, which go to each of its points.
    let suffix: ArraySlice<ProbePoint.Component>

    init?(_ name: ProbePoint, _ point: ProbePoint) {
        let (names, wanted) = (name.components, point.components)
        guard !names.isEmpty, names.count <= wanted.count else { return nil }
        for (own, other) in zip(names, wanted) {
            let pattern = other.name.text
            let fits =
                pattern.contains("*") ? Glob(pattern).matches(own.name.text) : pattern == own.name.text
            guard fits, Self.isSame(own.argument, other.argument) else { return nil }
        }
        suffix = wanted[names.count...]
    }

    private static func isSame(
        _ left: ProbePoint.Component.Argument?, _ right: ProbePoint.Component.Argument?
    ) -> Bool {
        left == right
    }
}
