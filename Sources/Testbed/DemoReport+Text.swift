extension DemoReport {
    /// The report as a person reads it, at most about 100 columns.
    public var text: String {
        (listLines + [""] + userLines + [""] + claimLines + ["", conclusion])
            .joined(separator: "\n")
    }

    /// One sentence: what all of this shows.
    var conclusion: String {
        guard holds else {
            return "Not everything that Vouchbird claims held here; see the lines with \"no\"."
        }
        let ours = users.reduce(0) { $0 + ($1.spam["taste"] ?? 0) }
        let plain = users.reduce(0) { $0 + ($1.spam["salsa"] ?? 0) }
        return
            "\(attack.identities) identities with valid signatures and one friend put \(ours) spam "
            + "items into the lists that Vouchbird shows\nthese \(users.count) people, and \(plain) "
            + "into plain SALSA's: trust is counted from each person outwards, so whatever stands\n"
            + "behind one edge shares that edge, however much of it there is."
    }

    // MARK: One user's list

    private var listLines: [String] {
        guard let defended = lists.first(where: { $0.engine == "taste" }),
            let plain = lists.first(where: { $0.engine == "salsa" })
        else { return [] }
        let hops = users.first { $0.name == shown }?.hopsToVictim
        let place = hops.map { ", \($0) steps of trust from \(attack.victim) at the attack edge" }
        var lines = [
            "\(shown)'s recommendations\(place ?? ""); beside them what plain SALSA says", "",
            " #  " + "vouchbird".padded(30) + "because of".padded(40) + "plain SALSA",
        ]
        for row in 0..<max(defended.items.count, plain.items.count) {
            let ours = row < defended.items.count ? defended.items[row] : nil
            let theirs = row < plain.items.count ? plain.items[row] : nil
            lines.append(
                String(row + 1).leftPadded(2) + "  " + (ours?.label ?? "").padded(30)
                    + (ours?.because ?? "").padded(40) + (theirs?.label ?? ""))
        }
        if let item = defended.items.first, let reason = item.reasons.first {
            lines.append("")
            lines.append(
                "1: \(reason.path.joined(separator: " -> ")) brings \(reason.fraction.percent) of "
                    + "\(item.title ?? item.item)")
        }
        return lines
    }

    // MARK: Everybody's figures

    private var userLines: [String] {
        let engines = ["taste", "tsalsa", "web3recommend", "meritrank", "salsa"]
        var lines = [
            "Spam items in the first twenty, and T2: the region can deliver at most "
                + "(1 - alpha) r(S) / r(s) of all item mass", "",
            "user".padded(10) + "hops".leftPadded(5)
                + engines.map { $0.leftPadded(max(8, $0.count + 1)) }.joined()
                + "T2 bound".leftPadded(10) + "measured".leftPadded(10)
                + "lets in".leftPadded(9) + "answer".leftPadded(10),
        ]
        for user in users {
            let spam = engines.map { engine in
                String(user.spam[engine] ?? 0).leftPadded(max(8, engine.count + 1))
            }
            lines.append(
                user.name.padded(10)
                    + (user.hopsToVictim.map { String($0) } ?? "-").leftPadded(5) + spam.joined()
                    + user.bound.text(4).leftPadded(10) + user.measured.text(4).leftPadded(10)
                    + String(user.admissible).leftPadded(9)
                    + (user.answerMilliseconds.text(1) + " ms").leftPadded(10)
                    + (user.name == attack.victim ? "  trusts a Sybil" : ""))
        }
        return lines
    }

    private var claimLines: [String] {
        let megabytes = (Double(agreement.storeBytes) / 1_000_000).text(1)
        let size =
            "\(agreement.records) records on each of \(users.count) nodes, \(megabytes) MB on disk "
            + "in all; the demo took \(seconds.text(1)) s"
        return claims.map { claim in
            "\(claim.holds ? "yes" : "NO ")  \(claim.text): \(claim.detail)"
        } + ["     \(size)"]
    }
}

extension DemoReport.List.Item {
    fileprivate var label: String { (isSpam ? "SPAM " : "") + (title ?? item) }

    fileprivate var because: String {
        reasons.prefix(3).map { "\($0.name) \($0.fraction.percent)" }.joined(separator: ", ")
    }
}

extension Double {
    fileprivate var percent: String { (self * 100).text(0) + " %" }
}

extension String {
    /// Cut or filled to `width` characters, the last of them a space.
    fileprivate func padded(_ width: Int) -> String {
        let cut = count < width ? self : String(prefix(width - 2)) + "…"
        return cut + String(repeating: " ", count: width - cut.count)
    }

    fileprivate func leftPadded(_ width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
