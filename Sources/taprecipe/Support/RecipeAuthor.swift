import Diagnostics
import FoundationEssentials
import RecipeModel
import Resolver

/// Drafts a recipe for a function of a program, from what DWARF tells of it.
struct RecipeAuthor {
    let name: String
    let function: String
    let binary: String
    let reader: DebugReader
    let fetcher: DebugInfoFetcher

    /// The recipe's YAML, which loads and fits the program.
    ///
    /// - Throws: A `UsageError` where the program has no such function, with those that it may be.
    func yaml() throws -> String {
        var draft = try self.draft()
        // What can't be read as the number that its type seems to be shows when the script is checked.
        for _ in 0...draft.variables.count {
            do {
                let recipe = try RecipeLoader.load(SourceFile(name: "\(name).yaml", text: draft.yaml))
                let bound = try BoundRecipe(recipe, words: ["--binary", binary])
                _ = try CheckedScript(bound, fetcher: fetcher, reader: reader)
                return draft.yaml
            } catch let error as MappedError {
                guard let narrowed = Self.without(error.diagnostics, in: draft) else { throw error }
                draft = narrowed
            }
        }
        return draft.yaml
    }

    private func draft() throws -> RecipeDraft {
        // An inlined function has no call; its own problem is then the telling one.
        let called = Result { try points(".call") }
        let found = try? called.get()
        let listed = try found ?? points("")
        guard let point = listed.first else {
            throw UsageError("'\(function)' is not a function of \(binary)")
        }
        let place = point.point.split(separator: "\"").dropFirst(3).first.map(String.init) ?? function
        let suffix = found == nil ? "" : ".call"
        let variables = common(listed)
        let parameters = try variables.isEmpty ? [] : self.parameters(suffix)
        return RecipeDraft(
            name: name, function: function, binary: binary, place: place, suffix: suffix,
            variables: variables.filter { parameters.contains($0.name) }.map(DraftVariable.init),
            locals: variables.map(\.name).filter { !parameters.contains($0) }, unreadable: point.unreadable)
    }

    /// The names of the function's parameters, which a listing does not tell from its local variables.
    private func parameters(_ suffix: String) throws -> Set<String> {
        let script = SourceFile(name: "parameters", text: "probe \(pattern(suffix)) { println($$parms) }")
        let resolved = try asking {
            try ScriptCheck(
                kernelRelease: Surroundings.kernelRelease, isGuru: false, target: nil, fetcher: fetcher,
                reader: reader, withLoads: true
            ).resolve(script)
        }
        // `NAME=VALUE` for each, blanks between them and none within.
        let texts = resolved.points.flatMap(\.loads).compactMap(\.value.format)
        return Set(texts.flatMap { $0.split(separator: " ").map { String($0.prefix { $0 != "=" }) } })
    }

    /// The variables that all of the points have.
    private func common(_ points: [ProbesText.Point]) -> [ProbesText.Variable] {
        points[0].variables.filter { variable in
            points.allSatisfy { point in
                point.variables.contains { $0.name == variable.name && $0.type == variable.type }
            }
        }
    }

    private func pattern(_ suffix: String) -> String {
        "process(\"\(binary)\").function(\"\(function)\")\(suffix)"
    }

    private func points(_ suffix: String) throws -> [ProbesText.Point] {
        let question = ListingQuestion(
            points: pattern(suffix),
            tapset: .init(
                folder: InstalledTapset.folder, kernelRelease: Surroundings.kernelRelease, isGuru: false),
            withVariables: true, withTypes: true, isJSON: true, place: LookupPlace(target: nil))
        let text = try asking { try reader.list(question) }
        return try JSONDecoder().decode([ProbesText.Point].self, from: Data(text.utf8))
    }

    /// Asks about a point that the user did not write, so that problems have no place.
    private func asking<Answer>(_ question: () throws -> Answer) throws -> Answer {
        do {
            return try question()
        } catch let error as DiagnosticsError {
            throw UsageError(
                error.diagnostics.map { problem in
                    var problem = problem
                    problem.range = nil
                    problem.fixIt = nil
                    return problem
                })
        }
    }

    /// The draft without the variables that problems are about; nil where one is about something else.
    private static func without(_ problems: [Diagnostic], in draft: RecipeDraft) -> RecipeDraft? {
        var narrowed = draft
        for problem in problems where problem.severity == .error {
            let name = String(problem.range?.text.drop { $0 == "$" } ?? "")
            guard
                let index = narrowed.variables.firstIndex(where: { variable in
                    if case .leftOut = variable.form { return false }
                    return name == variable.name || problem.message.contains("'$\(variable.name)'")
                })
            else { return nil }
            narrowed.variables[index] = DraftVariable(
                narrowed.variables[index], leftOut: problem.message.visible)
        }
        return narrowed
    }
}
