import Synchronization

/// A value that is made when it has been asked for so often that making it pays; before, its user does without.
final class Amortized<Value: Sendable>: Sendable {
    private let state: Mutex<(refusals: Int, value: Value?)>

    /// - Parameter refusals: How often the user does without.
    init(after refusals: Int) { state = Mutex((refusals, nil)) }

    /// The value, from `make` the first time; nil as long as it does not pay.
    func value(madeBy make: () -> Value) -> Value? {
        state.withLock { state in
            if let value = state.value { return value }
            guard state.refusals == 0 else {
                state.refusals -= 1
                return nil
            }
            let value = make()
            state.value = value
            return value
        }
    }
}
