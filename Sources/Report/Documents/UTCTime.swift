import Glibc

/// Times as people and programs read them alike.
public enum UTCTime {
    /// A time in seconds since 1970 as `2026-11-23 03:12:45 UTC`.
    public static func text(_ seconds: Int64) -> String {
        var now = time_t(seconds)
        var parts = tm()
        guard gmtime_r(&now, &parts) != nil else { return "\(seconds)" }
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M:%S UTC", &parts)
        return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// A time in seconds since 1970 as `2026-11-23T03:12:45.678Z` (RFC 3339), for programs that put moments in order.
    static func instant(_ seconds: Double) -> String {
        let whole = Int64(seconds.rounded(.down))
        let milliseconds = min(Int((seconds - Double(whole)) * 1000), 999)
        let words = text(whole).split(separator: " ")
        guard words.count == 3 else { return text(whole) }
        let padding = String(repeating: "0", count: 3 - "\(milliseconds)".count)
        return "\(words[0])T\(words[1]).\(padding)\(milliseconds)Z"
    }

    /// The seconds since 1970 of `2026-11-23`, `2026-11-23 03:12` or `2026-11-23 03:12:45`, with `UTC` or without;
    /// nil for anything else.
    public static func seconds(_ text: String) -> Int64? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let isMarked = words.count == 3 && words[2] == "UTC"
        guard isMarked || words.count <= 2, let date = numbers(words[0], "-", [4, 2, 2]) else { return nil }
        var time = [0, 0, 0]
        if words.count > 1 {
            guard let found = numbers(words[1], ":", [2, 2, 2]) ?? numbers(words[1], ":", [2, 2]) else {
                return nil
            }
            time = found + (found.count == 2 ? [0] : [])
        }
        guard (1...12).contains(date[1]), (1...31).contains(date[2]), time[0] < 24, time[1] < 60, time[2] < 61
        else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (
            Int32(date[0] - 1900), Int32(date[1] - 1), Int32(date[2])
        )
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (Int32(time[0]), Int32(time[1]), Int32(time[2]))
        return Int64(timegm(&parts))
    }

    /// Numbers of so many digits each.
    private static func numbers(_ text: Substring, _ separator: Character, _ digits: [Int]) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == digits else { return nil }
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil
        }
        return numbers.count == digits.count ? numbers : nil
    }
}
