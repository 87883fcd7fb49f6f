/// What can be wrong with the search for a recipe; `LibraryMessages` says it in words.
enum LibraryProblem {
    case noSuchRecipe(String, known: [String], folders: [String])
    case unreadableFolder(String, errno: Int32)
    /// Others than root can write what a recipe's path leads through.
    case untrusted(String, path: String, reason: Reason)
    case unresolvable(String, errno: Int32)

    /// Why something on a recipe's path is not trusted.
    enum Reason {
        case owner(UInt32)
        case groupCanWrite
        case othersCanWrite
    }
}
