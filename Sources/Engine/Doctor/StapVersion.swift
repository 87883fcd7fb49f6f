import StapMessages

/// What `stap --version` says of itself.
public struct StapVersion: Sendable, Equatable {
    /// The version, such as `4.8`.
    public var number: String
    /// The newest kernel that it was tested with, such as `6.1.0-rc3`.
    public var newestTestedKernel: String?

    /// Creates a version.
    public init(number: String, newestTestedKernel: String? = nil) {
        self.number = number
        self.newestTestedKernel = newestTestedKernel
    }

    /// Reads what `stap --version` printed; nil where it is something else.
    public init?(output: String) {
        var number: String?
        var newest: String?
        for line in output.split(separator: "\n") {
            if number == nil, let start = line.range(of: "(version ") {
                number = String(line[start...].prefix { $0.isNumber || $0 == "." })
            } else if let start = line.range(of: "tested kernel versions: ") {
                newest = line[start...].split(separator: " ").last.map(String.init)
            }
        }
        guard let number, !number.isEmpty else { return nil }
        self.init(number: number, newestTestedKernel: newest)
    }

    /// The least version whose options and messages taprecipe knows.
    static let oldestSupported = "4.0"

    /// Whether it is too old for taprecipe.
    var isTooOld: Bool {
        Self.components(number).lexicographicallyPrecedes(Self.components(Self.oldestSupported))
    }

    /// Whether a kernel is of a later series (major and minor number) than those it was tested with.
    func isUntested(with release: String) -> Bool {
        guard let newestTestedKernel else { return false }
        let tested = Self.components(newestTestedKernel).prefix(2)
        let kernel = Self.components(release).prefix(2)
        return tested.count == 2 && kernel.count == 2 && tested.lexicographicallyPrecedes(kernel)
    }

    /// The leading dotted numbers of a version.
    static func components(_ version: String) -> [Int] {
        let numbers = version.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        return numbers.split(separator: ".").map { Int($0) ?? 0 }
    }
}

extension Substring {
    /// The index behind the first occurrence of a text.
    fileprivate func range(of text: String) -> Index? {
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(text) { return rest.index(rest.startIndex, offsetBy: text.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
