import Report

/// Tells on standard output what a saved output holds while it is read (`report --follow`).
///
/// Nothing else goes on meanwhile, so that a slow reader holds up the reading and misses nothing.
final class OutputTeller {
    private let console: Console
    /// Why nobody could be told.
    private(set) var failure: SystemFailure?

    init(_ console: Console) { self.console = console }

    /// Tells some lines; whether there is still somebody to tell.
    @discardableResult func tell(_ lines: [FollowLine]) -> Bool {
        guard failure == nil else { return false }
        do {
            for line in lines {
                try console.write(String(decoding: line.bytes(at: Surroundings.preciseNow), as: UTF8.self))
            }
        } catch {
            failure = error as? SystemFailure
        }
        return failure == nil
    }
}
