import Diagnostics
import Foundation
import Regexes
import Testing

@testable import RecipeModel

/// What the regular expressions of nginx-headers take for secrets, read from the recipe itself; that the probe obeys
/// them is shown in the virtual machine.
@Suite struct RedactionTests {
    /// The expressions behind `=~` in a function of the script, in their order.
    private static func expressions(in function: String) throws -> [RegexProgram] {
        let recipe = try RecipeLoader.load(
            path: Fixtures.root.appendingPathComponent("recipes/nginx-headers.yaml").path)
        let body = recipe.script.text.text.components(separatedBy: "function \(function):")[1]
            .components(separatedBy: "\n}")[0]
        return try body.matches(of: /=~ "([^"]*)"/).map { match in
            // The program matches whole texts; stap finds an expression anywhere.
            let parts = match.1.split(separator: "|", omittingEmptySubsequences: false).map { part in
                part.hasPrefix("^") ? "\(part.dropFirst())(.*)" : "(.*)\(part)(.*)"
            }
            return try RegexSyntax(parsing: Array("(\(parts.joined(separator: "|")))".utf8)).compiled()
        }
    }

    @Test(arguments: [
        "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "cookie2", "X-Api-Key", "x-api-key",
        "ApiKey",
        "X-Auth-Token", "X-CSRF-Token", "X-XSRF", "X-Amz-Security-Token", "X-Session-Id", "X-Password",
        "Passwd",
        "Client-Secret", "X-Hub-Signature-256", "X-JWT", "X-Otp", "AUTHENTICATION", "X-Credential",
    ])
    func aHeaderThatAuthenticatesIsKnownByItsName(name: String) throws {
        let expressions = try Self.expressions(in: "is_secret")
        #expect(expressions.contains { $0.matchesWhole(Array(name.utf8)) })
    }

    @Test(arguments: ["Host", "User-Agent", "Accept", "Referer", "X-Forwarded-For", "Content-Length", "Via"])
    func anOrdinaryHeaderIsShown(name: String) throws {
        let expressions = try Self.expressions(in: "is_secret")
        #expect(!expressions.contains { $0.matchesWhole(Array(name.utf8)) })
    }

    @Test(arguments: [
        ("Bearer abc", true, false), ("access: bearer abc", true, false), ("Basic Zm9vOmJhcg==", true, false),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.x", true, false), ("https://u:p@h/x", true, false),
        ("?token=1", true, false), ("https://a/b?token=1", false, true), ("/a?b", false, true),
        ("reset?token=x", false, true), ("</a?k=v>; rel=x", false, true),
        ("Mozilla/5.0 (X11; a=b)", false, false), ("*/*", false, false), ("?0", false, false),
        ("what? really", false, false), ("text/html;q=0.9", false, false), ("a@b.org", false, false),
    ])
    func aValueIsRedactedOrCutByItsLook(value: String, isRedacted: Bool, isCut: Bool) throws {
        let expressions = try Self.expressions(in: "without_secrets")
        try #require(expressions.count == 2)
        #expect(expressions[0].matchesWhole(Array(value.utf8)) == isRedacted)
        if !isRedacted { #expect(expressions[1].matchesWhole(Array(value.utf8)) == isCut) }
    }
}
