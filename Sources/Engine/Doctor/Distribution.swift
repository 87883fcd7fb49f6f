/// The operating system, as `/etc/os-release` states it (os-release(5)).
public struct Distribution: Sendable, Equatable {
    /// Whose packages it uses.
    public enum Family: Sendable, Equatable {
        /// Debian and its children other than Ubuntu.
        case debian
        /// Ubuntu and its children.
        case ubuntu
        /// Fedora, RHEL and their children.
        case fedora
        /// Any other.
        case other
    }

    /// Whose packages it uses.
    public var family: Family
    /// What it calls itself, with the version.
    public var name: String
    /// The release's code name, such as `bookworm`.
    public var codename: String?

    /// Creates a distribution.
    public init(family: Family = .other, name: String = "Linux", codename: String? = nil) {
        self.family = family
        self.name = name
        self.codename = codename
    }

    /// Reads an os-release file.
    public init(osRelease text: String) {
        var values: [Substring: String] = [:]
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            var value = line[line.index(after: equals)...]
            if value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote {
                value = value.dropFirst().dropLast()
            }
            values[line[..<equals]] = String(value)
        }
        let words = [values["ID"] ?? ""] + (values["ID_LIKE"] ?? "").split(separator: " ").map(String.init)
        let family: Family =
            if words.contains("ubuntu") {
                .ubuntu
            } else if words.contains("debian") {
                .debian
            } else if words.contains("fedora") || words.contains("rhel") || words.contains("centos") {
                .fedora
            } else {
                .other
            }
        self.init(
            family: family, name: values["PRETTY_NAME"] ?? values["ID"] ?? "Linux",
            codename: values["VERSION_CODENAME"])
    }
}
