/// The rule for the names of recipes, parameters, records and tags.
public enum RecipeName {
    /// The most bytes of a name.
    public static let maximumLength = 64

    /// Whether it is a lower-case letter, then lower-case letters, digits and single dashes, no dash last.
    public static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= maximumLength else {
            return false
        }
        return first.isASCIILower && last != UInt8(ascii: "-")
            && bytes.allSatisfy { $0.isASCIILower || $0.isASCIIDigit || $0 == UInt8(ascii: "-") }
            && !zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: "-") && $1 == UInt8(ascii: "-") }
    }

    /// What no parameter can be called: the long options of the commands that take a recipe's parameters
    /// (`run`, `expand`, `validate`, `compile`), and some that they may get.
    public static let reservedForOptions: Set<String> = optionsOfCommands.union(keptForLater)

    /// The options that there are; a test asks the commands for theirs.
    public static let optionsOfCommands: Set<String> = [
        "all-recipes", "allow-guru", "allow-return-probes", "cgroup", "color", "container", "deadline",
        "dry-run", "engine",
        "fail-if", "follow", "format", "help", "kernel-release", "limit", "live", "lock", "max-load",
        "max-output",
        "max-overhead", "module", "no-retry", "notify-command", "output", "pid", "quiet", "raw", "recipes",
        "set", "store", "store-max-age", "store-max-size", "timeout", "unit", "version",
    ]

    /// So that recipes which work today do when these come.
    private static let keptForLater: Set<String> = ["command", "json", "recipe", "verbose"]

    /// The nearest valid name: lower case, dashes for what cannot stand in one; nil where that is none.
    static func nearestValid(to name: String) -> String? {
        var bytes: [UInt8] = []
        for byte in name.lowercased().utf8 {
            if byte.isASCIILower || byte.isASCIIDigit {
                bytes.append(byte)
            } else if let last = bytes.last, last != UInt8(ascii: "-") {
                bytes.append(UInt8(ascii: "-"))
            }
        }
        while bytes.last == UInt8(ascii: "-") { bytes.removeLast() }
        let valid = String(decoding: bytes, as: UTF8.self)
        return isValid(valid) ? valid : nil
    }
}
