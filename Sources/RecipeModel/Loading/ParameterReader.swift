import Diagnostics

/// Reads `parameters:` and holds defaults and examples against their own types.
struct ParameterReader {
    let problems: ProblemCollector

    private static let largestLength = Int64(ValueParser.sizeLimit)
    private var read: NodeReader { NodeReader(problems: problems) }

    func parameters(_ node: YAMLNode?) -> [Parameter] {
        (read.entries(node, "'parameters'") ?? []).compactMap(parameter)
    }

    private func parameter(_ entry: YAMLNode.Entry) -> Parameter? {
        let name = entry.key.scalar ?? ""
        if !RecipeName.isValid(name) {
            problems.report(.badName("a parameter", name), at: entry.key.range)
        } else if RecipeName.reservedForOptions.contains(name) {
            problems.report(.reservedParameter(name), at: entry.key.range)
        }
        let owner = "parameter '\(name)'"
        guard let fields = Fields<ParameterKey>(entry.value, of: owner, place: entry.key.range, problems)
        else {
            return nil
        }
        let isRequired = read.boolean(fields[.required], "'required' of \(owner)") ?? false
        if isRequired, fields[.default] != nil {
            problems.report(.requiredWithDefault(name), at: fields.keyRange(.default))
        }
        let help = read.line(fields[.help], "'help' of \(owner)")
        guard let type = type(fields, owner) else { return nil }
        let examples = (read.items(fields[.examples], "'examples' of \(owner)") ?? []).compactMap {
            example($0, type, owner)
        }
        return Parameter(
            name: name, type: type, isRequired: isRequired,
            defaultValue: fields[.default].flatMap { value($0, type, "'default' of \(owner)") },
            help: help?.value ?? "", examples: examples, range: entry.key.range)
    }

    /// The type that `type` and the keys that go with it describe.
    private func type(_ fields: Fields<ParameterKey>, _ owner: String) -> ParameterType? {
        let subject = "'type' of \(owner)"
        guard let name = read.text(fields.required(.type), subject, expected: "a parameter type") else {
            return nil
        }
        guard let type = typeName(name) else { return nil }
        for key in ParameterKey.allCases {
            guard let range = fields.keyRange(key), let types = key.types, !types.contains(type) else {
                continue
            }
            problems.report(
                .keyOfOtherType(key.rawValue, type: type.rawValue, types: types.map(\.rawValue)), at: range)
        }
        switch type {
        case .executable: return .executable
        case .path: return .path
        case .pid: return .pid
        case .integer: return integer(fields, owner)
        case .string: return string(fields, owner)
        case .regex: return .regex
        case .duration: return .duration
        case .size: return .size
        case .boolean: return .boolean
        case .identifier: return .identifier
        case .choice: return choice(fields, owner)
        case .list: return list(fields, owner)
        }
    }

    private func typeName(_ name: Located<String>) -> ParameterTypeName? {
        if let type = ParameterTypeName(rawValue: name.value) { return type }
        problems.report(
            .unknownType(name.value, known: ParameterTypeName.allCases.map(\.rawValue)), at: name.range)
        return nil
    }

    private func integer(_ fields: Fields<ParameterKey>, _ owner: String) -> ParameterType? {
        let bounds = Int64.min...Int64.max
        let minimum = read.integer(fields[.minimum], "'minimum' of \(owner)", in: bounds)
        let maximum = read.integer(fields[.maximum], "'maximum' of \(owner)", in: bounds)
        if let minimum, let maximum, minimum > maximum {
            problems.report(.minimumAboveMaximum(minimum, maximum), at: fields[.minimum]?.range)
            return nil
        }
        return .integer(minimum: minimum, maximum: maximum)
    }

    private func string(_ fields: Fields<ParameterKey>, _ owner: String) -> ParameterType? {
        let length = read.integer(
            fields[.maximumLength], "'max-length' of \(owner)", in: 1...Self.largestLength)
        guard let node = fields[.pattern] else {
            return .string(pattern: nil, maximumLength: length.map { Int($0) })
        }
        guard let pattern = read.text(node, "'pattern' of \(owner)") else { return nil }
        do {
            _ = try RegexSyntax(parsing: Array(pattern.value.utf8)).compiled()
        } catch {
            let end = min(error.offset + 1, pattern.value.utf8.count)
            problems.report(
                .value("'pattern' of \(owner)", .regex(error), written: pattern.value),
                at: node.range(of: min(error.offset, end)..<end))
            return nil
        }
        return .string(pattern: pattern.value, maximumLength: length.map { Int($0) })
    }

