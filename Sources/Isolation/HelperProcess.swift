internal import CIsolation
import Glibc

/// The side of a ``Helper`` that does the work.
public enum HelperProcess {
    static let socket: Int32 = 3
    private static let name = "taprecipe-helper"

    static func arguments(limits: HelperLimits, parent: pid_t) -> [String] {
        [name, "\(limits.addressSpace)", "\(limits.processorTime)", "\(parent)"]
    }

    /// The limits and the parent that a helper's command line names; nil for any other, as no user types such a name
    /// by accident.
    public static func order(in arguments: [String]) -> (limits: HelperLimits, parent: Int32)? {
        guard arguments.first == name else { return nil }
        let numbers = arguments.dropFirst().compactMap { UInt64($0) }
        guard numbers.count == 3, let parent = Int32(exactly: numbers[2]) else { exit(2) }
        // How long an answer may take is the other side's to measure.
        return (HelperLimits(addressSpace: numbers[0], processorTime: numbers[1], time: .zero), parent)
    }

    /// Gives up every right, answers questions until there are no more, and ends.
    ///
    /// - Parameters:
    ///   - limits: What this process may use.
    ///   - parent: The process that asks, without which it ends.
    ///   - work: Makes what answers, once the rights are given up; files that it may not open itself it gets from the
    ///     broker. The time until the first question comes is its own.
    public static func serve(
        limits: HelperLimits, parent: Int32, _ work: (FileBroker) -> (_ question: [UInt8]) -> [UInt8]
    ) -> Never {
        var raw = limits.raw
        let channel = HelperChannel(socket: socket)
        let failure = isolation_confine(parent, &raw)
        do {
            guard failure == 0 else {
                try channel.send(.notConfined, HelperChannel.bytes(ofCode: failure))
                _exit(1)
            }
            try channel.send(.confined, [])
            let answer = work(FileBroker(channel: channel))
            while true {
                let request = try channel.receive()
                guard request.kind == .request || request.kind == .lastRequest else { _exit(2) }
                try channel.send(.answer, answer(request.bytes))
                if request.kind == .lastRequest { _exit(0) }
            }
        } catch {
            // The other side has all that it wanted, or is gone.
            _exit(0)
        }
    }
}
