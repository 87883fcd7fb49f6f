public import Diagnostics
import Glibc

/// Whether a recipe can be run as root: others must not be able to put another script in its place.
public enum RecipeTrust {
    /// As many links as the kernel follows in a path.
    private static let linkLimit = 40

    /// Why the recipe, or the runbook, must not be run; nil where it may, and always where `effectiveUser` is not root.
    ///
    /// Of what is in a bundle the bundle's own path counts: others could put an older one in its place, signed all the same.
    /// Every folder on the way to the file, and every folder that holds a link on that way, must belong to
    /// root or the user and not be writable by group or others; above the file's own folder a sticky folder
    /// such as `/tmp` does too, as others cannot rename there what is not theirs.
    public static func problem(
        path: String, effectiveUser: UInt32, of document: DocumentKind = .recipe
    ) -> Diagnostic? {
        guard effectiveUser == 0 else { return nil }
        if let inside = BundlePath(path) {
            return problem(path: inside.bundle, effectiveUser: effectiveUser, of: .bundle)
        }
        do throws(Failure) {
            try check(path, effectiveUser)
            return nil
        } catch {
            return error.problem.diagnostic(of: document)
        }
    }

    private struct Failure: Error { var problem: LibraryProblem }

    /// Walks the path as the kernel does, link by link.
    private static func check(_ path: String, _ user: UInt32) throws(Failure) {
        func unresolvable(_ number: Int32) -> Failure { Failure(problem: .unresolvable(path, errno: number)) }
        var pending = Array(path.split(separator: "/").map(String.init).reversed())
        var folder = path.hasPrefix("/") ? "/" : Folder.canonicalPath(".") ?? "/"
        var links = 0
        if !path.hasPrefix("/") { try checkAncestors(of: folder, path, user) }
        while let part = pending.popLast() {
            if part == "." { continue }
            if part == ".." {
                folder = parent(of: folder)
                continue
            }
            let current = folder == "/" ? "/\(part)" : "\(folder)/\(part)"
            var status = stat()
            guard lstat(current, &status) == 0 else { throw unresolvable(errno) }
            let isLink = status.st_mode & S_IFMT == S_IFLNK
            // Who can write a folder can replace what is in it, the last file or a link on the way.
            try checkFolder(folder, path, user, isStickyEnough: !pending.isEmpty && !isLink)
            guard isLink else {
                if pending.isEmpty {
                    try check(status, current, path, user, isStickyEnough: false)
                } else {
                    folder = current
                }
                continue
            }
            links += 1
            guard links <= linkLimit else { throw unresolvable(ELOOP) }
            guard let target = target(of: current) else { throw unresolvable(errno) }
            if target.hasPrefix("/") { folder = "/" }
            pending += target.split(separator: "/").map(String.init).reversed()
        }
    }

    private static func checkAncestors(of folder: String, _ path: String, _ user: UInt32) throws(Failure) {
        var folder = folder
        while folder != "/" {
            folder = parent(of: folder)
            try checkFolder(folder, path, user, isStickyEnough: true)
        }
    }

    private static func checkFolder(
        _ folder: String, _ path: String, _ user: UInt32, isStickyEnough: Bool
    ) throws(Failure) {
        var status = stat()
        guard stat(folder, &status) == 0 else { throw Failure(problem: .unresolvable(path, errno: errno)) }
        try check(status, folder, path, user, isStickyEnough: isStickyEnough)
    }

    private static func check(
        _ status: stat, _ current: String, _ path: String, _ user: UInt32, isStickyEnough: Bool
    ) throws(Failure) {
        func failure(_ reason: LibraryProblem.Reason) -> Failure {
            Failure(problem: .untrusted(path, path: current, reason: reason))
        }
        guard status.st_uid == 0 || status.st_uid == user else { throw failure(.owner(status.st_uid)) }
        if isStickyEnough, status.st_mode & S_ISVTX != 0 { return }
        guard status.st_mode & S_IWOTH == 0 else { throw failure(.othersCanWrite) }
        guard status.st_mode & S_IWGRP == 0 else { throw failure(.groupCanWrite) }
    }

    private static func parent(of folder: String) -> String {
        "/" + folder.split(separator: "/").dropLast().joined(separator: "/")
    }

    private static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &buffer, buffer.count)
        return count > 0
            ? String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }
}
