import DebugInfo
import Diagnostics
import Foundation
import Resolver
import Testing

/// How a target expression of `visit` in shapes.c is read, behind its variable.
private let loads: [(expression: String, steps: String, value: String, type: String)] = [
    ("$depth", "", "signed 4", "int"),
    ("$node", "", "unsigned 8", "node_t*"),
    ("$node->id", "*", "signed 4", "int"),
    ("$node->name->len", "* +8", "unsigned 8", "size_t"),
    ("$node->next->name->data", "* +24 * +16", "unsigned 8", "unsigned char*"),
    ("$node->low", "* +40", "signed 2", "short int"),
    ("$node->flag", "* +56", "bits 0 1 unsigned", "unsigned int"),
    ("$node->level", "* +56", "bits 1 5 unsigned", "unsigned int"),
    ("$node->color", "* +60", "unsigned 4", "enum color"),
    ("$node->table[$depth]", "* +64 [$depth]4", "signed 4", "int"),
    ("$node->children[1]->id", "* +80 [1]8 *", "signed 4", "int"),
    ("&$node->name", "* +8", "address", "str_t*"),
    ("$node->table", "* +64", "address", "int[]"),
    ("$where->y", "+4", "signed 4", "int"),
    ("$node->name$", "", "text {.len=%u, .data=%s}", "str_t"),
]

private func words(_ load: TypedLoad) -> (String, String) {
    let steps = load.steps.map { step in
        switch step {
        case .offset(let bytes): "+\(bytes)"
        case .dereference: "*"
        case .index(let range, let size): "[\(range.text)]\(size)"
        }
    }
    let value =
        switch load.value {
        case .float: "float"
        case .integer(let size, let isSigned): "\(isSigned ? "signed" : "unsigned") \(size)"
        case .bitField(let offset, let width, let isSigned, _):
            "bits \(offset) \(width) \(isSigned ? "signed" : "unsigned")"
        case .address: "address"
        case .text: "text \(load.value.format ?? "")"
        }
    return (steps.joined(separator: " "), value)
}

@Test(arguments: loads.indices) func aTargetExpressionIsALoad(_ index: Int) throws {
    let wanted = loads[index]
    let script = try Programs.shared.get().resolve(
        "probe process(\"@S@\").function(\"visit\") { println(\(wanted.expression)) }")
    let load = try #require(script.points.first?.loads.last)
    let (steps, value) = words(load)
    #expect(load.range.text == wanted.expression)
    #expect((steps, value, load.typeName) == (wanted.steps, wanted.value, wanted.type))
}

@Test func offsetsAreThoseOfTheCompiler() throws {
    let programs = try Programs.shared.get()
    for member in ["name", "next", "either", "color", "table", "children", "grid", "label", "ratio"] {
        let script = try programs.resolve(
            "probe process(\"@S@\").function(\"visit\") { println(&$node->\(member)) }")
        let load = try #require(script.points.first?.loads.first)
        let asked = try run(
            "gdb", ["-batch", "-ex", "print (long)&((struct node *)0)->\(member)", programs.shapes])
        let offsets = load.steps.compactMap { step -> UInt64? in
            if case .offset(let bytes) = step { bytes } else { nil }
        }
        let offset = offsets.first ?? 0
        #expect(asked.output.contains("= \(offset)\n"), "\(member): apt-get install gdb")
    }
}

@Test func aGlobalIsReadAtItsFixedAddress() throws {
    let programs = try Programs.shared.get()
    let script = try programs.resolve(
        "probe process(\"@S@\").function(\"visit\") { println(@var(\"counter@shapes.c\")) }")
    let load = try #require(script.points.first?.loads.first)
    guard case .fixed(let location, let binary) = load.start, let address = location.fixedAddress else {
        Issue.record("\(load.start)")
        return
    }
    #expect(binary == programs.shapes)
    let symbols = try run("nm", [programs.shapes]).output
    #expect(symbols.contains("\(String(address, radix: 16)) b counter"))
}

@Test func aCastBeginsWhereItsOperandPoints() throws {
    let script = try Programs.shared.get().resolve(
        "probe process(\"@S@\").function(\"visit\") { println(@cast($node->opaque, \"node_t\")->id) }")
    let loads = try #require(script.points.first?.loads)
    #expect(loads.map(\.range.text) == ["$node->opaque", "@cast($node->opaque, \"node_t\")->id"])
    guard case .pointer(let place) = loads[1].start else {
        Issue.record("\(loads[1].start)")
        return
    }
    #expect(place.text == "$node->opaque")
}

@Test(
    arguments: [
        ("finalize", "r", 1), ("finalize", "rc", 2), ("visit", "depth", 2), ("visit", "where", nil),
        ("nothing", "list", 2), ("nothing", "ratio", nil), ("partial", "ignored", nil),
        ("visit", "local", nil),
    ] as [(String, String, Int?)])
func aParametersRegisterIsKnownWhereTheCallStillHasIt(function: String, name: String, number: Int?) throws {
    let programs = try Programs.shared.get()
    let path = ["finalize", "partial"].contains(function) ? programs.optimized : programs.shapes
    let sites = try Binary(path: path).probeSites(matching: #require(FunctionPattern(function)), .call)
    #expect(sites.first?.argumentNumber(of: name) == number)
}

@Test func ofAClonedFunctionNoArgumentIsPromised() throws {
    let complaints = try Programs.shared.get().complaints(
        "probe process(\"@O@\").function(\"partial\") { println($ignored) }")
    #expect(complaints.first?.notes.contains { $0.message.contains("long_arg") } == false)
}

/// stap 4.8 takes what DWARF 5 says of a bit-field for what DWARF 3 does.
@Test(arguments: [
    ("$node->flag", ["$node->flag"]), ("$node->level + $node->level", ["$node->level", "$node->level"]),
    ("$node$", ["$node$"]), ("$node->id", []), ("$node->name$", []),
]) func bitFieldsThatStapMisreadsAreKnown(_ expression: String, _ misread: [String]) throws {
    let script = try Programs.shared.get().resolve(
        "probe process(\"@S@\").function(\"visit\") { println(\(expression)) }")
    #expect(script.traits.stapMisreadings.map(\.range.text) == misread)
    #expect(script.warnings.count == misread.count)
}
