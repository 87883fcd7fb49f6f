internal import CIsolation
import Glibc

/// One end of the socket between a helper process and the one that started it.
///
/// A message is a byte that says its kind, with which a descriptor may come, then a length of four bytes and that
/// many bytes.
struct HelperChannel {
    enum Kind: UInt8 {
        /// To the helper: what it is asked.
        case request = 1
        /// To the helper: what it is asked at last; it ends with its answer.
        case lastRequest = 9
        /// To the helper: a descriptor, or the error number.
        case opened = 2
        /// From the helper: it has given up its rights.
        case confined = 3
        /// From the helper: it could not, and ends; the error number.
        case notConfined = 4
        /// From the helper: a path to open for it.
        case open = 5
        /// From the helper: its answer.
        case answer = 6
        /// From the helper: a process, in digits, whose program it wants the path of.
        case program = 7
        /// To the helper: an error number, or 0 and the path.
        case named = 8
    }

    struct Message {
        var kind: Kind
        var bytes: [UInt8]
        /// Owned by whoever received the message.
        var descriptor: Int32?
    }

    /// The stream ended, or what came is no message.
    enum Failure: Error {
        case ended
        case garbled
        case outOfTime
    }

    let socket: Int32
    /// No message is larger: the other side is not trusted.
    static let maximumLength = 256 << 20

    /// An error number as it crosses.
    static func bytes(ofCode code: Int32) -> [UInt8] { withUnsafeBytes(of: code.littleEndian) { Array($0) } }

    /// The error number that a message begins with.
    static func code(_ bytes: [UInt8]) -> Int32 {
        Int32(truncatingIfNeeded: bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) })
    }

    func send(_ kind: Kind, _ bytes: [UInt8], descriptor: Int32 = -1) throws(Failure) {
        guard isolation_send_descriptor(socket, descriptor, kind.rawValue) == 0 else { throw .ended }
        var whole = withUnsafeBytes(of: UInt32(bytes.count).littleEndian) { Array($0) }
        whole += bytes
        var sent = 0
        while sent < whole.count {
            let count = whole.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .ended }
            sent += count
        }
    }

    /// Waits for the next message, until `deadline` if one is given.
    func receive(until deadline: ContinuousClock.Instant? = nil) throws(Failure) -> Message {
        var descriptor: Int32 = -1
        var byte: UInt8 = 0
        try wait(until: deadline)
        guard isolation_receive_descriptor(socket, &descriptor, &byte) == 0 else { throw .ended }
        var isTaken = false
        defer { if !isTaken, descriptor >= 0 { close(descriptor) } }
        guard let kind = Kind(rawValue: byte) else { throw .garbled }
        let head = try read(4, until: deadline)
        let length = head.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.maximumLength else { throw .garbled }
        let bytes = try read(length, until: deadline)
        isTaken = true
        return Message(kind: kind, bytes: bytes, descriptor: descriptor >= 0 ? descriptor : nil)
    }

    private func read(_ length: Int, until deadline: ContinuousClock.Instant?) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(length, 65_536))
        while bytes.count < length {
            try wait(until: deadline)
            let count = recv(socket, &chunk, min(chunk.count, length - bytes.count), 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .ended }
            bytes += chunk[..<count]
        }
        return bytes
    }

    private func wait(until deadline: ContinuousClock.Instant?) throws(Failure) {
        guard let deadline else { return }
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw .outOfTime }
            var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            let milliseconds = min(left / .milliseconds(1), 1e9).rounded(.up)
            if poll(&entry, 1, Int32(milliseconds)) > 0 { return }
        }
    }
}
