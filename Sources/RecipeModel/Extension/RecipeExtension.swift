import Diagnostics

/// Puts a recipe over the one that it extends, as YAML: every value keeps its place in its own file.
struct RecipeExtension {
    /// How many recipes may extend each other in a row.
    static let depthLimit = 8

    let bases: RecipeBases
    let problems: ProblemCollector

    /// A recipe's root with all that it inherits, and the files of those that it extends, the nearest first.
    ///
    /// - Returns: nil, and reported, where a base is missing, extends itself or cannot be read.
    func resolve(_ root: YAMLNode, chain: [SourceFile]) -> (root: YAMLNode, files: [SourceFile])? {
        guard case .mapping(let entries) = root.content,
            let entry = entries.first(where: { $0.key.scalar == RecipeKey.extends.rawValue })
        else { return (root, []) }
        guard let name = NodeReader(problems: problems).line(entry.value, "'extends'") else { return nil }
        guard RecipeBases.isPath(name.value) || RecipeName.isValid(name.value) else {
            problems.report(.badName("a recipe", name.value), at: name.range)
            return nil
        }
        guard chain.count <= Self.depthLimit else {
            problems.report(.extendsTooDeep(limit: Self.depthLimit), at: name.range)
            return nil
        }
        guard let found = source(name, chain) else { return nil }
        if let index = chain.firstIndex(where: { $0.name == found.name }) {
            let circle = (chain[index...].map(\.name) + [found.name]).map(RecipeFile.baseName)
            problems.report(.extendsCircle(circle, from: firstExtends(chain[index])), at: name.range)
            return nil
        }
        let before = problems.diagnostics.count
        guard let base = YAMLComposer.compose(found, problems),
            let resolved = resolve(base, chain: chain + [found])
        else {
            problems.note(.init("it is extended here", at: name.range), from: before)
            return nil
        }
        guard case .mapping(let inherited) = resolved.root.content else {
            problems.report(.baseIsNoRecipe(name.value), at: name.range)
            return nil
        }
        let merged = Self.merged(entries, over: inherited)
        return (YAMLNode(content: .mapping(merged), range: root.range), [found] + resolved.files)
    }

    private func source(_ name: Located<String>, _ chain: [SourceFile]) -> SourceFile? {
        do throws(RecipeBases.Failure) {
            return try bases.find(name.value, chain.map(\.name)).source
        } catch {
            switch error {
            case .noSuchRecipe(let known):
                problems.report(.noBase(name.value, known: known), at: name.range)
            case .unreadable(let cause):
                let words = cause.diagnostics.first?.message ?? ""
                problems.report(.unreadableBase(words), at: name.range)
            }
            return nil
        }
    }

    /// Where a file says what it extends.
    private func firstExtends(_ file: SourceFile) -> SourceRange? {
        guard let root = YAMLComposer.compose(file, ProblemCollector()),
            case .mapping(let entries) = root.content
        else { return nil }
        return entries.first { $0.key.scalar == RecipeKey.extends.rawValue }?.value.range
    }

    // MARK: Merging

    /// What is the base's own: its name, what it extends, its tests.
    private static let notInherited: Set<RecipeKey> = [.name, .extends, .tests]

    private static func merged(_ own: [YAMLNode.Entry], over base: [YAMLNode.Entry]) -> [YAMLNode.Entry] {
        let inherited = base.filter { entry in
            RecipeKey(rawValue: entry.key.scalar ?? "").map { !notInherited.contains($0) } ?? true
        }
        return overlaid(own, over: inherited) { key, own, base in
            switch RecipeKey(rawValue: key) {
            case .limits: node(own, over: base) { _, own, _ in own }
            case .parameters:
                node(own, over: base) { _, own, base in
                    whole(own, over: base, unless: ParameterKey.type.rawValue)
                }
            case .records:
                node(own, over: base) { _, own, base in
                    whole(own, over: base, unless: RecordKey.line.rawValue)
                }
            case .summaryTables, .summaryTrees: titled(own, over: base)
            default: own
            }
        }
    }

    private static func node(
        _ own: YAMLNode, over base: YAMLNode, _ merge: (String, YAMLNode, YAMLNode) -> YAMLNode
    ) -> YAMLNode {
        guard case .mapping(let mine) = own.content, case .mapping(let theirs) = base.content else {
            return own
        }
        return YAMLNode(content: .mapping(overlaid(mine, over: theirs, merge)), range: own.range)
    }

    /// A parameter or record that says what it is stands for itself; else it changes some keys of the base's.
    private static func whole(_ own: YAMLNode, over base: YAMLNode, unless key: String) -> YAMLNode {
        guard case .mapping(let mine) = own.content, !mine.contains(where: { $0.key.scalar == key }) else {
            return own
        }
        return node(own, over: base) { _, own, _ in own }
    }

    /// The base's entries, changed, in their places; then those that only the recipe has.
    private static func overlaid(
        _ own: [YAMLNode.Entry], over base: [YAMLNode.Entry],
        _ merge: (String, YAMLNode, YAMLNode) -> YAMLNode
    ) -> [YAMLNode.Entry] {
        let mine = Dictionary(own.map { ($0.key.scalar ?? "", $0) }) { first, _ in first }
        let names = Set(base.map { $0.key.scalar ?? "" })
        return base.map { entry in
            let name = entry.key.scalar ?? ""
            guard let own = mine[name] else { return entry }
            return YAMLNode.Entry(key: own.key, value: merge(name, own.value, entry.value))
        } + own.filter { !names.contains($0.key.scalar ?? "") }
    }

    /// Tables and trees: those of a title that the base has take its place, others come behind.
    private static func titled(_ own: YAMLNode, over base: YAMLNode) -> YAMLNode {
        guard case .sequence(let mine) = own.content, case .sequence(let theirs) = base.content else {
            return own
        }
        let titles = Set(theirs.compactMap(title))
        let items =
            theirs.map { item in
                title(item).flatMap { title in mine.last { Self.title($0) == title } } ?? item
            } + mine.filter { title($0).map { !titles.contains($0) } ?? true }
        return YAMLNode(content: .sequence(items), range: own.range)
    }

    private static func title(_ node: YAMLNode) -> String? {
        guard case .mapping(let entries) = node.content else { return nil }
        return entries.first { $0.key.scalar == TableKey.title.rawValue }?.value.scalar
    }
}
