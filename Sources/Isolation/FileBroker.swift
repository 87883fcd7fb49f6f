import Glibc

/// Asks the process that started a helper for what the helper has no right to.
public struct FileBroker: Sendable {
    let channel: HelperChannel

    /// Whether the other side has a question that waits, so that nothing should be begun of one's own.
    public var isAsked: Bool {
        var entry = pollfd(fd: channel.socket, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    /// A descriptor of a regular file, which is the caller's to close, or a negative error number.
    public func open(_ path: String) -> Int32 {
        do {
            try channel.send(.open, Array(path.utf8))
            let message = try channel.receive()
            if let descriptor = message.descriptor { return descriptor }
            let code = HelperChannel.code(message.bytes)
            return code > 0 ? -code : -EIO
        } catch {
            return -EIO
        }
    }

    /// The path of the program that a process runs.
    ///
    /// - Returns: The path, or why not; ESRCH where there is no such process, ENOENT where it runs no program.
    public func program(ofProcess id: Int32) -> Result<String, BrokerRefusal> {
        do {
            try channel.send(.program, Array("\(id)".utf8))
            let message = try channel.receive()
            let code = HelperChannel.code(message.bytes)
            guard code == 0 else { return .failure(BrokerRefusal(code: code)) }
            return .success(String(decoding: message.bytes.dropFirst(4), as: UTF8.self))
        } catch {
            return .failure(BrokerRefusal(code: EIO))
        }
    }
}

/// Why a helper did not get what it asked for.
public struct BrokerRefusal: Error, Sendable, Equatable {
    /// The error number.
    public var code: Int32

    /// Creates it.
    public init(code: Int32) { self.code = code }
}
