public import Diagnostics
public import RecipeModel

/// A recipe with its arguments filled in: plain SystemTap, and what to run it with.
public struct Script: Sendable {
    /// The recipe's name.
    public var recipe: String
    /// The expanded text.
    public var text: SourceFile
    /// From the expanded text to the recipe's YAML.
    public var map: SourceMap
    /// Limits after recipe, runbook and command line.
    public var limits: Limits
    /// Whether stap's guru mode is needed.
    public var guru: Bool
    /// The values of the recipe's parameters, defaults included, by name; absent ones are unset.
    public var arguments: [String: ParameterValue]

    /// Creates a script.
    public init(
        recipe: String, text: SourceFile, map: SourceMap, limits: Limits, guru: Bool,
        arguments: [String: ParameterValue]
    ) {
        self.recipe = recipe
        self.text = text
        self.map = map
        self.limits = limits
        self.guru = guru
        self.arguments = arguments
    }
}
