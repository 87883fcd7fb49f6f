import Diagnostics
import RecipeModel

/// When something is to run.
enum Timing {
    /// So long after the last run began, and so long after the machine started.
    case every(Duration)
    /// At the times that a text says: systemd.time(7)'s calendar events, or crontab(5)'s five fields.
    case calendar(String)

    /// Reads `--every` or `--calendar`, of which there must be one.
    init(every: TimeArgument?, calendar: String?) throws {
        switch (every, calendar) {
        case (let every?, nil):
            let time = try every.duration("--every")
            guard time >= .seconds(1) else {
                throw UsageError("'--every' is '\(every.text)', expected 1s or more")
            }
            self = .every(time)
        case (nil, let calendar?):
            let isPlain = calendar.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
            guard isPlain, calendar.contains(where: { $0 != " " }) else {
                throw UsageError("'--calendar' is '\(calendar)', expected a line of plain text")
            }
            self = .calendar(calendar)
        default:
            throw UsageError(
                "found \(every == nil ? "neither" : "both") '--every' \(every == nil ? "nor" : "and") '--calendar', "
                    + "expected one of the two",
                notes: ["such as '--every 10m', or '--calendar \"Mon..Fri 03:00\"'"])
        }
    }

    /// How long there is between two runs, where that is known.
    var period: Duration? { if case .every(let time) = self { time } else { nil } }

    /// The lines of a systemd timer.
    var timerLines: [String] {
        switch self {
        case .every(let time):
            // The first run does not wait for the machine to be as old as the period.
            ["OnActiveSec=1min", "OnBootSec=1min", "OnUnitActiveSec=\(Self.systemdTime(time))"]
        case .calendar(let text): ["OnCalendar=\(text)", "Persistent=true"]
        }
    }

    /// A time as systemd.time(7) takes it.
    static func systemdTime(_ duration: Duration) -> String {
        let milliseconds = duration.components.attoseconds / 1_000_000_000_000_000
        return "\(duration.components.seconds)s" + (milliseconds > 0 ? " \(milliseconds)ms" : "")
    }

    /// The five fields of a crontab's line.
    ///
    /// - Throws: That cron has no words for it.
    func cronFields() throws -> String {
        switch self {
        case .calendar(let text): return try Self.fields(text)
        case .every(let time):
            let minutes = time.components.seconds / 60
            let isWhole = time == .seconds(minutes * 60)
            if isWhole, minutes == 1 { return "* * * * *" }
            if isWhole, minutes > 0, minutes < 60, 60 % minutes == 0 { return "*/\(minutes) * * * *" }
            if isWhole, minutes == 60 { return "0 * * * *" }
            if isWhole, minutes % 60 == 0, minutes / 60 < 24, 24 % (minutes / 60) == 0, minutes > 0 {
                return "0 */\(minutes / 60) * * *"
            }
            if minutes == 24 * 60, isWhole { return "0 0 * * *" }
            throw UsageError(
                "'--every' is '\(DurationText.print(time))', for which cron has no words",
                notes: [
                    "it takes minutes that divide an hour, hours that divide a day, and 24h",
                    "systemd's timers (without '--cron') take any time",
                ])
        }
    }

    private static let ranges = [0...59, 0...23, 1...31, 1...12, 0...7]
    private static let names = [
        3: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        4: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    ]

    /// Five fields as crontab(5) has them: lists of `*`, values and ranges, each with a step behind it or none.
    private static func fields(_ text: String) throws -> String {
        let fields = text.split(separator: " ").map(String.init)
        guard fields.count == 5 else {
            throw UsageError(
                "'--calendar' is '\(text)', expected cron's five fields: minute, hour, day, month, weekday",
                notes: ["such as '*/10 * * * *'; systemd's calendar events go without '--cron'"])
        }
        for (place, field) in fields.enumerated() where !isField(field, place) {
            let range = ranges[place]
            throw UsageError(
                "field \(place + 1) of '--calendar' is '\(field)', expected '*', numbers from \(range.lowerBound) to "
                    + "\(range.upperBound), ranges of them, or '*/N'")
        }
        return fields.joined(separator: " ")
    }

    private static func isField(_ field: String, _ place: Int) -> Bool {
        func value(_ text: Substring) -> Int? {
            if let index = names[place]?.firstIndex(of: text.lowercased()) {
                return index + (place == 3 ? 1 : 0)
            }
            guard text.utf8.count <= 2, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return Int(text).flatMap { ranges[place].contains($0) ? $0 : nil }
        }
        return field.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { item in
            let parts = item.split(separator: "/", omittingEmptySubsequences: false)
            guard let first = parts.first, parts.count <= 2 else { return false }
            if parts.count == 2 {
                guard let step = Int(parts[1]), step > 0, step <= ranges[place].upperBound else {
                    return false
                }
            }
            if first == "*" { return true }
            let ends = first.split(separator: "-", omittingEmptySubsequences: false).map(value)
            guard ends.count <= 2, !ends.contains(nil) else { return false }
            return ends.count == 1 ? parts.count == 1 : ends[0]! <= ends[1]!
        }
    }
}
