import Glibc

/// A client of the servers that `DEBUGINFOD_URLS` names: owns a handle of elfutils' libdebuginfod.
///
/// The library is loaded when it is first wanted, as it brings libcurl along and is seldom needed. It reads
/// `DEBUGINFOD_URLS`, its other variables and its cache's folder from the environment (debuginfod_find_debuginfo(3)).
/// Not for concurrent use.
public final class DebuginfodClient {
    /// What a transfer may take.
    public struct Limits: Sendable, Equatable {
        /// The whole time, waiting for an answer included.
        public var time: Duration
        /// The file's size in bytes.
        public var size: UInt64

        /// Creates limits.
        public init(time: Duration, size: UInt64) {
            self.time = time
            self.size = size
        }
    }

    /// How far a transfer has come.
    public struct Progress: Sendable, Equatable {
        /// The bytes that came; nil while no server has begun to send.
        public var received: UInt64?
        /// The file's size, where the server told it.
        public var total: UInt64?
    }

    private let library: DebuginfodLibrary
    private let handle: OpaquePointer
    private let cache: String?

    /// Loads the library and begins.
    ///
    /// - Parameter cache: The folder of the library's cache, where it is known. The library keeps there that nobody
    ///   had a file, also of a transfer that was ended from here (in elfutils 0.188); that is taken out again.
    /// - Throws: ``DebuginfodError/noLibrary`` or ``DebuginfodError/notStarted``.
    public init(cache: String?) throws(DebuginfodError) {
        guard let library = DebuginfodLibrary() else { throw .noLibrary }
        guard let handle = library.begin() else { throw .notStarted }
        self.library = library
        self.handle = handle
        self.cache = cache
    }

    deinit { library.end(handle) }

    /// The debug file of a build, from the library's cache or a server.
    ///
    /// Blocks the calling thread; at least once a second it calls `watch`, which ends the transfer by returning
    /// false.
    ///
    /// - Returns: The file's path in the cache. It begins as an ELF file does; whether it is the build's is for the
    ///   reader of it to see.
    public func fetch(
        _ build: BuildID, limits: Limits, watch: (Progress) -> Bool
    ) throws(DebuginfodError) -> String {
        var path: UnsafeMutablePointer<CChar>?
        defer { free(path) }
        let (code, failure) = withoutActuallyEscaping(watch) { watch in
            let transfer = Transfer(limits: limits, watch: watch)
            return withExtendedLifetime(transfer) {
                library.setUserData(handle, Unmanaged.passUnretained(transfer).toOpaque())
                library.setProgress(handle, DebuginfodLibrary.progress)
                defer { library.setProgress(handle, nil) }
                let code = build.bytes.withUnsafeBufferPointer {
                    library.find(handle, $0.baseAddress, Int32($0.count), &path)
                }
                return (code, transfer.failure)
            }
        }
        if failure != nil { forgetMiss(of: build) }
        guard code >= 0 else { throw failure ?? Self.error(of: -code, limits) }
        defer { close(code) }
        guard let path else { throw .notStarted }
        var magic: [UInt8] = [0, 0, 0, 0]
        guard pread(code, &magic, 4, 0) == 4, magic == [0x7F, 0x45, 0x4C, 0x46] else {
            // The library keeps whatever a server sends, and would not ask again.
            unlink(path)
            throw .junk
        }
        return String(cString: path)
    }

    /// Removes the empty file that says that no server has a build's.
    private func forgetMiss(of build: BuildID) {
        guard let cache else { return }
        let path = "\(cache)/\(build)/debuginfo"
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 { unlink(path) }
    }

    private static func error(of code: Int32, _ limits: Limits) -> DebuginfodError {
        switch code {
        case ENOENT: .notFound
        case ETIME: .outOfTime(limits.time)
        case EFBIG: .tooLarge(limit: limits.size)
        default: .failed(code: code)
        }
    }
}

/// One transfer as the library's progress function sees it.
private final class Transfer {
    let limits: DebuginfodClient.Limits
    let watch: (DebuginfodClient.Progress) -> Bool
    let start = ContinuousClock.now
    /// Why it was ended from here.
    var failure: DebuginfodError?

    init(limits: DebuginfodClient.Limits, watch: @escaping (DebuginfodClient.Progress) -> Bool) {
        self.limits = limits
        self.watch = watch
    }

    /// Whether to go on; `total` is 0 while nobody sends, and `received` then is no number of bytes.
    func goesOn(received: Int, total: Int) -> Bool {
        let progress = DebuginfodClient.Progress(
            received: total > 0 ? UInt64(max(received, 0)) : nil, total: total > 0 ? UInt64(total) : nil)
        if max(progress.received ?? 0, progress.total ?? 0) > limits.size {
            failure = .tooLarge(limit: limits.size)
        } else if ContinuousClock.now - start > limits.time {
            failure = .outOfTime(limits.time)
        } else if !watch(progress) {
            failure = .interrupted
        }
        return failure == nil
    }
}

/// The functions of libdebuginfod, found by dlopen(3); never unloaded, as libcurl does not take that well.
private struct DebuginfodLibrary {
    typealias Progress = @convention(c) (OpaquePointer?, Int, Int) -> Int32

    let begin: @convention(c) () -> OpaquePointer?
    let end: @convention(c) (OpaquePointer?) -> Void
    let find:
        @convention(c) (
            OpaquePointer?, UnsafePointer<UInt8>?, Int32,
            UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        ) -> Int32
    let setProgress: @convention(c) (OpaquePointer?, Progress?) -> Void
    let setUserData: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Void

    private static let name = "libdebuginfod.so.1"

    init?() {
        guard let library = dlopen(Self.name, RTLD_NOW | RTLD_LOCAL),
            let begin = dlsym(library, "debuginfod_begin"), let end = dlsym(library, "debuginfod_end"),
            let find = dlsym(library, "debuginfod_find_debuginfo"),
            let setProgress = dlsym(library, "debuginfod_set_progressfn"),
            let setUserData = dlsym(library, "debuginfod_set_user_data"),
            dlsym(library, "debuginfod_get_user_data") != nil
        else { return nil }
        self.begin = unsafeBitCast(begin, to: (@convention(c) () -> OpaquePointer?).self)
        self.end = unsafeBitCast(end, to: (@convention(c) (OpaquePointer?) -> Void).self)
        self.find = unsafeBitCast(
            find,
            to: (@convention(c) (
                OpaquePointer?, UnsafePointer<UInt8>?, Int32,
                UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
            ) -> Int32).self)
        self.setProgress = unsafeBitCast(
            setProgress, to: (@convention(c) (OpaquePointer?, Progress?) -> Void).self)
        self.setUserData = unsafeBitCast(
            setUserData, to: (@convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Void).self)
    }

    /// What the library calls: 0 to go on.
    ///
    /// A C function captures nothing, so it finds the library that calls it by name again.
    static let progress: Progress = { client, received, total in
        guard let library = dlopen(name, RTLD_NOW | RTLD_NOLOAD) else { return 1 }
        defer { dlclose(library) }
        guard let symbol = dlsym(library, "debuginfod_get_user_data") else { return 1 }
        let userData = unsafeBitCast(
            symbol, to: (@convention(c) (OpaquePointer?) -> UnsafeMutableRawPointer?).self)
        guard let transfer = userData(client) else { return 1 }
        return Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue()
            .goesOn(received: received, total: total) ? 0 : 1
    }
}
