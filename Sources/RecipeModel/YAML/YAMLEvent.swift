import Diagnostics

/// One event of the YAML parser, copied out of C's memory.
struct YAMLEvent {
    /// An anchor (`&name`) and a tag (`!name`) before a value.
    struct Properties {
        var anchor: String?
        var tag: String?
    }

    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(String, YAMLNode.Style, Properties)
        case sequenceStart(Properties)
        case mappingStart(Properties)
        /// The end of the innermost sequence or mapping.
        case collectionEnd
    }

    var kind: Kind
    var range: SourceRange
}

/// What libyaml complains of, in its own words and at our offsets.
struct YAMLSyntaxError: Error {
    /// libyaml's `problem`.
    var problem: String
    /// libyaml's `context`, such as `while scanning a quoted scalar`.
    var context: String?
    /// Where the problem is; empty range.
    var range: SourceRange
    /// Where the context starts; empty range.
    var contextRange: SourceRange?
}
