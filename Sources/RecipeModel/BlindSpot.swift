/// A sign that a target does what a recipe follows in a way that the recipe does not see, so that whatever it finds, or
/// does not find, lets nobody conclude anything.
public struct BlindSpot: Sendable, Equatable {
    /// The file name of a library that the target has loaded; a pattern with `*`, `?` and `[…]`, as fnmatch(3) has it.
    public var library: String?
    /// A function that the target's program defines itself.
    public var function: String?
    /// What follows from it, for whoever reads the summary.
    public var reason: String

    /// Creates one; of `library` and `function` either is a sign.
    public init(library: String? = nil, function: String? = nil, reason: String) {
        self.library = library
        self.function = function
        self.reason = reason
    }
}
