/// A path that goes on inside of a recipe bundle as if that were a folder: `/etc/taprecipe/fleet.taprecipe/nginx-5xx.yaml`.
///
/// The name alone decides, so that whoever sees such a path knows where its content came from: nothing behind a part that
/// ends in `.taprecipe` is ever read from the disk.
public struct BundlePath: Sendable, Hashable, CustomStringConvertible {
    /// What a bundle's name ends in.
    public static let suffix = ".taprecipe"

    /// The bundle's own path.
    public let bundle: String
    /// The file in it; a part `..` stays one, and leads nowhere.
    public let member: String

    /// A file in a bundle.
    public init(bundle: String, member: String) {
        self.bundle = bundle
        self.member = member
    }

    /// Splits a path behind the first bundle in it; nil where it does not lead into one.
    public init?(_ path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let end = parts.dropLast().firstIndex(where: Self.isName) else { return nil }
        bundle = parts[...end].joined(separator: "/")
        member = parts[(end + 1)...].filter { !$0.isEmpty && $0 != "." }.joined(separator: "/")
    }

    /// Whether a path is a bundle's own.
    public static func isBundle(_ path: String) -> Bool {
        path.split(separator: "/").last.map(isName) ?? false
    }

    private static func isName(_ part: Substring) -> Bool {
        part.hasSuffix(suffix) && part.utf8.count > suffix.utf8.count
    }

    /// The whole path.
    public var description: String { "\(bundle)/\(member)" }
}
