public import Diagnostics

/// A typed input of a recipe.
public struct Parameter: Sendable {
    /// Its name, lower case with dashes; the option of `run` is `--NAME`.
    public var name: String
    /// What values it takes.
    public var type: ParameterType
    /// Whether a run without it is refused.
    public var isRequired: Bool
    /// The value where the user gives none.
    public var defaultValue: ParameterValue?
    /// One line for `--help`.
    public var help: String
    /// Values that show its use.
    public var examples: [String]
    /// Where its name stands in the YAML.
    public var range: SourceRange

    /// Creates a parameter.
    public init(
        name: String, type: ParameterType, isRequired: Bool = false, defaultValue: ParameterValue? = nil,
        help: String = "", examples: [String] = [], range: SourceRange
    ) {
        self.name = name
        self.type = type
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        self.help = help
        self.examples = examples
        self.range = range
    }
}

/// What values a parameter takes.
public indirect enum ParameterType: Sendable, Equatable {
    /// An ELF file that can be run; a bare name is looked up in `PATH`.
    case executable
    /// An absolute or relative file path.
    case path
    /// A process id, from 1 to 4194304.
    case pid
    /// A 64-bit integer, decimal or `0x` hexadecimal, within the bounds where they are given.
    case integer(minimum: Int64?, maximum: Int64?)
    /// Any text of at most `maximumLength` bytes (4096 where nil) that matches the whole of `pattern`.
    case string(pattern: String?, maximumLength: Int?)
    /// A regular expression as SystemTap's `=~` takes it.
    case regex
    /// A time such as `500ms`, `30s`, `2m`, `1h`.
    case duration
    /// A number of bytes such as `512`, `64KiB`, `16MiB`, `1GiB`.
    case size
    /// `true` or `false` (`yes`, `no`, `1`, `0`); as an option without a value, `true`.
    case boolean
    /// One of some words.
    case choice([String])
    /// A C identifier, or a glob (`*`, `?`, `[…]`) over one.
    case identifier
    /// Several of one type, comma-separated on the command line; options may be repeated.
    case list(of: ParameterType)
}

/// A value of one of the parameter types, already checked.
public indirect enum ParameterValue: Sendable, Equatable, Codable {
    /// An executable's absolute path.
    case executable(String)
    /// A path, made absolute.
    case path(String)
    /// A process id.
    case pid(Int32)
    /// An integer.
    case integer(Int64)
    /// Free text; the bytes as the user gave them.
    case string([UInt8])
    /// A regular expression.
    case regex(String)
    /// A duration.
    case duration(Duration)
    /// A size in bytes.
    case size(UInt64)
    /// A truth value.
    case boolean(Bool)
    /// One of the parameter's words.
    case choice(String)
    /// An identifier or a glob.
    case identifier(String)
    /// Values of one type.
    case list([ParameterValue])
}
