import Diagnostics

/// Reads `script:` with the exact place of each of its lines.
struct ScriptReader {
    let problems: ProblemCollector

    func script(_ node: YAMLNode?) -> ScriptSource? {
        guard let node else { return nil }
        guard case .scalar(let text, .literal) = node.content else {
            problems.report(.scriptIsNotLiteral(node.kind), at: node.range)
            return nil
        }
        guard text.utf8.contains(where: { $0 > 0x20 }) else {
            problems.report(.emptyText("'script'"), at: node.range)
            return nil
        }
        return Self.source(text, at: node.range, name: "<script of \(node.range.source.name)>")
    }

    /// The text of a literal block with the place of each of its lines.
    static func source(_ text: String, at range: SourceRange, name: String) -> ScriptSource {
        let source = range.source
        let script = SourceFile(name: name, text: text)
        let firstLine = range.start.line + 1
        let indentation = indentation(of: script, in: source, from: firstLine)
        var segments: [SourceMap.Segment] = []
        var lower = 0
        for number in 1...script.lineCount {
            let line = script.line(number)
            let upper = min(lower + line.count + 1, script.bytes.count)
            guard upper > lower else { break }
            let yamlNumber = firstLine + number - 1
            let yamlLine = source.line(yamlNumber)
            // A blank line may be shorter than the indentation.
            let column = min(indentation, yamlLine.count)
            let start = source.offset(line: yamlNumber, column: column + 1)
            segments.append(
                SourceMap.Segment(
                    generatedLower: lower, generatedUpper: upper,
                    original: source.range(start, start + (upper - lower)), isVerbatim: true))
            lower = upper
        }
        return ScriptSource(text: script, map: SourceMap(generated: script, segments: segments))
    }

    /// How many spaces the block stands behind: what the first line with text has before its text.
    private static func indentation(of script: SourceFile, in source: SourceFile, from firstLine: Int) -> Int
    {
        for number in 1...script.lineCount where !script.line(number).isEmpty {
            return source.line(firstLine + number - 1).count - script.line(number).count
        }
        return 0
    }
}
