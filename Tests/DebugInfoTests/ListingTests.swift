import DebugInfo
import Testing

@Suite("Probe sites are those of stap -L")
struct ListingTests {
    static let builds: [[String]] = [
        ["-O0", "-g"], ["-O2", "-g"], ["-O2", "-g", "-gdwarf-4"], ["-O0", "-g", "-gdwarf-4"], ["-Os", "-g"],
        ["-O3", "-g", "-static"], ["-O2", "-g", "-no-pie"], ["-O2", "-g", "-ffunction-sections", "-flto"],
        ["-O1", "-g", "-gz"],
    ]

    @Test("C functions, their variables and types", arguments: builds)
    func shapes(options: [String]) throws {
        let binary = try Fixture.shapes(options)
        for pattern in ["triple", "w*", "main@shapes.c", "*@*/hidden.c", "other_name"] {
            #expect(
                try list(binary, pattern, .any) == Stap.list(binary, pattern, .any), "\(pattern)")
        }
    }

    @Test("C++ functions, their variables and types", arguments: [["-O0", "-g"], ["-O2", "-g"]])
    func classes(options: [String]) throws {
        let binary = try Fixture.classes(options)
        for pattern in ["*", "net::Conn::run", "Conn::*", "net::*", "operator()", "twice*", "run@classes.cc"]
        {
            #expect(try list(binary, pattern, .any) == Stap.list(binary, pattern, .any), "\(pattern)")
        }
    }

    @Test("variants", arguments: [ProbeVariant.call, .inline, .exported])
    func variants(variant: ProbeVariant) throws {
        for options in [["-O0", "-g"], ["-O2", "-g"]] {
            let binary = try Fixture.shapes(options)
            // stap lists what only the symbol table knows whatever the variant; with a file it does not.
            #expect(try list(binary, "*@*.c", variant) == Stap.list(binary, "*@*.c", variant))
        }
    }

    @Test(
        "functions in several ranges, and those that begin with a call of __fentry__",
        arguments: [
            ["-O2", "-g"], ["-O2", "-g", "-gdwarf-4"],
            ["-O2", "-g", "-mfentry", "-pg", "-fno-pie", "-no-pie"],
            ["-O2", "-g", "-gdwarf-4", "-mfentry", "-pg", "-fno-pie", "-no-pie"],
        ])
    func split(options: [String]) throws {
        let binary = try Fixture.split(options)
        let parts = try run("nm", [binary]).split(separator: "\n").filter { $0.hasSuffix(".cold") }
        #expect(!parts.isEmpty, "gcc has split no function")
        for variant in [ProbeVariant.any, .call, .inline] {
            #expect(try list(binary, "*@*.c", variant) == Stap.list(binary, "*@*.c", variant))
        }
        let sites = try Binary(path: binary).probeSites(matching: FunctionPattern(name: "*"))
        let ours = sites.map { "\($0.name) \(String($0.address, radix: 16))" }.sorted()
        #expect(try ours == Stap.addresses(binary, "*"))
    }

    @Test("binaries without DWARF have their symbols")
    func symbolsOnly() throws {
        let binary = try Fixture.shapes(["-O1"])
        #expect(try list(binary, "*", .any) == Stap.list(binary, "*", .any))
    }

    @Test("libc from its debug package, aliases included")
    func libc() throws {
        let binary = "/usr/lib/x86_64-linux-gnu/libc.so.6"
        for pattern in ["malloc", "free", "realloc", "calloc", "posix_*", "qsort*", "*@malloc.c"] {
            #expect(try list(binary, pattern, .any) == Stap.list(binary, pattern, .any), "\(pattern)")
        }
    }

    @Test(
        "addresses, behind the prologue without optimisation",
        arguments: [["-O0", "-g"], ["-O2", "-g"], ["-Os", "-g"]])
    func addresses(options: [String]) throws {
        for binary in [try Fixture.shapes(options), try Fixture.classes(options)] {
            let sites = try Binary(path: binary).probeSites(matching: FunctionPattern(name: "*"))
            #expect(try Stap.addresses(of: sites) == Stap.addresses(binary, "*"))
        }
    }

    @Test("return probes sit on the entry and have the parameters")
    func returns() throws {
        let binary = try Binary(path: Fixture.shapes(["-O0", "-g"]))
        let site = try #require(binary.probeSites(matching: FunctionPattern(name: "walk"), .return).first)
        #expect(site.address == site.entry)
        #expect(site.entry == binary.symbols.symbol(named: "walk")?.address)
        #expect(site.returnType?.cName == "int")
        #expect(site.variable(named: "depth")?.type?.cName == "int")
        #expect(binary.probeSites(matching: FunctionPattern(name: "_start"), .return).isEmpty)
        #expect(
            try Binary(path: Fixture.shapes(["-O2", "-g"])).probeSites(
                matching: FunctionPattern(name: "triple"), .return
            ).isEmpty)
    }
}
