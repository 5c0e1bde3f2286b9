import Simulator
import Testing

@Suite("Eclipse")
struct EclipseTests {
    /// The whole table is `simnet eclipse`; here one small network, for the seconds that a test has.
    @Test(
        "T24: nobody is surrounded by attackers who hold a fifth of the network groups",
        arguments: [1, 20])
    func eclipse(keys: Int) {
        var study = EclipseStudy(
            EclipseStudy.Plan(
                seed: 3, honest: 24, attackers: 0.2, keysPerAttacker: keys, rounds: 10))
        let outcome = study.run()
        #expect(outcome.eclipsed == 0)
        #expect(outcome.outboundLinks >= 7)
        // T25: attackers told of sixteen hosts all the time.
        #expect(outcome.probesPerHostHour <= 1)
        // The bar of 1.3 is for 60 rounds and a large network: chance is large in a small one.
        #expect(outcome.maliciousShare < 0.4)
    }

    @Test("T24: nobody who has friends is surrounded by attackers who hold three tenths")
    func friends() {
        var plan = EclipseStudy.Plan(
            seed: 3, honest: 40, attackers: 0.3, poisoned: 0.95, anchors: 4, rounds: 4)
        var study = EclipseStudy(plan)
        let outcome = study.run()
        #expect(outcome.eclipsed == 0)
        #expect(outcome.maliciousShare < 0.5)
        plan.anchors = 0
        var friendless = EclipseStudy(plan)
        #expect(friendless.run().maliciousShare > outcome.maliciousShare + 0.2)
    }

    @Test("T24: without the gossip of honest nodes the poisoned start stays: the attack bites")
    func poisonedStart() {
        var study = EclipseStudy(
            EclipseStudy.Plan(seed: 3, honest: 120, attackers: 0.2, rounds: 1))
        #expect(study.run().maliciousShare > 0.5)
    }
}
