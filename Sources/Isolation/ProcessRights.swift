import CIsolation

/// What this process may do beyond its user's files: its capabilities, as bits (capabilities(7)).
public enum ProcessRights {
    /// Has all threads give up every capability but some.
    ///
    /// - Parameters:
    ///   - used: Those that go on working.
    ///   - reserved: Those that ``takeUp()`` makes work again.
    ///   - isFinal: Whether nothing that this process starts may gain rights (`no_new_privs`); the inheritable ones go.
    /// - Throws: ``RightsError`` where a thread has kept more.
    public static func keep(
        _ used: UInt64, reserving reserved: UInt64 = 0, isFinal: Bool
    ) throws(RightsError) {
        var rights = isolation_rights(
            effective: used, permitted: used | reserved, no_new_privileges: isFinal ? 1 : 0)
        let result = isolation_give_up(&rights)
        guard result == 0 else { throw RightsError(code: result) }
    }

    /// Has the calling thread use what has been reserved.
    public static func takeUp() throws(RightsError) {
        let result = isolation_take_up()
        guard result == 0 else { throw RightsError(code: result) }
    }
}

/// Why rights could not be given up or taken.
public struct RightsError: Error, Sendable {
    /// The error number.
    public var code: Int32
}
