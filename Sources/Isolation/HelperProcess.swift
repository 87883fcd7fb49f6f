internal import CIsolation
import Glibc

/// The side of a ``Helper`` that does the work.
public enum HelperProcess {
    static let socket: Int32 = 3
    private static let name = "taprecipe-helper"

    static func arguments(limits: HelperLimits, parent: pid_t) -> [String] {
        [name, "\(limits.addressSpace)", "\(limits.processorTime)", "\(parent)"]
    }

    /// Whether this process was started as a helper: by its own name, which no user can type by accident.
    public static func isMeant(by arguments: [String]) -> Bool { arguments.first == name }

    /// Gives up every right, answers the one question, and ends.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - answer: Makes the answer of a question; files that it may not open itself it gets from the broker.
    public static func serve(
        _ arguments: [String], answer: (_ question: [UInt8], FileBroker) -> [UInt8]
    ) -> Never {
        let numbers = arguments.dropFirst().compactMap { UInt64($0) }
        guard numbers.count == 3, let parent = Int32(exactly: numbers[2]) else { exit(2) }
        var limits = isolation_limits(address_space: numbers[0], processor_time: numbers[1])
        let channel = HelperChannel(socket: socket)
        let failure = isolation_confine(parent, &limits)
        do {
            guard failure == 0 else {
                try channel.send(.notConfined, withUnsafeBytes(of: failure.littleEndian) { Array($0) })
                exit(1)
            }
            try channel.send(.confined, [])
            let request = try channel.receive()
            guard request.kind == .request else { exit(2) }
            try channel.send(.answer, answer(request.bytes, FileBroker(channel: channel)))
        } catch {
            exit(1)
        }
        exit(0)
    }
}

/// Opens files for a helper by way of the process that started it.
public struct FileBroker: Sendable {
    let channel: HelperChannel

    /// A descriptor of a regular file, which is the caller's to close, or a negative error number.
    public func open(_ path: String) -> Int32 {
        do {
            try channel.send(.open, Array(path.utf8))
            let message = try channel.receive()
            if let descriptor = message.descriptor { return descriptor }
            let code = Helper.code(message.bytes)
            return code > 0 ? -code : -EIO
        } catch {
            return -EIO
        }
    }
}