    private func choice(_ fields: Fields<ParameterKey>, _ owner: String) -> ParameterType? {
        guard let node = fields.required(.choices), let items = read.items(node, "'choices' of \(owner)")
        else {
            return nil
        }
        if items.isEmpty { problems.report(.emptyList("'choices' of \(owner)"), at: node.range) }
        var words: [String] = []
        for item in items {
            guard let word = read.line(item, "a choice of \(owner)") else { return nil }
            guard !words.contains(word.value) else {
                problems.report(.duplicateChoice(word.value), at: word.range)
                continue
            }
            words.append(word.value)
        }
        return .choice(words)
    }

    private func list(_ fields: Fields<ParameterKey>, _ owner: String) -> ParameterType? {
        guard let node = fields.required(.items) else { return nil }
        let subject = "'items' of \(owner)"
        let element: ParameterType?
        if case .mapping = node.content {
            let offered = ParameterKey.allCases.filter { !ParameterKey.ofParametersOnly.contains($0) }
            guard let itemFields = Fields<ParameterKey>(node, of: subject, offered: offered, problems) else {
                return nil
            }
            for key in ParameterKey.allCases where ParameterKey.ofParametersOnly.contains(key) {
                guard let range = itemFields.keyRange(key) else { continue }
                problems.report(.keyOfWholeParameter(key.rawValue, owner: subject), at: range)
            }
            element = type(itemFields, subject)
        } else {
            let expected = "a parameter type or a mapping"
            guard let name = read.text(node, subject, expected: expected), let type = typeName(name) else {
                return nil
            }
            switch type {
            case .choice:
                problems.report(.itemsNeedMapping("choices"), at: node.range)
                return nil
            case .list: element = .list(of: .path)
            case .executable: element = .executable
            case .path: element = .path
            case .pid: element = .pid
            case .integer: element = .integer(minimum: nil, maximum: nil)
            case .string: element = .string(pattern: nil, maximumLength: nil)
            case .regex: element = .regex
            case .duration: element = .duration
            case .size: element = .size
            case .boolean: element = .boolean
            case .identifier: element = .identifier
            }
        }
        guard let element else { return nil }
        if case .list = element {
            problems.report(.listOfLists, at: node.range)
            return nil
        }
        return .list(of: element)
    }

    /// A default or a test's value: of the kind of YAML value that its type asks for, and a value of the type.
    func value(_ node: YAMLNode, _ type: ParameterType, _ subject: String) -> ParameterValue? {
        if case .list(let element) = type {
            guard let items = read.items(node, subject) else { return nil }
            let values = items.compactMap { value($0, element, "an item of \(subject)") }
            return values.count == items.count ? .list(values) : nil
        }
        if case .boolean = type { return read.boolean(node, subject).map { .boolean($0) } }
        return text(node, type, subject).flatMap { parse($0, as: type, subject, node) }
    }

    /// A default's text as it would stand on a command line, where its kind of YAML value is the type's.
    private func text(_ node: YAMLNode, _ type: ParameterType, _ subject: String) -> String? {
        switch type {
        case .integer, .pid: return read.integerText(node, subject).map { Self.decimal($0.value) }
        case .size where node.kind == .integer: return node.scalar.map(Self.decimal)
        case .size: return read.notation(node, subject, expected: "a size")?.value
        case .duration: return read.notation(node, subject, expected: "a duration")?.value
        default:
            // A string may be empty, and any text may look like a number once it is quoted.
            if node.kind == .text { return node.scalar }
            problems.report(.notText(subject, found: node.kind, written: node.scalar), at: node.range)
            return nil
        }
    }

    /// YAML has forms of integers (`+1`, `0o17`) that command lines do not have.
    private static func decimal(_ text: String) -> String {
        IntegerText.parse(text, allowsYAMLForms: true).map(String.init) ?? text
    }

    private func example(_ node: YAMLNode, _ type: ParameterType, _ owner: String) -> String? {
        guard let text = node.scalar, node.kind != .null else {
            problems.report(
                .wrongKind("an example of \(owner)", expected: "a single value", found: node.kind),
                at: node.range)
            return nil
        }
        return parse(text, as: type, "an example of \(owner)", node) == nil ? nil : text
    }

    private func parse(
        _ text: String, as type: ParameterType, _ subject: String, _ node: YAMLNode
    ) -> ParameterValue? {
        do {
            return try ValueParser(type: type).parse(Array(text.utf8))
        } catch {
            problems.report(.value(subject, error, written: text), at: node.range)
            return nil
        }
    }
}
