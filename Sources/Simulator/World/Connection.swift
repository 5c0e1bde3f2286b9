/// One ZeroMQ link: reliable and in order while it is up; what is in flight when it breaks is lost.
struct Connection {
    let dialler: Int
    let listener: Int
    let edge: Int
    /// One-way delay of the path, each direction.
    let delayToListener: Int
    let delayToDialler: Int
    /// The lives of the two hosts when it was dialled.
    let diallerLife: Int
    let listenerLife: Int
    var isUpAtDialler = false
    var isUpAtListener = false
    /// Nothing more arrives; the ends notice in their own time.
    var isBroken = false
    /// One end has said goodbye; what the other says then is its echo.
    var isEnded = false
    var lastArrivalAtDialler: UInt64 = 0
    var lastArrivalAtListener: UInt64 = 0
    /// A slow path until then.
    var slowUntil: UInt64 = 0
    var extraDelay = 0
    /// Nothing arrives before.
    var stalledUntil: UInt64 = 0

    func isUp(atDialler: Bool) -> Bool { atDialler ? isUpAtDialler : isUpAtListener }

    mutating func setUp(_ value: Bool, atDialler: Bool) {
        if atDialler { isUpAtDialler = value } else { isUpAtListener = value }
    }

    func end(atDialler: Bool) -> Int { atDialler ? dialler : listener }
}

/// Who dials whom, whether or not a connection is up.
struct Edge {
    let dialler: Int
    let listener: Int
    /// The connection that was dialled last and is not down at the dialler.
    var connection: Int?
    /// Given up in favour of a link that the other end dialled.
    var isStoodDown = false
    var isDialScheduled = false
    /// Not a user's choice: dialled once, and given up when it ends.
    var isLearnt = false
}
