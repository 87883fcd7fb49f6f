/// The processors that run now: `/sys/devices/system/cpu/online` (Documentation/admin-guide/cputopology.rst).
enum OnlineProcessors {
    static var now: [Int32] {
        let list = try? Files.read("/sys/devices/system/cpu/online", limit: 4096)
        return parsed(String(decoding: list ?? [], as: UTF8.self))
    }

    /// The numbers of a list such as `0-3,7`; of an empty one, the first processor's.
    static func parsed(_ list: String) -> [Int32] {
        let numbers = list.split { $0 == "," || $0.isWhitespace }.flatMap { part -> [Int32] in
            let ends = part.split(separator: "-").compactMap { Int32($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return [] }
            return Array(first...last)
        }
        return numbers.isEmpty ? [0] : numbers
    }
}
