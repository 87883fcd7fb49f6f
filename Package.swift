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

let package = Package(
    name: "taprecipe",
    products: [.executable(name: "taprecipe", targets: ["taprecipe"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CElfutils", pkgConfig: "libdw", providers: [.apt(["libdw-dev"])]),
        .systemLibrary(name: "CKmod", pkgConfig: "libkmod", providers: [.apt(["libkmod-dev"])]),

        .target(name: "CIsolation"),

        library("Diagnostics"),
        library("Isolation", ["Diagnostics", "CIsolation"]),
        library("RecipeModel", ["Diagnostics", "CYAML"]),
        library("StapLanguage", ["Diagnostics"]),
        library("Templater", ["RecipeModel", "StapLanguage", "Diagnostics"]),
        library("DebugInfo", ["Diagnostics", "CElfutils", "CKmod"]),
        library("Resolver", ["StapLanguage", "DebugInfo", "Diagnostics"]),
        library("StapMessages", ["RecipeModel", "Diagnostics"]),
        library(
            "Engine",
            [
                "StapMessages", "Resolver", "Templater", "RecipeModel", "DebugInfo", "Diagnostics",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        library("Report", ["StapMessages", "RecipeModel", "Diagnostics"]),
        .executableTarget(
            name: "taprecipe",
            dependencies: [
                "Diagnostics", "RecipeModel", "StapLanguage", "Templater", "DebugInfo", "Resolver",
                "Engine", "Report", "StapMessages",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        tests("DiagnosticsTests", ["Diagnostics"]),
        tests("RecipeModelTests", ["TestSupport", "RecipeModel", "Diagnostics"]),
        tests("StapLanguageTests", ["TestSupport", "StapLanguage", "Diagnostics"]),
        tests("TemplaterTests", ["TestSupport", "Templater", "RecipeModel", "StapLanguage", "Diagnostics"]),
        tests("DebugInfoTests", ["DebugInfo", "Diagnostics"]),
        tests("ResolverTests", ["Resolver", "StapLanguage", "DebugInfo", "Diagnostics"]),
        tests("StapMessagesTests", ["StapMessages", "RecipeModel", "Diagnostics"]),
        tests(
            "EngineTests",
            [
                .product(name: "Logging", package: "swift-log"), "TestSupport", "Engine", "StapMessages",
                "Templater",
                "RecipeModel", "DebugInfo", "Diagnostics",
            ]),
        tests("ReportTests", ["TestSupport", "Report", "StapMessages", "RecipeModel", "Diagnostics"]),
        tests("CommandTests", ["TestSupport", "taprecipe", "Engine", "RecipeModel", "Diagnostics"]),
    ],
    swiftLanguageModes: [.v6]
)
