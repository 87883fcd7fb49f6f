/// `ctime`: seconds since 1970 as `Wed Jun 30 21:49:08 1993`, in UTC.
enum CalendarTime {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The 24 characters; stap takes only what 32 bits can hold.
    static func text(_ seconds: Int64) throws(RuntimeError) -> [UInt8] {
        if seconds > Int64(Int32.max) { throw .time(isFuture: true) }
        if seconds < Int64(Int32.min) { throw .time(isFuture: false) }
        let day = Int((Double(seconds) / 86400).rounded(.down))
        let second = Int(seconds) - day * 86400
        let (year, month, dayOfMonth) = date(day)
        let weekday = ((day + 4) % 7 + 7) % 7
        let clock = [second / 3600, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        let number = dayOfMonth < 10 ? "  \(dayOfMonth)" : " \(dayOfMonth)"
        return Array(
            "\(days[weekday]) \(months[month])\(number) \(clock.joined(separator: ":")) \(year)".utf8)
    }

    /// The date of a day since 1970; months and days from 0 and 1.
    private static func date(_ day: Int) -> (year: Int, month: Int, day: Int) {
        func isLeap(_ year: Int) -> Bool { year % 4 == 0 && year % 100 != 0 || year % 400 == 0 }
        var year = 1970
        var rest = day
        while rest < 0 {
            year -= 1
            rest += isLeap(year) ? 366 : 365
        }
        while rest >= (isLeap(year) ? 366 : 365) {
            rest -= isLeap(year) ? 366 : 365
            year += 1
        }
        let lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var month = 0
        while rest >= lengths[month] {
            rest -= lengths[month]
            month += 1
        }
        return (year, month, rest + 1)
    }
}
