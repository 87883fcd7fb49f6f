/// The few colours of a summary, or none.
struct TextStyle: Sendable {
    var isColored: Bool

    func title(_ text: String) -> String { paint(text, "1") }
    func loss(_ text: String) -> String { paint(text, "33") }
    func dim(_ text: String) -> String { paint(text, "2") }

    func headline(_ text: String, _ grade: Grade) -> String { paint(text, "1;" + Self.code(of: grade)) }
    func grade(_ text: String, _ grade: Grade) -> String { paint(text, Self.code(of: grade)) }

    private static func code(of grade: Grade) -> String {
        switch grade {
        case .complete: "32"
        case .degraded: "33"
        case .inconclusive: "31"
        }
    }

    private func paint(_ text: String, _ code: String) -> String {
        isColored && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
