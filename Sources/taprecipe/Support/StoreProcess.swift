import CMemoryFile
import Glibc

/// The program that the run store is kept by (`taprecipe-store`), started for one request.
///
/// What it reads and writes are files without names: nothing waits for a pipe, however the program ends.
struct StoreProcess {
    /// Why there is no answer.
    struct Failure: Error {
        let message: String
    }

    private static let maximumAnswer = 256 << 20

    /// Where the program is: beside this one, or where 'make install' puts it.
    static func executable(beside program: String) -> String? {
        guard let slash = program.lastIndex(of: "/") else { return nil }
        let folder = program[..<slash]
        return ["\(folder)/taprecipe-store", "\(folder)/../libexec/taprecipe/taprecipe-store"]
            .first { access($0, X_OK) == 0 }
    }

    /// Has the program do something, and waits for it.
    static func answer(to words: [String], input: [UInt8] = []) throws(Failure) -> [UInt8] {
        guard let program = executable(beside: Surroundings.executablePath) else {
            throw Failure(message: "the program 'taprecipe-store' is not installed beside taprecipe")
        }
        let streams = [try MemoryFile(), try MemoryFile(), try MemoryFile()]
        try streams[0].fill(input)
        let status = try run([program] + words, streams: streams)
        guard status == 0 else {
            let words = String(decoding: streams[2].content(atMost: 4096), as: UTF8.self)
            throw Failure(message: words.isEmpty ? description(of: status) : Console.safe(Array(words.utf8)))
        }
        return streams[1].content(atMost: maximumAnswer)
    }

    private static func run(_ words: [String], streams: [MemoryFile]) throws(Failure) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, stream) in streams.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, stream.descriptor, Int32(number))
        }
        // This program's handlers are gone in that one, and what its threads block must not be blocked there.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        var child = pid_t()
        let code = posix_spawn(&child, words[0], &actions, &attributes, &arguments, &environment)
        guard code == 0 else {
            throw Failure(message: "cannot start '\(words[0])': \(String(cString: strerror(code)))")
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw Failure(message: "lost '\(words[0])'") }
        }
        return status
    }

    private static func description(of status: Int32) -> String {
        let signal = status & 0x7F
        switch signal {
        case 0: return "'taprecipe-store' ended with status \(status >> 8 & 0xFF)"
        case SIGALRM: return "the run store did not answer in time"
        default: return "'taprecipe-store' was ended by signal \(signal)"
        }
    }
}

/// A file in memory without a name.
private final class MemoryFile {
    let descriptor: Int32

    init() throws(StoreProcess.Failure) {
        // Above the standard streams, which it becomes in the child.
        let made = cmemoryfile_create("taprecipe-store")
        descriptor = made >= 0 && made < 3 ? fcntl(made, F_DUPFD_CLOEXEC, 3) : made
        if made >= 0, made < 3 { close(made) }
        guard descriptor >= 0 else {
            throw .init(message: "cannot make a file in memory: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// Writes the content, and goes back to its start.
    func fill(_ bytes: [UInt8]) throws(StoreProcess.Failure) {
        do {
            try Console.write(bytes, to: descriptor, name: "a file in memory")
        } catch {
            throw .init(message: "cannot write to a file in memory: \(String(cString: strerror(errno)))")
        }
        lseek(descriptor, 0, SEEK_SET)
    }

    /// The content, or its first bytes.
    func content(atMost limit: Int) -> [UInt8] {
        let size = min(Int(max(lseek(descriptor, 0, SEEK_END), 0)), limit)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let read = pread(descriptor, buffer.baseAddress! + count, size - count, off_t(count))
                if read > 0 { count += read } else if read == 0 || errno != EINTR { break }
            }
        }
    }
}
