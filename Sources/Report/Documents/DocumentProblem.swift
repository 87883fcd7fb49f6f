/// Why a document that another taprecipe wrote, or somebody who wants to be taken for one, cannot be read.
public enum DocumentProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// It is no JSON, or not of the shape that its format has: what was found instead, and where.
    case malformed(String)
    /// It is of another format, or none.
    case otherFormat(found: String?)
    /// It is of a version that this taprecipe does not know.
    case otherVersion(Int)
    /// A value is outside of what it can be, by the member's name.
    case outOfRange(String)
    /// It is larger than such documents are read.
    case tooLarge(bytes: Int)

    /// The words for a person.
    public var description: String { ReportMessages.text(of: self) }
}
