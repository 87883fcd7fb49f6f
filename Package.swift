// swift-tools-version: 6.2
import PackageDescription

// For those who work on taprecipe (the Makefile sets it); a newer compiler's new warnings stop nobody's install.
let warnings: [SwiftSetting] =
    Context.environment["TAPRECIPE_WARNINGS_AS_ERRORS"] == "1" ? [.treatAllWarnings(as: .error)] : []

let strict: [SwiftSetting] =
    warnings + [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]

/// One of our own library targets, under the house's compiler settings.
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

/// Programs that feed the readers of untrusted input with damaged input: `make fuzz` builds them, and nothing else.
let fuzzers: [Target] =
    Context.environment["TAPRECIPE_FUZZ"] != "1"
    ? []
    : [
        fuzzer("fuzz-binaries", "Binaries", ["BinaryMutants"]),
        fuzzer("fuzz-yaml", "YAML", ["RecipeModel", "Diagnostics"]),
        fuzzer("fuzz-template", "Template", ["Templater", "RecipeModel", "StapLanguage", "Diagnostics"]),
        fuzzer("fuzz-script", "Script", ["StapLanguage", "Diagnostics"]),
        fuzzer("fuzz-records", "Records", ["Report", "RecipeModel"]),
    ]

func fuzzer(_ name: String, _ folder: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Fuzz/\(folder)",
        exclude: folder == "Binaries" ? [] : ["dictionary.txt"],
        swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
}

/// Benchmarks of a part, where whole processes would not show it: `make bench` builds them, and nothing else.
let benchmarks: [Target] =
    Context.environment["TAPRECIPE_BENCH"] != "1"
    ? []
    : [
        .executableTarget(
            name: "bench-interpreter",
            dependencies: ["Interpreter", "Lowering", "StapLanguage", "Diagnostics"],
            path: "Benchmarks/interpreter", swiftSettings: strict),
        .executableTarget(
            name: "bench-unwind", dependencies: ["StackCaptures", "Backtraces"], path: "Benchmarks/unwind",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]),
    ]

