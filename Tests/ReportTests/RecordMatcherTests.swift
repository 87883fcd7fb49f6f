import RecipeModel
import Testing

@testable import Report

/// Values in a form that a table of cases can state.
private func words(_ values: [FieldValue]?) -> [String]? {
    values?.map { value in
        switch value {
        case .none: "none"
        case .integer(let number): "\(number)"
        case .hex(let number): "0x\(String(number, radix: 16))"
        case .text(let text): text.decoded
        case .stack(let id): "stack \(id)"
        }
    }
}

@Test(arguments: [
    ("rc: {rc:integer}", "rc: 502", ["502"]),
    ("rc: {rc:integer}", "rc:   \t -4", ["-4"]),
    ("rc: {rc:integer}", "rc: 18446744073709551615", ["18446744073709551615"]),
    ("rc: {rc:integer}", "rc: 18446744073709551616", nil),
    ("rc: {rc:integer}", "rc: -9223372036854775809", nil),
    ("rc: {rc:integer}", "rc: 502x", nil),
    ("rc: {rc:integer}", " rc: 502", nil),
    ("rc: {rc:integer}", "rc:502", nil),
    ("rc: {rc:integer}", "rc: ", nil),
    ("rc: {rc:integer}, host: {host}", "rc: -4, host: www.j9.com", ["-4", "www.j9.com"]),
    ("{comm}({pid:integer}) : {n:integer}", "stapio(18716) : 16 ", ["stapio", "18716", "16"]),
    ("{comm}({pid:integer}) : {n:integer}", "Web Content(1) : 16", nil),
    ("{name}: {value:rest}", "Accept: */*, text/html ", ["Accept", "*/*, text/html "]),
    ("{name}: {value:rest}", "Accept: ", ["Accept", ""]),
    ("{name}: {value:rest}", ":x: y", [":x", "y"]),
    ("{name}: {value:rest}", ": y", nil),
    ("free {p:hex} {n:integer}", "free 0x7f00ff10 8", ["0x7f00ff10", "8"]),
    ("free {p:hex} {n:integer}", "free ffffffffffffffff 8", ["0xffffffffffffffff", "8"]),
    ("free {p:hex} {n:integer}", "free 0x1ffffffffffffffff 8", nil),
    ("{{x}}={x}", "{x}=1", ["1"]),
    ("{a}, {b}", "1,2, 3", ["1,2", "3"]),
    ("plain", "plain  ", []),
    ("plain", "plainer", nil),
])
func aLineIsARecordOrNot(pattern: String, line: String, expected: [String]?) throws {
    #expect(words(try Make.matcher(pattern).match(ArraySlice(line))) == expected)
}

@Test func bytesThatAreNoTextAreMatchedAndKept() throws {
    let line: [UInt8] = [0x68, 0x3A, 0x20, 0xFF, 0x1B, 0x80, 0x00]
    let values = try #require(try Make.matcher("h: {v}").match(line[...]))
    #expect(values == [.text(ByteText(line[3...]))])
}

/// Lines that make a matcher that goes back count for ever; a suite that ends shows that this one does not.
@Test(arguments: [
    "{a}-{b}-{c}-{d}-{e}-{f}-{g}-{h}!", "{a}, {b}, {c}, {d}!", "{a}aaaaaaab{b}aaaaaaab{c}",
    "{a} {b} {c} {d}!",
    "{a}{{{b}}}{c:rest}",
])
func adversarialLinesCostNoMoreThanTheirLength(pattern: String) throws {
    let matcher = try Make.matcher(pattern)
    for unit in ["-", "a", ", ", " ", ",", "aaaaaaaa ", "{", "a-"] {
        let line = ArraySlice(String(repeating: unit, count: 200_000))
        if !pattern.hasSuffix(":rest}") { #expect(matcher.match(line) == nil || unit == "a") }
    }
}
