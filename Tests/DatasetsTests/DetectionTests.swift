import Datasets
import Testing

@Suite("Recognising data set files")
struct DetectionTests {
    private func detect(_ name: String, _ head: String) -> DatasetFormat.Detection {
        DatasetFormat.detect(fileName: name, head: Array(head.utf8))
    }

    @Test("header and name say which format a file has")
    func formats() {
        #expect(detect("d/ml-100k.inter", "user_id:token\titem_id:token\n") == .format(.inter))
        #expect(detect("x.txt", "item_id:token\tuser_id:token\n") == .format(.inter))
        #expect(detect("lastfm.net", "source_id:token\ttarget_id:token\n") == .format(.net))
        #expect(detect("x.txt", "source_id:token\ttarget_id:token\n") == .format(.net))
        #expect(detect("a.dat", "userID\tartistID\tweight\r\n2\t51\t13883\r\n") == .format(.hetrec))
        #expect(detect("b.dat", "userID\tfriendID\n2\t275\n") == .format(.hetrecFriends))
        #expect(detect("/data/trust.tsv", "2\t275\t1\n") == .format(.trust))
        #expect(detect("train.tsv", "2\t51\t13883\n") == .format(.plain))
        #expect(detect("ratings.csv", "userId,movieId,rating,timestamp\n") == .format(.plain))
        #expect(detect("empty.tsv", "") == .format(.plain))
    }

    @Test("HetRec's tag files and RecBole's side files are left out with a reason")
    func ignored() {
        let cases = [
            ("user_taggedartists.dat", "userID\tartistID\ttagID\tday\tmonth\tyear\n"),
            ("user_taggedartists-timestamps.dat", "userID\tartistID\ttagID\ttimestamp\n"),
            ("artists.dat", "id\tname\turl\tpictureURL\n"), ("tags.dat", "tagID\ttagValue\n"),
            ("lastfm.item", "item_id:token\tname:token_seq\n"),
        ]
        for (name, head) in cases {
            guard case .ignored(let reason) = detect(name, head) else {
                Issue.record("\(name) was not left out")
                continue
            }
            #expect(!reason.isEmpty)
        }
    }

    @Test("archives, databases and JSON are named for what they are")
    func foreign() {
        for (head, word) in [
            ("PK\u{3}\u{4}", "zip"), ("SQLite format 3\0", "SQLite"), ("  {\"a\":1}", "JSON"),
            ("a\0b", "NUL"),
        ] {
            guard case .unknown(let reason) = detect("file.tsv", head) else {
                Issue.record("\(word) was taken for a data set")
                continue
            }
            #expect(reason.contains(word))
        }
    }
}
