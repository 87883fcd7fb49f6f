import Diagnostics

/// Builds the tree of a YAML document from the parser's events.
struct YAMLComposer {
    /// The most collections that may stand in each other.
    static let depthLimit = 32
    /// The most values of a document with its aliases followed, some fifty times what a large recipe has.
    static let nodeLimit = 10_000

    private let parser: YAMLParser
    private let problems: ProblemCollector
    /// The nodes that have anchors; nil while the node is still being built.
    private var anchors: [String: YAMLNode?] = [:]
    private var nodeCount = 0

    private init(_ source: SourceFile, _ problems: ProblemCollector) {
        parser = YAMLParser(source)
        self.problems = problems
    }

    /// The source's only document, or nil where it has none that can be read; the reasons are collected.
    static func compose(_ source: SourceFile, _ problems: ProblemCollector) -> YAMLNode? {
        if let (problem, range) = YAMLText.problem(in: source) {
            problems.report(problem, at: range)
            return nil
        }
        var composer = YAMLComposer(source, problems)
        do {
            return try composer.document(source)
        } catch {
            switch error {
            case .syntax(let error): problems.report(.syntax(error), at: error.range)
            case .refused(let problem, let range): problems.report(problem, at: range)
            }
            return nil
        }
    }

    /// What ends the building of a tree.
    private enum Failure: Error {
        case syntax(YAMLSyntaxError)
        case refused(RecipeProblem, SourceRange)
    }

    private func event() throws(Failure) -> YAMLEvent {
        do {
            return try parser.next()
        } catch {
            throw .syntax(error)
        }
    }

    private mutating func document(_ source: SourceFile) throws(Failure) -> YAMLNode? {
        var root: YAMLNode?
        while true {
            let event = try event()
            switch event.kind {
            case .streamStart, .documentEnd: continue
            case .documentStart:
                guard root == nil else { throw .refused(.multipleDocuments, event.range) }
                root = try node(from: try self.event(), depth: 0)
            default:
                if root == nil { problems.report(.emptyFile, at: source.range(0, 0)) }
                return root
            }
        }
    }

    private mutating func node(from event: YAMLEvent, depth: Int) throws(Failure) -> YAMLNode {
        guard depth <= Self.depthLimit else {
            throw .refused(.tooDeep(limit: Self.depthLimit), event.range)
        }
        switch event.kind {
        case .alias(let name): return try aliased(name, event.range)
        case .scalar(let text, let style, let properties):
            try count(1, event.range)
            let range = scalarRange(event.range, properties)
            return finish(YAMLNode(content: .scalar(text, style), range: range), properties, event.range)
        case .sequenceStart(let properties):
            try begin(properties, event.range)
            return finish(try sequence(from: event, depth: depth), properties, event.range)
        case .mappingStart(let properties):
            try begin(properties, event.range)
            return finish(try mapping(from: event, depth: depth), properties, event.range)
        default:
            // libyaml balances its events, so nothing else comes where a value is due.
            throw .refused(.emptyFile, event.range)
        }
    }

    private mutating func sequence(from start: YAMLEvent, depth: Int) throws(Failure) -> YAMLNode {
        var items: [YAMLNode] = []
        while true {
            let event = try event()
            if case .collectionEnd = event.kind {
                let range = Self.range(from: start.range, to: event.range, last: items.last?.range)
                let weight = items.reduce(1) { $0 + $1.weight }
                return YAMLNode(content: .sequence(items), range: range, weight: weight)
            }
            items.append(try node(from: event, depth: depth + 1))
        }
    }

    private mutating func mapping(from start: YAMLEvent, depth: Int) throws(Failure) -> YAMLNode {
        var entries: [YAMLNode.Entry] = []
        var places: [String: SourceRange] = [:]
        while true {
            let event = try event()
            if case .collectionEnd = event.kind {
                let range = Self.range(from: start.range, to: event.range, last: entries.last?.value.range)
                let weight = entries.reduce(1) { $0 + $1.key.weight + $1.value.weight }
                return YAMLNode(content: .mapping(entries), range: range, weight: weight)
            }
            let key = try node(from: event, depth: depth + 1)
            let value = try node(from: try self.event(), depth: depth + 1)
            guard let name = key.scalar else {
                problems.report(.keyIsNotText(key.kind), at: key.range)
                continue
            }
            if let first = places[name] {
                problems.report(.duplicateKey(name, first: first), at: key.range)
            } else {
                places[name] = key.range
                entries.append(YAMLNode.Entry(key: key, value: value))
            }
        }
    }

    private mutating func aliased(_ name: String, _ range: SourceRange) throws(Failure) -> YAMLNode {
        switch anchors[name] {
        case nil: throw .refused(.unknownAnchor(name, known: anchors.keys.sorted()), range)
        case .some(nil): throw .refused(.recursiveAlias(name), range)
        case .some(let node?):
            try count(node.weight, range)
            return node
        }
    }

    private mutating func begin(_ properties: YAMLEvent.Properties, _ range: SourceRange) throws(Failure) {
        try count(1, range)
        if let anchor = properties.anchor { anchors.updateValue(nil, forKey: anchor) }
    }

    private mutating func finish(
        _ node: YAMLNode, _ properties: YAMLEvent.Properties, _ range: SourceRange
    ) -> YAMLNode {
        if properties.tag != nil {
            let tag = Self.tagRange(in: range)
            problems.report(.tag(tag.text), at: tag)
        }
        if let anchor = properties.anchor { anchors.updateValue(node, forKey: anchor) }
        return node
    }

    private mutating func count(_ nodes: Int, _ range: SourceRange) throws(Failure) {
        nodeCount += nodes
        if nodeCount > Self.nodeLimit { throw .refused(.tooManyNodes(limit: Self.nodeLimit), range) }
    }

    /// A collection's place: to the closing bracket, or to the end of a block's last item, as libyaml has
    /// the block end only where the next thing starts.
    private static func range(from start: SourceRange, to end: SourceRange, last: SourceRange?) -> SourceRange
    {
        if end.upper > end.lower { return start.union(end) }
        guard let last, last.upper >= start.lower else { return start }
        return start.source.range(start.lower, last.upper)
    }

    /// Where the tag stands in the place of a whole event, perhaps behind an anchor.
    private static func tagRange(in range: SourceRange) -> SourceRange {
        let bytes = range.source.bytes
        let words = bytes[range.lower...].split(maxSplits: 2, whereSeparator: \.isYAMLSpace).prefix(2)
        let tag = words.first { $0.first == UInt8(ascii: "!") }
        return tag.map { range.source.range($0.startIndex, $0.endIndex) } ?? range
    }

    /// A scalar's place without its anchor and tag, which libyaml counts in.
    private func scalarRange(_ range: SourceRange, _ properties: YAMLEvent.Properties) -> SourceRange {
        guard properties.anchor != nil || properties.tag != nil else { return range }
        let bytes = range.source.bytes
        var lower = range.lower
        while lower < range.upper, bytes[lower] == UInt8(ascii: "&") || bytes[lower] == UInt8(ascii: "!") {
            while lower < range.upper, !bytes[lower].isYAMLSpace { lower += 1 }
            while lower < range.upper, bytes[lower].isYAMLSpace { lower += 1 }
        }
        return range.source.range(lower, range.upper)
    }
}

extension UInt8 {
    /// A space, a tab or a line end.
    fileprivate var isYAMLSpace: Bool { [0x20, 0x09, 0x0A, 0x0D].contains(self) }
}
