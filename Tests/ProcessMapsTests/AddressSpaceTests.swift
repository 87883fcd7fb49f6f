import Glibc
import ProcessMaps
import Testing

@Suite("Address spaces follow what the kernel tells")
struct AddressSpaceTests {
    static let text = """
        55d0c8a00000-55d0c8a01000 r--p 00000000 fe:01 1234                       /usr/bin/a b
        55d0c8a01000-55d0c8a05000 r-xp 00001000 fe:01 1234                       /usr/bin/a b
        55d0c9a00000-55d0c9a21000 rw-p 00000000 00:00 0                          [heap]
        7f0000000000-7f0000001000 rwxp 00000000 00:00 0 
        garbage
        9-8 r--p 0 0:0 0
        7f0000010000-7f0000020000 r-xp 00002000 103:02 99                        /tmp/x\\012y (deleted)
        7ffc00000000-7ffc00002000 r-xp 00000000 00:00 0                          [vdso]
        ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
        """

    @Test("the text of /proc/PID/maps")
    func maps() throws {
        let space = AddressSpace(process: 7, maps: Self.text.utf8)
        #expect(
            space.mappings.map(\.file.name) == [
                "/usr/bin/a b", "/usr/bin/a b", "[heap]", "", "/tmp/x\ny", "[vdso]", "[vsyscall]",
            ])
        #expect(space.mappings.map(\.isExecutable) == [false, true, false, true, true, true, true])
        #expect(space.mappings[0].file === space.mappings[1].file)
        #expect(
            space.mappings.map(\.file.kind) == [
                .file, .file, .anonymous, .anonymous, .file, .vdso, .anonymous,
            ])
        let deleted = space.mappings[4]
        #expect(deleted.file.isDeleted && deleted.file.inode == 99 && deleted.file.device == 0x103 << 32 | 2)
        #expect(space.mapping(at: 0x55D0_C8A0_1010)?.fileOffset(of: 0x55D0_C8A0_1010) == 0x1010)
        #expect(space.mapping(at: 0x55D0_C8A0_5000) == nil)
        #expect(space.mapping(at: 0) == nil && space.mapping(at: .max) == nil)
    }

    @Test("this process's own mappings, as the text tells them")
    func own() throws {
        let space = try #require(AddressSpace(ofRunning: getpid()))
        #expect(space.mappings.contains { $0.file.kind == .vdso })
        let code = try #require(space.mappings.first { $0.isExecutable && $0.file.kind == .file })
        #expect(space.mapping(at: code.addresses.upperBound - 1) == code)
        #expect(AddressSpace(ofRunning: -1) == nil)
        // A file may get the inode of one that is gone.
        #expect(code.file.version != 0)
        #expect(
            MappedFile(kernelName: "/a", inode: 1, version: 1)
                != MappedFile(kernelName: "/a", inode: 1, version: 2))
    }

    @Test("a later mapping replaces what it covers")
    func insert() {
        func mapping(_ range: Range<UInt64>, _ name: String) -> Mapping {
            Mapping(
                addresses: range, offset: range.lowerBound, isExecutable: true,
                file: MappedFile(kernelName: name))
        }
        var space = AddressSpace(process: 1, mappings: [mapping(10..<20, "/a"), mapping(30..<40, "/b")])
        func shown() -> [String] {
            space.mappings.map { "\($0.addresses) \($0.offset) \($0.file.name)" }
        }
        space.insert(mapping(15..<35, "/c"))
        #expect(shown() == ["10..<15 10 /a", "15..<35 15 /c", "35..<40 35 /b"])
        space.insert(mapping(20..<25, "/d"))
        #expect(
            shown() == ["10..<15 10 /a", "15..<20 15 /c", "20..<25 20 /d", "25..<35 25 /c", "35..<40 35 /b"])
        space.insert(mapping(0..<100, "/e"))
        #expect(shown() == ["0..<100 0 /e"])
        space.insert(mapping(100..<110, "/f"))
        space.insert(mapping(5..<5, "/g"))
        #expect(shown() == ["0..<100 0 /e", "100..<110 100 /f"])
        space.removeAll()
        #expect(space.mappings.isEmpty)
    }
}
