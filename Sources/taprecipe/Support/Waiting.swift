import Dispatch

/// Has asynchronous work done by Swift's own threads and waits for it in this one, which must be none of them.
///
/// Most commands have none; starting those threads takes as long as reading a recipe.
func waiting<Value>(for work: @escaping () async throws -> Value) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    // This thread waits, so that what the work uses is used by one thread at a time.
    nonisolated(unsafe) let work = work
    nonisolated(unsafe) var result: Result<Value, any Error>?
    Task {
        do { result = .success(try await work()) } catch { result = .failure(error) }
        done.signal()
    }
    while true {
        done.wait()
        if let result { return try result.get() }
    }
}
