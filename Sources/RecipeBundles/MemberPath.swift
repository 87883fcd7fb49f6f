import RecipeModel

/// The rule for the paths of files in a bundle.
enum MemberPath {
    /// Whether it is names with slashes between them, and leads nowhere else: no name begins with a dot, so that there is no
    /// `..`, and none is a bundle's.
    static func isValid(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return path.utf8.count <= 200 && !BundlePath.isBundle(path) && BundlePath(path) == nil
            && [".yaml", ".stp"].contains(where: path.hasSuffix)
            && parts.allSatisfy { part in
                part.utf8.first.map { $0 != UInt8(ascii: ".") } == true && part.utf8.allSatisfy(isPlain)
            }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
