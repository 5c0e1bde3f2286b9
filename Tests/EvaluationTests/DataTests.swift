import Evaluation
import Primitives
import Testing

@Suite("Data sets and splits")
struct DataTests {
    @Test("TSV, RecBole and HetRec files of one content give one table")
    func formats() throws {
        let folder = try TemporaryFolder()
        let plain = try folder.write("2\t51\t13883\n2\t52\t11690\n3\t51\t7\n", to: "a.tsv")
        let recbole = try folder.write(
            "item_id:token\tuser_id:token\tcount:float\n51\t2\t13883\n52\t2\t11690\n51\t3\t7\n",
            to: "a.inter")
        let hetrec = try folder.write(
            "userID\tartistID\tweight\r\n2\t51\t13883\r\n2\t52\t11690\r\n3\t51\t7\r\n",
            to: "user_artists.dat")
        let table = try DataFiles.interactions([plain])
        #expect(table.rows.count == 3 && table.rows[0].weight == 13883)
        #expect(try DataFiles.interactions([recbole]) == table)
        #expect(try DataFiles.interactions([hetrec]) == table)
    }

    @Test("MovieLens ratings are read, with colons, tabs or commas")
    func movieLens() throws {
        let folder = try TemporaryFolder()
        let million = try folder.write(
            "1::1193::5::978300760\n1::661::3::978302109\n2::1193::4::978298413\n",
            to: "ratings.dat")
        let small = try folder.write(
            "1\t1193\t5\t978300760\n1\t661\t3\t978302109\n2\t1193\t4\t978298413\n", to: "u.data")
        let latest = try folder.write(
            "userId,movieId,rating,timestamp\n1,1193,5,978300760\n1,661,3,978302109\n"
                + "2,1193,4,978298413\n", to: "ratings.csv")
        let table = try DataFiles.interactions([million])
        #expect(table.rows.map(\.item) == ["1193", "661", "1193"])
        #expect(table.rows.map(\.weight) == [5, 3, 4])
        #expect(table.rows[0].time == Instant(milliseconds: 978_300_760_000))
        #expect(try DataFiles.interactions([small]) == table)
        #expect(try DataFiles.interactions([latest]) == table)
    }

    @Test("trust is read as directed pairs; no trust is no edge")
    func trust() throws {
        let folder = try TemporaryFolder()
        let plain = try folder.write("2\t275\t1\n275\t2\t0\n", to: "friends.tsv")
        let net = try folder.write("source_id:token\ttarget_id:token\n2\t275\n", to: "a.net")
        #expect(try DataFiles.trust([plain]) == [TrustPair(source: "2", target: "275")])
        #expect(try DataFiles.trust([net]) == [TrustPair(source: "2", target: "275")])
    }

    @Test("plays of a pair add up over files, bad lines are counted")
    func merging() throws {
        let folder = try TemporaryFolder()
        let one = try folder.write("u\ta\t3\nu\ta\tmuch\n", to: "one.tsv")
        let two = try folder.write("u\ta\t4\n", to: "two.tsv")
        let table = try DataFiles.interactions([one, two])
        #expect(table.rows == [.init(user: "u", item: "a", weight: 7)])
        #expect(table.rejectedLines == 1)
    }

    @Test("a file that is missing, empty or of the wrong kind is named")
    func failures() throws {
        let folder = try TemporaryFolder()
        let empty = try folder.write("", to: "empty.tsv")
        let net = try folder.write("source_id:token\ttarget_id:token\n2\t275\n", to: "a.net")
        for (path, code) in [
            ("/nowhere/x.tsv", EvaluationFailure.Code.file), (empty, .content), (net, .content),
        ] {
            let failure = #expect(throws: EvaluationFailure.self) {
                try DataFiles.interactions([path])
            }
            #expect(failure?.code == code)
            #expect(failure?.operation.contains(path) == true)
        }
    }

    @Test("leave-out takes the share from every user and repeats for a seed", arguments: 1...5)
    func leaveOut(seed: UInt64) throws {
        let all = crowds(seed: seed)
        let cut = try Split.leaveOut(share: 0.25).apply(to: all, seed: seed)
        for (user, rows) in Dictionary(grouping: all.rows, by: \.user) {
            let test = cut.test.rows.count { $0.user == user }
            #expect(test == Int((0.25 * Double(rows.count)).rounded()), "seed \(seed), \(user)")
            #expect(test < rows.count)
        }
        #expect(Set(cut.train.rows).union(cut.test.rows) == Set(all.rows))
        #expect(Set(cut.train.rows).isDisjoint(with: cut.test.rows))
        let shuffled = InteractionTable(all.rows.reversed())
        #expect(try Split.leaveOut(share: 0.25).apply(to: shuffled, seed: seed) == cut)
        #expect(try Split.leaveOut(share: 0.25).apply(to: all, seed: seed + 1) != cut)
    }

    @Test("a temporal cut asks only for what lies after everything learnt")
    func temporal() throws {
        let rows = (0..<20).map { place in
            InteractionTable.Row(
                user: "u\(place % 3)", item: "i\(place)",
                time: Instant(milliseconds: UInt64(place * 7 % 20 / 2)))
        }
        let cut = try Split.temporal(share: 0.3).apply(to: InteractionTable(rows), seed: 1)
        let latest = cut.train.rows.compactMap(\.time).max()
        let earliest = cut.test.rows.compactMap(\.time).min()
        #expect(try #require(latest) < #require(earliest))
        #expect(cut.test.rows.count == 6 && cut.train.rows.count == 14)
        #expect(throws: EvaluationFailure.self) {
            try Split.temporal(share: 0.3).apply(to: crowds(seed: 1), seed: 1)
        }
    }

    @Test("a cold start leaves some users a few items and the others all of theirs")
    func coldStart() throws {
        let all = crowds(seed: 4)
        let cut = try Split.coldStart(share: 0.25, kept: 2).apply(to: all, seed: 9)
        let asked = Set(cut.test.rows.map(\.user))
        #expect(asked.count == 10)
        for (user, rows) in Dictionary(grouping: all.rows, by: \.user) {
            let left = cut.train.rows.count { $0.user == user }
            #expect(left == (asked.contains(user) ? 2 : rows.count))
        }
    }

    @Test("splits are named in words, others are refused")
    func names() {
        #expect(Split("leave-out:0.2") == .leaveOut(share: 0.2))
        #expect(Split("temporal:0.1") == .temporal(share: 0.1))
        #expect(Split("cold-start:0.1:3") == .coldStart(share: 0.1, kept: 3))
        for text in ["", "leave-out", "leave-out:0", "leave-out:1.5", "cold-start:0.1", "x:0.1"] {
            #expect(Split(text) == nil, "\(text)")
        }
    }

    @Test("a sparse matrix turns over and back", arguments: 1...5)
    func transposition(seed: UInt64) throws {
        let data = try crowdData(seed: seed)
        let turned = data.train.transposed()
        #expect(turned.transposed() == data.train)
        #expect(
            turned.columnCounts == (0..<data.users.count).map { data.train.entries($0).count })
        #expect(data.train.columnCounts == (0..<data.items.count).map { turned.row($0).count })
    }
}
