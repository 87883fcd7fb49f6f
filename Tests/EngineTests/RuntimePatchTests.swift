import Glibc
import Testing

@testable import Engine

/// When SystemTap's runtime is corrected, and what is corrected in it.
@Suite struct RuntimePatchTests {
    private static let before =
        "struct callback_head *task_work_cancel(struct task_struct *, task_work_func_t);\n"
    private static let after = """
        struct callback_head *task_work_cancel_match(struct task_struct *task, void *data);
        struct callback_head *task_work_cancel_func(struct task_struct *, task_work_func_t);
        bool task_work_cancel(struct task_struct *task, struct callback_head *cb);

        """
    private static let runtime = "twork = task_work_cancel(task, func);\n"

    @Test(arguments: [
        (before, runtime, false), (after, runtime, true),
        (after, "twork = task_work_cancel_func(task, func); /* was task_work_cancel */\n", false),
        (after, "", false), ("", runtime, false),
    ])
    func itIsNeededWhereTheKernelRenamedAndTheRuntimeDidNot(header: String, source: String, needed: Bool) {
        #expect(
            RuntimePatch.needed(taskWorkHeader: Array(header.utf8), runtimeSource: Array(source.utf8))
                == needed)
    }

    @Test func onlyTheFunctionAndThePointerToItAreRenamed() {
        let source = """
            #define task_work_cancel (* (task_work_cancel_fn)kallsyms_task_work_cancel)
            x = lookup("task_work_cancel"); stp_task_work_cancel(t); STAPCONF_TASK_WORK_CANCEL_EXPORTED
            """
        let expected = """
            #define task_work_cancel_func (* (task_work_cancel_fn)kallsyms_task_work_cancel_func)
            x = lookup("task_work_cancel_func"); stp_task_work_cancel(t); STAPCONF_TASK_WORK_CANCEL_EXPORTED
            """
        #expect(String(decoding: RuntimePatch.corrected(Array(source.utf8)), as: UTF8.self) == expected)
    }

    @Test func theCopyDiffersInTwoFilesAndIsMadeOnce() throws {
        let sandbox = try Sandbox()
        let tools = StapTools()
        try #require(Files.isDirectory(tools.runtime), "no runtime: apt-get install systemtap-common")
        let copy = try RuntimePatch.copy(of: tools.runtime, in: sandbox.root + "/cache")
        let names = Files.regularFiles(below: tools.runtime)
        #expect(Files.regularFiles(below: copy) == names)
        let changed = try names.filter {
            try Files.read(copy + "/" + $0) != Files.read(tools.runtime + "/" + $0)
        }
        #expect(Set(changed).isSubset(of: RuntimePatch.files))
        try Files.write([1], to: copy + "/witness")
        #expect(try RuntimePatch.copy(of: tools.runtime, in: sandbox.root + "/cache") == copy)
        #expect(access(copy + "/witness", F_OK) == 0)
        #expect(Files.list(sandbox.root + "/cache/runtimes").count == 1)
    }
}
