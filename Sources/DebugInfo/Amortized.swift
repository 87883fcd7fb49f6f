import Synchronization

/// A value that is made when it has been asked for so often that making it pays; before, its user does without.
final class Amortized<Value: Sendable>: Sendable {
    private let refusals: Mutex<Int>
    private let made = Shared<Value>()

    /// - Parameter refusals: How often the user does without.
    init(after refusals: Int) { self.refusals = Mutex(refusals) }

    /// The value, from `make` the first time; nil as long as it does not pay.
    func value(madeBy make: () -> Value) -> Value? {
        let isRefused = refusals.withLock { left in
            guard left > 0 else { return false }
            left -= 1
            return true
        }
        return isRefused ? nil : made.value(madeBy: make)
    }
}
