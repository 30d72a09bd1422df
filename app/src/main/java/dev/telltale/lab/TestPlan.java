package dev.telltale.lab;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Who does what when: phases one after another, steps at offsets into their phase. */
record TestPlan(String name, Instant start, List<Phase> phases) {

    record Phase(String name, Duration length, List<At> steps) {}

    record At(Duration offset, Step step) {}

    /**
     * The published test's steps in the published order; their times, and the grouping into phases,
     * are ours.
     */
    static TestPlan published2014() {
        return new TestPlan(
                "published-2014",
                Instant.parse("2014-08-07T10:00:00Z"),
                List.of(
                        new Phase(
                                "out-of-box",
                                Duration.ofMinutes(10),
                                List.of(
                                        at(1, new Step.InsertSim()),
                                        at(3, new Step.JoinWifi()),
                                        at(6, new Step.AllowLocation()))),
                        new Phase(
                                "everyday-use",
                                Duration.ofMinutes(20),
                                List.of(
                                        at(1, new Step.AddContact(0)),
                                        at(3, new Step.SendSms(1)),
                                        at(5, new Step.ReceiveSms(0)),
                                        at(8, new Step.SendMms(1)),
                                        at(10, new Step.ReceiveMms(0)),
                                        at(13, new Step.MakeCall(0)),
                                        at(16, new Step.ReceiveCall(1)))),
                        new Phase("idle", Duration.ofMinutes(10), List.of())));
    }

    private static At at(long minutes, Step step) {
        return new At(Duration.ofMinutes(minutes), step);
    }
}
