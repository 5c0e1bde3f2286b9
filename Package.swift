// swift-tools-version: 6.2
import PackageDescription

/// One set of rules for every target: see docs/architecture.md, "Habits".
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// The rooms whose edges `make fuzz` counts, by commas: libFuzzer clears and reads every counter of the
/// program for each input, so that only those of the code in question may be there.
let counted = (Context.environment["VOUCHBIRD_FUZZER"] ?? "").split(separator: ",").map(String.init)
let counters: [SwiftSetting] = [
    .unsafeFlags([
        "-sanitize-coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters,pc-table"
    ])
]

/// A library target with the strict settings.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: strict + (counted.contains(name) ? counters : []))
}

/// The test target of a room. `Tests/Support` holds what several of them share; a folder of vectors
/// is read where it lies and is no source.
func tests(_ name: String, _ dependencies: [Target.Dependency], vectors: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: ["TestSupport"] + dependencies, exclude: vectors,
        swiftSettings: strict)
}

let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
/// The module of SQLite's C interface as GRDB has it, for the file system that fails.
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let real: Target.Dependency = .product(name: "RealModule", package: "swift-numerics")
let toml: Target.Dependency = .product(name: "TOMLKit", package: "TOMLKit")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")

/// The libFuzzer program has no `main` of its own and links only with `--sanitize=fuzzer`: it exists when
/// `make fuzz` asks for it.
let fuzzer: [Target] =
    counted.isEmpty
    ? []
    : [
        .executableTarget(
            name: "fuzzer", dependencies: ["Primitives", "FuzzTargets"], path: "Tests/Fuzzer",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
    ]

let package = Package(
    name: "vouchbird",
    products: [
        .executable(name: "vouchbird", targets: ["vouchbird"]),
        .executable(name: "simnet", targets: ["simnet"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-numerics", exact: "1.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // 3: C libraries, each behind one room.
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        // No pkgConfig: Debian's libzmq.pc carries a flag that SwiftPM refuses with a warning.
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),

        // 0
        room("Primitives"),
        // 1
        room("Records", ["Primitives"]),
        room("Ranking", ["Primitives", real]),
        room("Datasets", ["Primitives"]),
        // 2
        room("NodeCore", ["Primitives", "Records", "Ranking", deque]),
        // 3
        room("Cryptography", ["Primitives", "Records", "CSodium"]),
        room("Storage", ["Primitives", "Records", "NodeCore", "CSQLite", grdb]),
        room("FaultDisks", ["Primitives", sqlite]),
        room("Transport", ["Primitives", "CZeroMQ"]),
        // 4
        room(
            "Daemon",
            [
                "Primitives", "Records", "Ranking", "NodeCore", "Cryptography", "Storage",
                "Transport", logging, lifecycle, signals, toml,
            ]),
        room(
            "Testbed",
            [
                "Primitives", "Records", "Ranking", "Datasets", "NodeCore", "Cryptography",
                "Transport", "Daemon",
            ]),
        room(
            "Simulator",
            [
                "Primitives", "Records", "Ranking", "NodeCore", "Cryptography", "Storage",
                "FaultDisks", "Evaluation", heap, toml,
            ]),
        room("Evaluation", ["Primitives", "Ranking", "Datasets"]),
        room("Reproduction", ["Primitives", "Ranking", "Evaluation"]),
        // 5
        // `make bench`: the C kernels are a program of their own that `bench` starts.
        .executableTarget(
            name: "bench", dependencies: ["Primitives", "Ranking", argumentParser],
            swiftSettings: strict),
        .executableTarget(
            name: "reference", cSettings: [.unsafeFlags(["-O3", "-std=gnu11"])],
            linkerSettings: [.linkedLibrary("m")]),
        .executableTarget(
            name: "simnet",
            dependencies: [
                "Primitives", "Cryptography", "Simulator", "Evaluation", "Reproduction", "Testbed",
                argumentParser, signals,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "vouchbird",
            dependencies: [
                "Primitives", "Records", "Ranking", "Datasets", "Cryptography", "Storage",
                "Transport",
                "Daemon", "Testbed", "Evaluation", argumentParser, logging, signals,
            ],
            swiftSettings: strict),

        .target(
            name: "TestSupport", dependencies: ["Primitives"], path: "Tests/Support",
            exclude: ["python", "c"], swiftSettings: strict),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Primitives", "Records", "Ranking", "Datasets", "NodeCore", "Cryptography",
                "Daemon",
            ],
            path: "Tests/FuzzTargets", swiftSettings: strict),
        // `make fuzz-long`: the same properties without a sanitizer.
        .executableTarget(
            name: "fuzz-long", dependencies: ["Primitives", "FuzzTargets", argumentParser],
            path: "Tests/LongFuzz", swiftSettings: strict),
        tests(
            "FuzzTests", ["Primitives", "Records", "Cryptography", "FuzzTargets"],
            vectors: ["Corpus"]),
        tests("PrimitivesTests", ["Primitives"]),
        tests(
            "RecordsTests", ["Primitives", "Records", "Cryptography"], vectors: ["Vectors"]),
        tests("RankingTests", ["Primitives", "Ranking"]),
        tests("DatasetsTests", ["Primitives", "Datasets"]),
        tests(
            "NodeCoreTests", ["Primitives", "Records", "Ranking", "NodeCore", "Cryptography"]),
        tests(
            "CryptographyTests", ["Primitives", "Records", "Cryptography"], vectors: ["Vectors"]),
        tests(
            "StorageTests",
            [
                "Primitives", "Records", "Ranking", "NodeCore", "Cryptography", "Storage",
                "FaultDisks", grdb,
            ]),
        tests("TransportTests", ["Primitives", "Transport"]),
        tests("SimulatorTests", ["Primitives", "Records", "NodeCore", "FaultDisks", "Simulator"]),
        tests("ReproductionTests", ["Primitives", "Ranking", "Evaluation", "Reproduction"]),
        tests("EvaluationTests", ["Primitives", "Ranking", "Datasets", "Evaluation"]),
        tests(
            "ProcessTests",
            [
                "Primitives", "Records", "Cryptography", "Transport", "Daemon", "Testbed",
                "simnet", "vouchbird",
            ]),
    ] + fuzzer
)