let package = Package(
    name: "taprecipe",
    products: [
        .executable(name: "taprecipe", targets: ["taprecipe"]),
        .executable(name: "taprecipe-store", targets: ["taprecipe-store"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CElfutils", pkgConfig: "libdw", providers: [.apt(["libdw-dev"])]),

        .systemLibrary(name: "CBPF", pkgConfig: "libbpf", providers: [.apt(["libbpf-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CMemoryFile"),
        .systemLibrary(name: "CPerf"),
        .target(name: "CIsolation"),
        .target(name: "CNiceness"),

        library("Diagnostics"),
        library("Isolation", ["Diagnostics", "CIsolation"]),
        library("Regexes"),
        library("Digests", ["CSodium"]),
        library("RecipeModel", ["Regexes", "Diagnostics", "CYAML"]),
        library("StapLanguage", ["Diagnostics"]),
        library("Templater", ["RecipeModel", "StapLanguage", "Diagnostics"]),
        library("DebugInfo", ["Diagnostics", "CElfutils"]),
        library("ProcessMaps", ["CPerf"]),
        library("Backtraces", ["ProcessMaps", "DebugInfo"]),
        library("Resolver", ["StapLanguage", "DebugInfo", "Regexes", "Diagnostics"]),
        library("Lowering", ["Resolver", "StapLanguage", "DebugInfo", "Diagnostics"]),
        library("Interpreter", ["Lowering", "Regexes", "StapLanguage", "Diagnostics"]),
        library("BPF", ["CBPF"]),
        library(
            "BPFCompiler",
            ["BPF", "Lowering", "Interpreter", "Regexes", "StapLanguage", "DebugInfo", "Diagnostics"]),
        library("StapMessages", ["RecipeModel", "Diagnostics"]),
        library(
            "Engine",
            [
                "StapMessages", "Resolver", "Templater", "RecipeModel", "DebugInfo", "Diagnostics", "BPF",
                "BPFCompiler", "Lowering", "Interpreter", "Backtraces", "ProcessMaps", "StapLanguage",
                "Isolation", "Digests",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        library("Report", ["StapMessages", "RecipeModel", "Diagnostics"]),
        library("RecipeTesting", ["Report", "Templater", "RecipeModel", "Diagnostics"]),
        library("Archives", ["CZlib"]),
        library("Signing", ["CSodium"]),
        library("RecipeBundles", ["Archives", "Digests", "Signing", "RecipeModel", "Diagnostics"]),
        library("RunBundles", ["Archives", "Report"]),
        library("RunStore", ["RunBundles", "Report", .product(name: "GRDB", package: "GRDB.swift")]),
        // Apart, so that SQLite and Foundation cost nobody's start: docs/development.md, "The run store".
        .executableTarget(
            name: "taprecipe-store", dependencies: ["RunStore", "RunBundles", "Report"], swiftSettings: strict
        ),
        .executableTarget(
            name: "taprecipe",
            dependencies: [
                "RecipeTesting",
                "Diagnostics", "RecipeModel", "StapLanguage", "Templater", "DebugInfo", "Resolver",
                "Engine", "Report", "RunBundles", "RecipeBundles", "Signing", "StapMessages", "Isolation",
                "Lowering", "Backtraces", "Digests",
                "CMalloc", "CMemoryFile", "CNiceness",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "BinaryMutants",
            dependencies: ["TestSupport", "DebugInfo", "Resolver", "StapLanguage", "Diagnostics"],
            path: "Tests/BinaryMutants", swiftSettings: strict),
        tests("DiagnosticsTests", ["Diagnostics"]),
        tests("IsolationTests", ["Isolation", "Diagnostics"]),
        tests("RegexesTests", ["TestSupport", "Regexes"]),
        tests(
            "InterpreterTests",
            ["TestSupport", "Interpreter", "Lowering", "Regexes", "StapLanguage", "Diagnostics"]),
        tests("RecipeModelTests", ["TestSupport", "RecipeModel", "Regexes", "Diagnostics"]),
        tests("StapLanguageTests", ["TestSupport", "StapLanguage", "Diagnostics"]),
        tests("TemplaterTests", ["TestSupport", "Templater", "RecipeModel", "StapLanguage", "Diagnostics"]),
        tests("DebugInfoTests", ["TestSupport", "BinaryMutants", "DebugInfo", "Diagnostics"]),
        tests("ProcessMapsTests", ["ProcessMaps"]),
        .target(
            name: "StackCaptures", dependencies: ["Backtraces", "ProcessMaps"], path: "Tests/StackCaptures",
            swiftSettings: strict),
        tests("BacktraceTests", ["TestSupport", "StackCaptures", "Backtraces", "ProcessMaps", "DebugInfo"]),
        tests("ResolverTests", ["TestSupport", "Resolver", "StapLanguage", "DebugInfo", "Diagnostics"]),
        tests("StapMessagesTests", ["TestSupport", "StapMessages", "RecipeModel", "Diagnostics"]),
        tests("BPFTests", ["TestSupport", "BPF"]),
        tests(
            "EngineTests",
            [
                .product(name: "Logging", package: "swift-log"), "TestSupport", "Engine", "StapMessages",
                "Templater", "RecipeModel", "DebugInfo", "Diagnostics", "BPF", "BPFCompiler", "Lowering",
                "Interpreter", "Regexes", "Resolver", "StapLanguage", "Digests",
            ]),
        tests("ReportTests", ["TestSupport", "Report", "StapMessages", "RecipeModel", "Diagnostics"]),
        tests("RecipeTestingTests", ["TestSupport", "RecipeTesting", "RecipeModel", "Diagnostics"]),
        tests("SigningTests", ["TestSupport", "Signing"]),
        tests(
            "RecipeBundlesTests",
            ["TestSupport", "RecipeBundles", "Signing", "Archives", "Digests", "RecipeModel", "Diagnostics"]),
        tests("RunBundlesTests", ["TestSupport", "RunBundles", "Archives", "Report"]),
        tests(
            "RunStoreTests",
            [
                "TestSupport", "RunStore", "RunBundles", "Report",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        tests("CommandTests", ["TestSupport", "taprecipe", "Engine", "RecipeModel", "Diagnostics"]),
    ] + fuzzers + benchmarks,
    swiftLanguageModes: [.v6]
)
