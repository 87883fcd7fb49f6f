/// What two or more runs come to, in words.
extension ReportMessages {
    /// The answer in one line: `nginx-5xx: 1 row is new, 2 have grown`.
    static func headline(of comparison: RunComparison) -> String {
        let recipe = comparison.after.facts.recipe
        guard !comparison.isEmpty else {
            let isEqual = comparison.tables.allSatisfy { $0.negligibleCount == 0 }
            return "\(recipe): nothing is different" + (isEqual ? "" : " by more than the threshold")
        }
        let counts = RunComparison.Change.allCases.map { ($0, comparison.count(of: $0)) }.filter { $0.1 > 0 }
        guard !counts.isEmpty else { return "\(recipe): the records differ, the tables do not" }
        return "\(recipe): " + counts.map { "\($1) \($0.rawValue)" }.joined(separator: ", ")
    }

    /// A run in a line: when, how long, where, on what, and how far it can be trusted.
    static func line(of summary: Summary) -> String {
        let facts = summary.facts
        var parts = [facts.started ?? facts.savedOutput.map { "saved in \($0)" } ?? "at a time not known"]
        if let traced = facts.traced { parts.append("traced \(Quantity.duration(traced))") }
        if !facts.hosts.isEmpty { parts.append("on \(facts.hosts.joined(separator: ", "))") }
        if let buildID = facts.target.buildID { parts.append("build id \(buildID)") }
        return parts.joined(separator: ", ") + "; \(text(of: summary.verdict))"
    }

    /// What speaks against taking every difference for one of the target.
    static func cautions(_ comparison: RunComparison) -> [String] {
        let (old, new) = (comparison.before.facts, comparison.after.facts)
        var cautions: [String] = []
        if old.recipe != new.recipe {
            cautions.append("the runs are of two recipes, '\(old.recipe)' and '\(new.recipe)'")
        } else if let one = old.recipeDigest, let other = new.recipeDigest, one != other {
            cautions.append("the recipe was changed between the runs")
        }
        if old.parameters != new.parameters {
            cautions.append("the parameters differ: \(parameters(old)) and \(parameters(new))")
        }
        if let one = old.traced, let other = new.traced, one > other * 1.1 || other > one * 1.1 {
            cautions.append(
                "one traced \(Quantity.duration(one)), the other \(Quantity.duration(other)); counts are as they were"
            )
        }
        if !comparison.isExact, !comparison.stacks.isEmpty {
            cautions.append(
                "the builds differ or are not known: stacks are compared by their functions, not by places in them"
            )
        }
        return cautions
    }

    private static func parameters(_ facts: RunFacts) -> String {
        guard !facts.parameters.isEmpty else { return "none" }
        return facts.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    }

    /// What else is to be known of a table.
    static func remarks(on changes: RunComparison.TableChanges) -> [String] {
        var remarks: [String] = []
        if changes.unchangedCount > 0 {
            let within =
                changes.negligibleCount > 0 ? ", \(changes.negligibleCount) of them within the threshold" : ""
            remarks.append("\(records(changes.unchangedCount, "row")) did not change\(within)")
        }
        for (age, count, change) in [
            ("old", changes.omittedBefore, "new"), ("new", changes.omittedAfter, "gone"),
        ] where count > 0 {
            remarks.append(
                "the \(age) table left out \(records(count, "row")): what is \(change) may be among them")
        }
        return remarks
    }
}
