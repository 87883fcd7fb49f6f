import ArgumentParser

@main
struct Taprecipe: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "taprecipe", abstract: "Run canned SystemTap diagnostics.")
}
