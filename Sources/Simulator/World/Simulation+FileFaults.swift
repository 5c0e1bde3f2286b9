import FaultDisks
import NodeCore
import Primitives

/// What happens to a host's files: a disk that is full or fails, power that goes, a death inside a commit, bits that flip.
extension Simulation {
    func weaken(_ host: Host, _ failure: StoreFailure, _ fault: Fault) {
        host.diskFault = (failure, now + fault.lasts)
        host.files?.disk.weaken(failure == .full ? .full : .ioError, seed: fault.draw)
    }

    func isFaulty(_ host: Host) -> Bool { host.diskFault.map { $0.until > now } ?? false }

    /// A disk has no clock: it hears with the next operation that its fault is over.
    func mendInTime(_ host: Host, _ files: FileStore) {
        if !isFaulty(host) { files.disk.weaken(nil, seed: 0) }
    }

    /// Half of the cuts come now, half inside the next operation of the disk, or five seconds later without one.
    func cutPower(_ fault: Fault, _ host: Host, _ files: FileStore) {
        let isSecond = fault.draw == .max
        if !isSecond, fault.draw & 1 == 1 {
            files.disk.plan(.powerCut, after: 1 + Int((fault.draw >> 8) % 24))
            host.plannedCut = fault
            plan.append(
                Fault(kind: .powerCut, host: host.index, draw: .max, lasts: fault.lasts))
            schedule(.fault(plan.count - 1), after: 5_000)
        } else if !isSecond || host.plannedCut != nil {
            losePower(host, files, lasts: fault.lasts)
        }
    }

    private func losePower(_ host: Host, _ files: FileStore, lasts: UInt64) {
        files.losePower()
        host.hasLostPower = true
        stop(host, noticedWithin: Self.heartbeatMilliseconds)
        schedule(.restart(host: host.index), after: lasts)
        note(.powerCut)
    }

    /// A kill that waited for a commit comes inside it. False where it is to come before.
    func planDeath(_ host: Host) -> Bool {
        guard let operation = host.armedOperation, let files = host.files else { return false }
        files.disk.plan(.death, after: operation)
        host.isDyingInside = true
        return true
    }

    /// Whether the process died in the operation that was just carried out; of one that had fewer steps than it was to
    /// take, it dies after it.
    func diedInside(_ host: Host) -> Bool {
        guard host.isRunning, let files = host.files else { return !host.isRunning }
        if files.disk.isOff, let cut = host.plannedCut {
            losePower(host, files, lasts: cut.lasts)
        } else if files.disk.isOff || host.isDyingInside {
            kill(host)
        } else {
            return false
        }
        return true
    }

    /// Bits flip in one of the files of a host that has just copied its own.db; half of the time its process dies with that.
    func flipBits(_ fault: Fault, _ host: Host) {
        guard host.isRunning, let files = host.files, files.backUpOwn() else {
            plan.append(fault)
            schedule(.fault(plan.count - 1), after: 1_000)
            return
        }
        host.ownBackup = host.store.own
        host.isDamaged = true
        var random = SeededRandom(seed: fault.draw)
        files.flipBits(&random)
        if random.below(2) == 0 { kill(host, isCrash: false) }
        note(.bitFlip)
    }
}
