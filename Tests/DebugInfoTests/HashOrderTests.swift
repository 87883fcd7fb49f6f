import Foundation
import TestSupport
import Testing

@testable import DebugInfo

@Suite("Functions come in the order of libstdc++'s hash table")
struct HashOrderTests {
    /// Reads names and prints the order in which a table has them; behind an empty line, names that are put in
    /// together.
    private static let program = """
        #include <iostream>
        #include <string>
        #include <unordered_map>
        #include <vector>
        // As stap's: a hash that the library takes for a fast one.
        struct Hash { size_t operator()(const std::string &s) const { return std::hash<std::string>()(s); } };
        int main() {
          std::unordered_multimap<std::string, int, Hash> table;
          std::vector<std::pair<std::string, int>> more;
          std::string line;
          int number = 0;
          bool together = false;
          while (std::getline(std::cin, line)) {
            if (line.empty()) together = true;
            else if (together) more.push_back({line, number++});
            else table.insert({line, number++});
          }
          table.insert(more.begin(), more.end());
          for (auto &entry : table) std::cout << entry.second << "\\n";
        }
        """

    @Test("random names, some of them several times, one by one and then many at once")
    func order() throws {
        let folder = try Fixture.newFolder()
        try Self.program.write(toFile: "\(folder)/order.cc", atomically: true, encoding: .utf8)
        try run("g++", ["-O1", "-o", "\(folder)/order", "\(folder)/order.cc"])
        let seed: UInt64 = 0x5EED_0007
        var random = SeededGenerator(seed: seed)
        for count in [1, 5, 12, 13, 14, 30, 61, 200, 1500] {
            func names(_ count: Int) -> [String] {
                (0..<count).map { _ in
                    let length = Int.random(in: 1...24, using: &random)
                    // Short ones recur.
                    return String(
                        (0..<length).map { _ in Array("ab_é").randomElement(using: &random) ?? "a" })
                }
            }
            let single = names(count)
            let together = names(Int.random(in: 0...count * 2, using: &random))
            let input = "\(folder)/names"
            try (single + [""] + together).joined(separator: "\n")
                .write(toFile: input, atomically: true, encoding: .utf8)
            let expected = try run("sh", ["-c", "\"$0\" < \"$1\"", "\(folder)/order", input])
                .split(separator: "\n").compactMap { Int($0) }
            var table = HashOrder()
            for name in single { table.insert(name.withCString { HashOrder.hash($0) }) }
            table.reserve(together.count)
            for name in together { table.insert(name.withCString { HashOrder.hash($0) }) }
            #expect(table.elements == expected, "\(count) names, seed \(seed)")
        }
    }
}
