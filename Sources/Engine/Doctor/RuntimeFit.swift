/// Whether SystemTap's runtime fits a kernel's headers, found by reading a few files instead of a 15 s compile.
public enum RuntimeFit {
    /// A change of the kernel that a copy of SystemTap's runtime may not know yet.
    public enum Trouble: String, Sendable, CaseIterable, Comparable {
        /// `task_work_cancel` takes a callback head, and the function that took a function is now
        /// `task_work_cancel_func` (6.11, and 6.1.103, 6.6.44, 6.10.3 and later).
        case taskWorkCancel = "task_work_cancel"
        /// `uprobe_register` takes a reference counter's offset and returns a `struct uprobe` (6.12).
        case uprobeRegister = "uprobe_register"

        /// Orders by name.
        public static func < (left: Trouble, right: Trouble) -> Bool { left.rawValue < right.rawValue }
    }

    /// The texts that decide it.
    public struct Texts: Sendable, Equatable {
        /// The kernel's `include/linux/task_work.h`.
        public var taskWorkHeader: String
        /// The kernel's `include/linux/uprobes.h`.
        public var uprobesHeader: String
        /// The runtime's `stp_task_work.c`.
        public var runtimeTaskWork: String
        /// The runtime's `linux/uprobes-inode.c`.
        public var runtimeUprobes: String

        /// Creates the texts; one that is empty is not held against anything.
        public init(
            taskWorkHeader: String = "", uprobesHeader: String = "", runtimeTaskWork: String = "",
            runtimeUprobes: String = ""
        ) {
            self.taskWorkHeader = taskWorkHeader
            self.uprobesHeader = uprobesHeader
            self.runtimeTaskWork = runtimeTaskWork
            self.runtimeUprobes = runtimeUprobes
        }
    }

    /// What would keep a script with user-space probes from compiling.
    public static func troubles(in texts: Texts) -> Set<Trouble> {
        var found: Set<Trouble> = []
        let cancel = argumentLists(of: "task_work_cancel", in: texts.taskWorkHeader)
        if cancel.contains(where: { $0.count == 2 && $0[1].contains("callback_head") }),
            !texts.runtimeTaskWork.isEmpty,
            !containsName("task_work_cancel_func", in: texts.runtimeTaskWork)
        {
            found.insert(.taskWorkCancel)
        }
        let declared = argumentLists(of: "uprobe_register", in: texts.uprobesHeader)
        let used = argumentLists(of: "uprobe_register", in: texts.runtimeUprobes)
        if !used.isEmpty, declared.contains(where: { $0.count == 4 }),
            !declared.contains(where: { $0.count == 3 }), !used.contains(where: { $0.count == 4 })
        {
            found.insert(.uprobeRegister)
        }
        return found
    }

    /// The arguments of every `NAME(…)` outside comments: declarations and calls alike.
    static func argumentLists(of name: String, in text: String) -> [[String]] {
        let code = withoutComments(text)
        let wanted = Array(name.utf8)
        var lists: [[String]] = []
        var index = 0
        while let start = firstIndex(of: wanted, in: code, from: index) {
            index = start + wanted.count
            guard start == 0 || !isNamePart(code[start - 1]) else { continue }
            var next = index
            while next < code.count, isBlank(code[next]) { next += 1 }
            guard next < code.count, code[next] == UInt8(ascii: "(") else { continue }
            // `#define NAME (* (type)pointer)` is no call, but its one "argument" cannot be mistaken for
            // the two, three or four that are looked for.
            if let list = arguments(in: code, from: next + 1) { lists.append(list) }
        }
        return lists
    }

    /// The comma-separated texts up to the parenthesis that closes the list; nil where none does.
    private static func arguments(in code: [UInt8], from start: Int) -> [String]? {
        var depth = 0
        var current: [UInt8] = []
        var list: [String] = []
        for byte in code[start...] {
            switch byte {
            case UInt8(ascii: "("):
                depth += 1
                current.append(byte)
            case UInt8(ascii: ")") where depth == 0:
                list.append(String(decoding: current, as: UTF8.self))
                return list
            case UInt8(ascii: ")"):
                depth -= 1
                current.append(byte)
            case UInt8(ascii: ",") where depth == 0:
                list.append(String(decoding: current, as: UTF8.self))
                current = []
            default: current.append(byte)
            }
        }
        return nil
    }

    private static func containsName(_ name: String, in text: String) -> Bool {
        let code = withoutComments(text)
        let wanted = Array(name.utf8)
        var index = 0
        while let start = firstIndex(of: wanted, in: code, from: index) {
            index = start + wanted.count
            if start == 0 || !isNamePart(code[start - 1]), index == code.count || !isNamePart(code[index]) {
                return true
            }
        }
        // The kernel looks symbols up by a string, too; names in strings are found by the scan above.
        return false
    }

    private static func firstIndex(of wanted: [UInt8], in code: [UInt8], from start: Int) -> Int? {
        guard code.count >= wanted.count, start <= code.count - wanted.count else { return nil }
        return (start...(code.count - wanted.count)).first { offset in
            code[offset] == wanted[0] && code[offset..<(offset + wanted.count)].elementsEqual(wanted)
        }
    }

    private static func withoutComments(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var code: [UInt8] = []
        code.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            if bytes[index] == UInt8(ascii: "/"), next == UInt8(ascii: "/") {
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            } else if bytes[index] == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
                index += 2
                while index < bytes.count,
                    !(bytes[index] == UInt8(ascii: "*") && index + 1 < bytes.count
                        && bytes[index + 1] == UInt8(ascii: "/"))
                { index += 1 }
                index = min(index + 2, bytes.count)
                code.append(UInt8(ascii: " "))
            } else {
                code.append(bytes[index])
                index += 1
            }
        }
        return code
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
    }
}
