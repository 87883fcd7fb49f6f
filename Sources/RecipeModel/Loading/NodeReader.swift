import Diagnostics

/// Reads nodes as the types of Swift; what does not fit is reported and read as nil.
struct NodeReader {
    let problems: ProblemCollector

    /// A node, unless nobody knows its value yet: what then may be wrong with it cannot be said.
    func known(_ node: YAMLNode?) -> YAMLNode? { node.flatMap { $0.isOpen ? nil : $0 } }

    /// A text that YAML does not take for a number or the like, and that is not empty.
    ///
    /// `expected` says what kind of text, where quoting a number would not make it one.
    func text(_ node: YAMLNode?, _ subject: String, expected: String? = nil) -> Located<String>? {
        guard let node else { return nil }
        guard case .text = node.kind, let text = node.scalar else {
            let problem: RecipeProblem =
                if let expected {
                    .wrongKind(subject, expected: expected, found: node.kind)
                } else {
                    .notText(subject, found: node.kind, written: node.scalar)
                }
            problems.report(problem, at: node.range)
            return nil
        }
        guard text.utf8.contains(where: { $0 > 0x20 }) else {
            problems.report(.emptyText(subject), at: node.range)
            return nil
        }
        return Located(text, at: node.range)
    }

    /// A text of one line.
    func line(_ node: YAMLNode?, _ subject: String) -> Located<String>? {
        guard let text = text(node, subject) else { return nil }
        guard !text.value.utf8.contains(0x0A) else {
            problems.report(.notOneLine(subject), at: text.range)
            return nil
        }
        return text
    }

    /// `true` or `false`.
    func boolean(_ node: YAMLNode?, _ subject: String) -> Bool? {
        guard let node = known(node) else { return nil }
        guard node.fits(.boolean), let text = node.scalar else {
            problems.report(
                .notABoolean(subject, found: node.kind, written: node.scalar), at: node.range)
            return nil
        }
        return text.lowercased() == "true"
    }

    /// An integer within bounds.
    func integer(_ node: YAMLNode?, _ subject: String, in bounds: ClosedRange<Int64>) -> Int64? {
        guard let text = integerText(node, subject) else { return nil }
        guard let value = IntegerText.parse(text.value, allowsYAMLForms: true), bounds.contains(value) else {
            problems.report(.outOfRange(subject, written: text.value, bounds), at: text.range)
            return nil
        }
        return value
    }

    /// What YAML takes for an integer, however large.
    func integerText(_ node: YAMLNode?, _ subject: String) -> Located<String>? {
        guard let node = known(node) else { return nil }
        guard node.fits(.integer), let text = node.scalar else {
            problems.report(
                .notAnInteger(subject, found: node.kind, written: node.scalar), at: node.range)
            return nil
        }
        return Located(text, at: node.range)
    }

    /// A value that its own notation tells from all else, so that YAML may take a wrong one for a number.
    func notation(_ node: YAMLNode?, _ subject: String, expected: String) -> Located<String>? {
        guard let node else { return nil }
        guard node.kind != .null, let text = node.scalar else {
            problems.report(.wrongKind(subject, expected: expected, found: node.kind), at: node.range)
            return nil
        }
        return Located(text, at: node.range)
    }

    /// The name of something, held against the rule for names and the file's.
    func name(_ node: YAMLNode?, of owner: String, fileName: String? = nil) -> Located<String>? {
        guard let name = text(node, "'name'", expected: "a name") else { return nil }
        guard node?.isOpen == true || RecipeName.isValid(name.value) else {
            problems.report(.badName(owner, name.value), at: name.range)
            return nil
        }
        if let fileName, fileName != name.value {
            problems.report(.nameIsNotFileName(name.value, file: fileName), at: name.range)
        }
        return name
    }

    /// How long something may take.
    func duration(_ node: YAMLNode?, _ subject: String) -> Duration? {
        guard let text = notation(known(node), subject, expected: "a duration") else { return nil }
        do throws(DurationText.Problem) {
            let duration = try DurationText.parse(text.value)
            if DurationText.timeRange.contains(duration) { return duration }
            throw DurationText.Problem.tooShort
        } catch {
            problems.report(.value(subject, .duration(error), written: text.value), at: text.range)
        }
        return nil
    }

    /// One of some words.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: YAMLNode?, _ subject: String, _: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        let known = Choice.allCases.map(\.rawValue)
        guard let text = text(self.known(node), subject, expected: "one of \(list(known))") else {
            return nil
        }
        if let choice = Choice(rawValue: text.value) { return choice }
        problems.report(.value(subject, .notAChoice(known), written: text.value), at: text.range)
        return nil
    }

    /// The items of a sequence.
    func items(_ node: YAMLNode?, _ subject: String) -> [YAMLNode]? {
        guard let node else { return nil }
        guard case .sequence(let items) = node.content else {
            problems.report(.wrongKind(subject, expected: "a list", found: node.kind), at: node.range)
            return nil
        }
        return items
    }

    /// The entries of a mapping.
    func entries(_ node: YAMLNode?, _ subject: String) -> [YAMLNode.Entry]? {
        guard let node else { return nil }
        guard case .mapping(let entries) = node.content else {
            problems.report(
                .wrongKind(subject, expected: "a mapping of names to values", found: node.kind),
                at: node.range)
            return nil
        }
        return entries
    }
}
