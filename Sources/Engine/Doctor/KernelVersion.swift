/// The first two numbers of a kernel's release.
public struct KernelVersion: Sendable, Equatable, Comparable {
    private var major: Int
    private var minor: Int

    /// Creates a version.
    public init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Those of a release such as `6.1.0-56-amd64`; nil where it has none.
    public init?(_ release: String) {
        let numbers = release.split(separator: ".").prefix(2).compactMap { Int($0.prefix { $0.isNumber }) }
        guard numbers.count == 2 else { return nil }
        self.init(numbers[0], numbers[1])
    }

    /// Whether a kernel is the older one.
    public static func < (left: KernelVersion, right: KernelVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}

extension KernelVersion: CustomStringConvertible {
    /// `6.1`.
    public var description: String { "\(major).\(minor)" }
}
