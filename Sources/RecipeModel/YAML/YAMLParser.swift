import CYAML
import Diagnostics

/// libyaml's parser over one text: owns the C parser and the bytes that it reads, frees both in `deinit`.
final class YAMLParser {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let source: SourceFile
    /// The byte offset of each Unicode scalar; empty where the text is ASCII.
    ///
    /// libyaml counts scalars, and everything of ours bytes.
    private let scalarOffsets: [Int]
    /// The length of a byte order mark, which libyaml does not get to see.
    private let base: Int

    /// Starts to parse a text that `YAMLText` found fit.
    init(_ source: SourceFile) {
        self.source = source
        base = source.bytes.starts(with: YAMLText.byteOrderMark) ? YAMLText.byteOrderMark.count : 0
        let text = source.bytes[base...]
        scalarOffsets =
            text.allSatisfy { $0 < 0x80 }
            ? [] : text.indices.filter { text[$0] & 0xC0 != 0x80 } + [text.endIndex]
        input = .allocate(capacity: text.count)
        _ = input.initialize(fromContentsOf: text)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        // The only failure is a lack of memory for a few fixed buffers, where Swift itself would end as well.
        precondition(yaml_parser_initialize(parser) == 1, "no memory for a YAML parser")
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deinitialize(count: 1)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event; behind `.streamEnd` there is none to ask for.
    func next() throws(YAMLSyntaxError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(kind: Self.kind(of: event), range: range(event.start_mark, event.end_mark))
    }

    private func syntaxError() -> YAMLSyntaxError {
        let state = parser.pointee
        let problem = offset(state.problem_mark)
        return YAMLSyntaxError(
            problem: state.problem.map { String(cString: $0) } ?? "the YAML cannot be read",
            context: state.context.map { String(cString: $0) },
            range: source.range(problem, problem),
            contextRange: state.context.map { _ in
                source.range(offset(state.context_mark), offset(state.context_mark))
            })
    }

    private func offset(_ mark: yaml_mark_t) -> Int {
        guard !scalarOffsets.isEmpty else { return base + Int(mark.index) }
        return scalarOffsets[min(Int(mark.index), scalarOffsets.count - 1)]
    }

    private func range(_ start: yaml_mark_t, _ end: yaml_mark_t) -> SourceRange {
        source.range(offset(start), offset(end))
    }

    /// Copies what Swift needs out of the event's memory.
    private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
        switch event.type {
        case YAML_STREAM_START_EVENT, YAML_NO_EVENT: .streamStart
        case YAML_STREAM_END_EVENT: .streamEnd
        case YAML_DOCUMENT_START_EVENT: .documentStart
        case YAML_DOCUMENT_END_EVENT: .documentEnd
        case YAML_ALIAS_EVENT: .alias(string(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            .scalar(
                String(
                    decoding: UnsafeBufferPointer(
                        start: event.data.scalar.value, count: event.data.scalar.length), as: UTF8.self),
                style(of: event.data.scalar.style),
                properties(event.data.scalar.anchor, event.data.scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            .sequenceStart(properties(event.data.sequence_start.anchor, event.data.sequence_start.tag))
        case YAML_MAPPING_START_EVENT:
            .mappingStart(properties(event.data.mapping_start.anchor, event.data.mapping_start.tag))
        default: .collectionEnd
        }
    }

    private static func style(of style: yaml_scalar_style_t) -> YAMLNode.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }

    private static func properties(
        _ anchor: UnsafeMutablePointer<yaml_char_t>?, _ tag: UnsafeMutablePointer<yaml_char_t>?
    ) -> YAMLEvent.Properties {
        YAMLEvent.Properties(anchor: string(anchor), tag: string(tag))
    }

    private static func string(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        bytes.map { String(cString: $0) }
    }
}
