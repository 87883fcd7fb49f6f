import Testing

@Suite("taprecipe probes")
struct ProbesTests {
    @Test("plain points are echoed, and repeated ones listed once")
    func plain() throws {
        let result = try Tool().run(["probes", "begin, timer.s(1), begin"])
        #expect(result.status == 0)
        #expect(result.output == "begin\ntimer.s(1)\n")
    }

    @Test("a program is found by its name, and its events have stap's values")
    func event() throws {
        let result = try Tool().run(["probes", "--vars", "process(\"sh\").begin"])
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("process(\"/"))
        #expect(
            result.output.hasSuffix(
                "\").begin $syscall:long $arg1:long $arg2:long $arg3:long $arg4:long"
                    + " $arg5:long $arg6:long\n"))
    }

    @Test("what is not there is a diagnostic, and the status that of a failed check")
    func absent() throws {
        let result = try Tool().run(["probes", "process(\"/nowhere/x\").function(\"main\")"])
        #expect(result.status == 3)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("error: '/nowhere/x' does not exist"))
    }

    @Test("types are laid out, and JSON carries the same")
    func types() throws {
        let libc = "/usr/lib/x86_64-linux-gnu/libc.so.6"
        let point = "process(\"\(libc)\").function(\"qsort\")"
        let text = try Tool().run(["probes", "--types", point])
        #expect(text.output.contains("  $b: void*\n"))
        let json = try Tool().run(["probes", "--types", "--format", "json", point])
        #expect(json.output.contains("\"name\" : \"b\"") && json.output.contains("\"addresses\" : ["))
    }
}
