import Diagnostics

/// Reads `max-load:` and `max-overhead:`.
struct GuardsReader {
    let problems: ProblemCollector

    /// The guards of something that messages call by `owner`; nil: of the whole file.
    func guards(load: YAMLNode?, overhead: YAMLNode?, of owner: String?) -> RunGuards {
        let whose = owner.map { " of \($0)" } ?? ""
        return RunGuards(
            maximumLoad: value(load, "'max-load'\(whose)", .notALoad, RunGuards.load(written:)),
            maximumOverhead: value(overhead, "'max-overhead'\(whose)", .notAShare, RunGuards.share(written:)))
    }

    private func value(
        _ node: YAMLNode?, _ subject: String, _ problem: ValueProblem, _ parse: (String) -> Double?
    ) -> Double? {
        let expected = problem == .notALoad ? "a number" : "a percentage"
        let read = NodeReader(problems: problems)
        guard let text = read.notation(read.known(node), subject, expected: expected) else { return nil }
        if let value = parse(text.value) { return value }
        problems.report(.value(subject, problem, written: text.value), at: text.range)
        return nil
    }
}
