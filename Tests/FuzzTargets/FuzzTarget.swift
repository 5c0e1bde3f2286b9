/// What can be fed with bytes from a stranger, and what must hold of the answer.
///
/// A target takes any bytes and either returns or ends the process by `require`: the same code runs
/// under libFuzzer (`make fuzz`), over the corpus in the tests, and over mutations of it.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// A record from a peer: what decodes encodes to the same bytes (threats.md, T14).
    case record
    /// A frame from a peer: likewise.
    case frame
    /// Where a node says that it is, as it is told on: likewise.
    case address
    /// The same with its signature, which costs a hundred times as much: only the node itself says where it is.
    case claim
    /// A chain of a range, rebuilt: the ids that follow from it give the same chain again.
    case range
    /// A whole core under a program of frames, losses and store failures: no crash, no map over its
    /// cap, no contradiction in the store (T3, T7, T13, T43).
    case core
    /// `vb1...` or hexadecimal digits.
    case author
    /// `vouchbird://...`.
    case invitation
    /// The text of an identity backup.
    case backup
    /// A request on the control socket.
    case request
    /// A graph file of `vouchbird rank`.
    case graph
    /// A data file of `import` and `evaluate`: its rows do not depend on how it is cut into chunks.
    case dataset
    /// The name of an item as people write it.
    case item

    /// Runs the property on one input.
    public func check(_ bytes: [UInt8]) {
        switch self {
        case .record: WireProperties.record(bytes)
        case .frame: WireProperties.frame(bytes)
        case .address: WireProperties.address(bytes)
        case .claim: WireProperties.claim(bytes)
        case .range: WireProperties.range(bytes)
        case .core: CoreProgram.run(bytes)
        case .author: TextProperties.author(bytes)
        case .invitation: TextProperties.invitation(bytes)
        case .backup: TextProperties.backup(bytes)
        case .request: TextProperties.request(bytes)
        case .graph: TextProperties.graph(bytes)
        case .dataset: DataProperties.dataset(bytes)
        case .item: DataProperties.item(bytes)
        }
    }
}
