import DebugInfo
import Testing

@Suite("Types are laid out as the compiler did")
struct TypeTests {
    private func debugInfo(_ options: [String] = ["-O0", "-g"]) throws -> DWARF {
        try Binary(path: Fixture.shapes(options)).debugInfo()
    }

    @Test(
        "offsets and sizes are those that the program prints",
        arguments: [["-O0", "-g"], ["-O2", "-g", "-gdwarf-4"]])
    func offsets(options: [String]) throws {
        let path = try Fixture.shapes(options)
        let dwarf = try Binary(path: path).debugInfo()
        let node = try #require(dwarf.type(named: "struct node"))
        let packed = try #require(dwarf.type(named: "packed_t")?.unqualified)
        var count = 0
        for line in try run("sh", ["-c", "\"$0\" || true", path]).split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if words[0] == "size" {
                #expect(node.size == UInt64(words[1]) && packed.size == UInt64(words[2]))
            } else {
                let member = node.member(named: words[0]) ?? packed.member(named: words[0])
                #expect(member?.offset == UInt64(words[1]), "\(line)")
                count += 1
            }
        }
        #expect(count == 12)
    }

    @Test(
        "bit-fields",
        arguments: [
            ["-O0", "-g"], ["-O0", "-g", "-gdwarf-4"], ["-O0", "-g", "-gdwarf-3", "-gstrict-dwarf"],
        ])
    func bitFields(options: [String]) throws {
        let packed = try #require(debugInfo(options).type(named: "packed_t")?.unqualified)
        let isNew = options.count == 2
        func bits(_ offset: UInt64, _ width: UInt64) -> Member.BitField {
            .init(offset: offset, width: width, countsFromStart: isNew)
        }
        // System V's rules for x86-64: plain at 0, the union at 8, then the bits from byte 16.
        #expect(packed.member(named: "small")?.bitField == bits(128, 3))
        #expect(packed.member(named: "wide")?.bitField == bits(133, 20))
        #expect(packed.member(named: "big")?.bitField == bits(192, 40))
        #expect(packed.member(named: "plain")?.bitField == nil)
    }

    @Test("names, members through anonymous ones, and what there is not")
    func members() throws {
        let dwarf = try debugInfo()
        let packed = try #require(dwarf.type(named: "packed_t")?.unqualified)
        #expect(packed.memberNames == ["plain", "number", "first", "second", "small", "wide", "big"])
        #expect(packed.member(named: "third") == nil)
        let node = try #require(dwarf.type(named: "node"))
        #expect(node.cName == "struct node")
        let names = node.members.map { "\($0.name ?? ""):\($0.type?.cName ?? "")" }
        #expect(
            names == [
                "next:struct node*", "packed:packed_t", "name:char const* const", "grid:int[]",
                "visit:int (*) (struct node*, int, ...)", "color:enum color", "hidden:struct hidden*",
                "flags:unsigned char volatile[] volatile",
            ])
        #expect(node.member(named: "grid")?.type?.bounds == [4, 2])
        #expect(node.member(named: "flags")?.type?.unqualified?.bounds == [nil])
        #expect(node.member(named: "visit")?.type?.target?.parameters.count == 2)
        #expect(node.member(named: "visit")?.type?.target?.isVariadic == true)
        let color = try #require(dwarf.type(named: "enum color"))
        #expect(color.enumerators.map(\.name) == ["RED", "GREEN", "BLUE"])
        #expect(color.enumerators.map(\.value) == [0, 7, -1])
        #expect(dwarf.type(named: "int")?.kind == .base(.signed))
        #expect(dwarf.type(named: "union node") == nil)
        #expect(dwarf.type(named: "no_such") == nil)
        #expect(dwarf.typeNames.contains("struct node") && dwarf.typeNames.contains("packed_t"))
    }

    @Test("a struct that is only declared is completed from the unit that defines it")
    func declared() throws {
        let dwarf = try debugInfo()
        let pointer = try #require(dwarf.type(named: "struct node")?.member(named: "hidden")?.type)
        let hidden = try #require(pointer.target)
        #expect(hidden.isDeclaration)
        #expect(hidden.memberNames == ["before", "secret"])
        #expect(hidden.member(named: "secret")?.offset == 8)
        #expect(hidden.size == 16)
    }

    @Test("C++ classes: bases, private members, namespaces")
    func classes() throws {
        let dwarf = try Binary(path: Fixture.classes(["-O0", "-g", "-gdwarf-4"])).debugInfo()
        let conn = try #require(dwarf.type(named: "net::struct Conn"))
        #expect(conn.kind == .class)
        #expect(conn.member(named: "base_value")?.offset == 8)
        #expect(conn.member(named: "total_")?.type?.cName == "long int")
        #expect(conn.member(named: "count") == nil)
        #expect(dwarf.type(named: "net::struct Base")?.kind == .structure)
        #expect(dwarf.type(named: "net::Conn::enum Mode")?.enumerators.map(\.name) == ["Fast", "Slow"])
        #expect(dwarf.typeNames.contains("net::Conn::enum Mode"))
    }

    @Test(
        "a type of a namespace has one name, as in stap",
        arguments: [
            "net::Conn", "struct net::Conn", "class net::Conn", "net::class Conn", "::net::struct Conn",
            "struct Conn",
            "net", "net::", "net:: struct Conn", "net::struct  Conn", "",
        ])
    func namespaces(name: String) throws {
        let dwarf = try Binary(path: Fixture.classes(["-O0", "-g", "-gdwarf-4"])).debugInfo()
        #expect(dwarf.type(named: name) == nil)
    }

    @Test("stap knows no namespaces in C++14's DWARF")
    func languages() throws {
        let dwarf = try Binary(path: Fixture.classes(["-O0", "-g", "-gdwarf-5", "-std=c++14"])).debugInfo()
        #expect(dwarf.type(named: "net::struct Conn") == nil)
        #expect(!dwarf.typeNames.contains { $0.contains("::struct") })
    }
}

