public import Diagnostics

/// Reads recipes, or says everything that is wrong with them.
public enum RecipeLoader {
    /// Reads the recipe in a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - bases: What finds the recipes that it extends.
    /// - Returns: The recipe, with all that it inherits.
    /// - Throws: every mistake, in the order of their places; of a file that cannot be read, or whose YAML is
    ///   malformed, the first one.
    public static func load(
        path: String, bases: RecipeBases = .besideRecipe
    ) throws(DiagnosticsError) -> Recipe {
        try load(try RecipeFile.read(path), fileName: RecipeFile.baseName(path), bases: bases)
    }

    /// Reads a recipe from its text; `fileName`, where given, is what its name must be.
    public static func load(
        _ source: SourceFile, fileName: String? = nil, bases: RecipeBases = .besideRecipe
    ) throws(DiagnosticsError) -> Recipe {
        let problems = ProblemCollector()
        let recipe = YAMLComposer.compose(source, problems).flatMap { root in
            RecipeExtension(bases: bases, problems: problems).resolve(root, chain: [source])
        }.flatMap { root, bases in
            RecipeReader(source: source, bases: bases, fileName: fileName, problems: problems).recipe(root)
        }
        guard let recipe, !problems.hasErrors else { throw DiagnosticsError(problems.sorted) }
        return recipe
    }
}

/// Reads the top level of a recipe and leaves each part to its own reader.
private struct RecipeReader {
    let source: SourceFile
    let bases: [SourceFile]
    let fileName: String?
    let problems: ProblemCollector

    func recipe(_ root: YAMLNode) -> Recipe? {
        if case .mapping(let entries) = root.content,
            let steps = entries.first(where: { $0.key.scalar == "steps" })
        {
            problems.report(.runbook, at: steps.key.range)
            return nil
        }
        let start = source.range(root.range.lower, root.range.lower)
        guard let fields = Fields<RecipeKey>(root, of: "a recipe", place: start, problems) else { return nil }
        let read = NodeReader(problems: problems)
        let atStart = problems.diagnostics.count
        let name = read.name(fields.required(.name), of: "a recipe", fileName: fileName)
        let summary = read.line(fields.required(.summary), "'summary'")
        let details = read.text(fields[.description], "'description'")
        let parameters = ParameterReader(problems: problems).parameters(fields[.parameters])
        let limits = LimitsReader(problems: problems).limits(fields[.limits])
        let timeout = read.duration(fields[.timeout], "'timeout'")
        let guru = read.boolean(fields[.guru], "'guru'")
        let needsTarget = read.boolean(fields[.needsTarget], "'needs-target'")
        let blindSpots = BlindSpotReader(problems: problems).blindSpots(fields[.inconclusiveWith])
        let emptyMeaning = read.line(fields[.emptyMeans], "'empty-means'")
        let triedWith = (read.items(fields[.triedWith], "'tried-with'") ?? []).compactMap {
            read.line($0, "a program of 'tried-with'")?.value
        }
        let script = ScriptReader(problems: problems).script(fields.required(.script))
        let tags = tags(fields[.tags])
        let before = problems.diagnostics.count
        let records = RecordReader(problems: problems).records(fields[.records])
        let summaries = SummaryReader(
            records: RecordFields(records), problems: problems,
            isComplete: problems.diagnostics.count == before)
        let tables = summaries.tables(fields[.summaryTables])
        let trees = summaries.trees(fields[.summaryTrees])
        let tests = TestReader(
            parameters: parameters, records: records, tables: tables, trees: trees, problems: problems,
            isComplete: problems.diagnostics.count == atStart
        ).tests(fields[.tests])
        if let place = fields.keyRange(.extends) {
            problems.note(.init("it is extended here", at: place), outside: source)
        }
        guard let name, let summary, let script else { return nil }
        return Recipe(
            name: name.value, summary: summary.value, details: details?.value ?? "", tags: tags,
            parameters: parameters, limits: limits, timeout: timeout ?? .seconds(60), guru: guru ?? false,
            needsTarget: needsTarget ?? false, blindSpots: blindSpots, emptyMeaning: emptyMeaning?.value,
            triedWith: triedWith, script: script, records: records, tables: tables, trees: trees,
            tests: tests, source: source, bases: bases)
    }

    private func tags(_ node: YAMLNode?) -> [String] {
        let read = NodeReader(problems: problems)
        return (read.items(node, "'tags'") ?? []).compactMap { item in
            guard let tag = read.text(item, "a tag", expected: "a word") else { return nil }
            guard RecipeName.isValid(tag.value) else {
                problems.report(.badName("a tag", tag.value), at: tag.range)
                return nil
            }
            return tag.value
        }
    }
}