@Suite("Variables are found where they are visible")
struct VariableTests {
    private func site(_ name: String, _ options: [String]) throws -> ProbeSite {
        let binary = try Binary(path: Fixture.shapes(options))
        return try #require(
            binary.probeSites(matching: FunctionPattern(name: name)).first { $0.kind == .function })
    }

    @Test("parameters, statics, globals, constants of enumerations")
    func kinds() throws {
        let walk = try site("walk", ["-O0", "-g"])
        let expected: [(String, Variable.Kind, String?)] = [
            ("node", .parameter, "struct node*"), ("calls", .local, "int"), ("counter", .global, "int"),
            ("roots", .global, "struct node const*[]"), ("GREEN", .enumerator, "enum color"),
        ]
        for (name, kind, type) in expected {
            let variable = try #require(walk.variable(named: name), "\(name)")
            #expect(variable.kind == kind && variable.type?.cName == type, "\(name)")
            #expect(variable.availability.isAvailable, "\(name)")
        }
        #expect(walk.variable(named: "GREEN")?.availability == .constant(7))
        #expect(
            walk.variable(named: "step") == nil, "a block's variable does not exist at the function's entry")
        #expect(walk.variable(named: "nodes") == nil)
        #expect(walk.variableNames.starts(with: ["node", "depth", "packed", "calls", "limit"]))
        #expect(walk.variableNames.contains("counter"))
    }

    @Test("what was optimised out says so, and where it can be read")
    func optimised() throws {
        let function = try site("never_reads", ["-O2", "-g"])
        #expect(function.variable(named: "used")?.availability.isAvailable == true)
        #expect(function.variable(named: "constant")?.availability == .constant(42))
        let limit = try #require(try site("walk", ["-O2", "-g"]).variable(named: "limit"))
        guard case .elsewhere(let ranges) = limit.availability else {
            Issue.record("limit is \(limit.availability)")
            return
        }
        #expect(!ranges.isEmpty)
    }

    @Test("a global is told from another file's of the same name")
    func globals() throws {
        let path = try Fixture.shapes(["-O0", "-g"])
        let dwarf = try Binary(path: path).debugInfo()
        #expect(dwarf.globalVariables(named: "counter").count == 2)
        for file in ["hidden.c", "*hidden.c", "DebugInfo/hidden.c"] {
            let found = dwarf.globalVariables(named: "counter", file: Glob(file))
            #expect(found.count == 1, "\(file)")
            guard case .available(let location) = found.first?.availability else {
                Issue.record("\(file) has no location")
                continue
            }
            let lines = try run("gdb", ["-batch", "-ex", "print &'hidden.c'::counter", path])
            #expect(lines.contains("0x\(String(try #require(location.fixedAddress), radix: 16))"))
        }
        #expect(dwarf.globalVariables(named: "counter", file: Glob("idden.c")).isEmpty)
        #expect(dwarf.globalVariables(named: "none").isEmpty)
        #expect(dwarf.globalVariableNames(file: Glob("shapes.c")).contains("shared"))
    }
}
