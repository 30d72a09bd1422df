package dev.telltale.compare;

import static dev.telltale.compare.Made.TLS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.telltale.compare.Made.Leak;
import dev.telltale.model.Comparison;
import dev.telltale.model.Comparison.Attribute;
import dev.telltale.model.Comparison.Change;
import dev.telltale.model.Comparison.Item;
import dev.telltale.model.Comparison.Result;
import dev.telltale.model.Comparison.Status;
import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Protection;
import dev.telltale.model.Secured;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ComparisonsTest {

    /** Names here have two labels at the end that are registered. */
    private static String domain(String host) {
        String[] l = host.split("\\.");
        return l.length < 2 ? host : l[l.length - 2] + "." + l[l.length - 1];
    }

    private static Comparison compare(Made... runs) {
        return Comparisons.of(
                Stream.of(runs).map(Made::audit).toList(),
                Optional.empty(),
                ComparisonsTest::domain);
    }

    private static Item only(Comparison c) {
        assertThat(c.items()).hasSize(1);
        return c.items().getFirst();
    }

    private static Made before() {
        return new Made("2014-07").with(Leak.of("imei[0]"));
    }

    private static Made after() {
        return new Made("2014-08").sent("api.example.com", 500, 0);
    }

    @Test
    void goneIsFixedWhereItWouldHaveShown() {
        Comparison c = compare(before(), after());
        Item i = only(c);
        assertThat(i.status()).isEqualTo(Status.FIXED);
        assertThat(i.missing()).isEmpty();
        assertThat(i.why())
                .isEqualTo(
                        "not seen in 2014-08, where the same 5 steps were done, 1 of 1 controls sent"
                                + " by the phone were seen, and it was observed for 40 min (2014-07: 40 min)");
        assertThat(i.findings().get(0)).isPresent();
        assertThat(i.findings().get(1)).isEmpty();
        assertThat(c.outcome()).isEqualTo(Result.BETTER);
    }

    static Stream<Arguments> whatLeavesItOpen() {
        return Stream.of(
                Arguments.of(
                        after().steps("insert SIM", "join Wi-Fi", "add contact", "send SMS"),
                        "the step \"make call\" was not done in 2014-08"),
                Arguments.of(
                        after().length(Duration.ofMinutes(20)),
                        "2014-08 was observed for 20 min, 2014-07 for 40 min"),
                Arguments.of(
                        after().controls(Made.control("canary-1", false)),
                        "the control canary-1 sent by the phone was not seen in 2014-08"),
                Arguments.of(
                        after().controls(),
                        "no control sent by the phone shows that 2014-08 would have seen it"),
                Arguments.of(after().withoutRun(), "no run file says what was done in 2014-08"),
                Arguments.of(
                        after().sent("api.example.com", 500, 200),
                        "200 of 500 bytes sent to example.com in 2014-08 could not be read (NO_KEYS)"),
                Arguments.of(
                        after().recorded(Duration.ofMinutes(2)),
                        "the recording of 2014-08 shows nothing after 2 min, in 2014-07 it came"
                                + " after 3 min"),
                Arguments.of(
                        after().captured(Map.of("wifi", "none")),
                        "wifi was not recorded in 2014-08 as in 2014-07"));
    }

    @ParameterizedTest
    @MethodSource("whatLeavesItOpen")
    void goneIsNotExercisedWhereItNeedNotHaveShown(Made after, String missing) {
        Comparison c = compare(before(), after);
        Item i = only(c);
        assertThat(i.status()).isEqualTo(Status.NOT_EXERCISED);
        assertThat(i.missing()).contains(missing);
        assertThat(c.outcome()).isEqualTo(Result.UNDECIDED);
        // The same run shows a leak that is there: the path was taken.
        after.with(Leak.of("imei[0]"));
        assertThat(only(compare(before(), after)).status()).isEqualTo(Status.STILL);
    }

    @Test
    void namesTheStepsThatWereNotDone() {
        Comparison c = compare(before(), after().steps("insert SIM", "make call"));
        assertThat(c.missingSteps()).containsExactly("join Wi-Fi", "add contact", "send SMS");
    }

    @Test
    void aStepDoneTwiceMustBeDoneTwice() {
        Made twice = before().steps("send SMS", "send SMS");
        assertThat(compare(twice, after().steps("send SMS")).missingSteps())
                .containsExactly("send SMS");
        assertThat(compare(twice, after().steps("send SMS", "send SMS")).missingSteps()).isEmpty();
    }

    @Test
    void saysWhatChanged() {
        Made later =
                new Made("2014-08")
                        .with(
                                Leak.of("imei[0]")
                                        .place("POST /v2/on · body.d")
                                        .secured(TLS)
                                        .disguise(Disguise.ENCODED, "base64", "json")
                                        .consented(true));
        Comparison c = compare(before(), later);
        Item i = only(c);
        assertThat(i.status()).isEqualTo(Status.CHANGED);
        assertThat(i.changes())
                .containsExactly(
                        new Change(
                                Attribute.PLACE,
                                "GET /v1/on · query[imei]",
                                "POST /v2/on · body.d",
                                Result.SAME),
                        new Change(Attribute.PROTECTION, "NONE", "TLS", Result.BETTER),
                        // Encoding is no protection.
                        new Change(Attribute.DISGUISE, "PLAIN", "ENCODED", Result.SAME),
                        new Change(
                                Attribute.FORM,
                                "15 digits",
                                "15 digits, inside base64",
                                Result.SAME),
                        new Change(Attribute.CONSENTED, "false", "true", Result.BETTER));
        assertThat(c.outcome()).isEqualTo(Result.BETTER);
        assertThat(compare(later, before()).outcome()).isEqualTo(Result.WORSE);
    }

    @Test
    void aHashOfWhatCanBeCountedIsNoBetterAndLosingASaltIsWorse() {
        Made hashed = new Made("b").with(Leak.of("imei[0]").disguise(Disguise.HASHED));
        assertThat(compare(before(), hashed).outcome()).isEqualTo(Result.SAME);
        Made salted = new Made("c").with(Leak.of("imei[0]").disguise(Disguise.SALTED));
        assertThat(compare(salted, hashed).outcome()).isEqualTo(Result.WORSE);
        Made id = new Made("d").with(Leak.of("advertising_id[0]"));
        Made idHashed = new Made("e").with(Leak.of("advertising_id[0]").disguise(Disguise.HASHED));
        assertThat(compare(id, idHashed).outcome()).isEqualTo(Result.BETTER);
    }

    @Test
    void protectionThatDoesNotHoldIsWorse() {
        Made good = new Made("a").with(Leak.of("imei[0]").secured(TLS));
        Made bad =
                new Made("b")
                        .with(
                                Leak.of("imei[0]")
                                        .secured(
                                                new Secured(
                                                        Protection.TLS,
                                                        "1.2",
                                                        "certificate not checked")));
        Comparison c = compare(good, bad);
        assertThat(only(c).changes())
                .extracting(Change::before, Change::after, Change::weight)
                .containsExactly(tuple("TLS", "TLS (weak: certificate not checked)", Result.WORSE));
        assertThat(c.outcome()).isEqualTo(Result.WORSE);
    }

    @Test
    void anotherHostOfTheSameCompanyIsAMove() {
        Made old =
                new Made("a")
                        .with(
                                Leak.of("imei[0]")
                                        .host("api.example.com", "example.com")
                                        .company("Example Ltd", "CN"));
        Made moved =
                new Made("b")
                        .with(
                                Leak.of("imei[0]")
                                        .host("in.example.net", "example.net")
                                        .company("Example Ltd", "IN"));
        Item i = only(compare(old, moved));
        assertThat(i.status()).isEqualTo(Status.MOVED);
        assertThat(i.changes())
                .extracting(Change::attribute, Change::before, Change::after)
                .containsExactly(
                        tuple(Attribute.HOST, "api.example.com", "in.example.net"),
                        tuple(Attribute.COUNTRY, "CN", "IN"));
        assertThat(i.why())
                .isEqualTo("no longer to example.com but to example.net, of the same company");
        // Without a company it is a new recipient.
        Made stranger =
                new Made("b").with(Leak.of("imei[0]").host("in.example.net", "example.net"));
        assertThat(compare(old, stranger).items())
                .extracting(Item::status)
                .containsExactlyInAnyOrder(Status.NEW, Status.FIXED);
    }

    @Test
    void newIsNewAndSaysWhereItMayHaveGoneUnseen() {
        Comparison c = compare(after(), before().build("x"));
        assertThat(only(c).status()).isEqualTo(Status.NEW);
        assertThat(only(c).why()).isEqualTo("not seen before 2014-07");
        assertThat(c.outcome()).isEqualTo(Result.WORSE);
        Comparison short_ = compare(after().length(Duration.ofMinutes(5)), before());
        assertThat(only(short_).why()).contains("it may have gone unseen there").contains("5 min");
    }

    @Test
    void whatIsNotPersonalOrComesBackDoesNotDecide() {
        Made changed =
                new Made("b")
                        .with(Leak.of("build[0]").impersonal())
                        .with(Leak.of("msisdn[0]").received());
        Comparison c = compare(after(), changed);
        assertThat(c.items()).extracting(Item::status).containsOnly(Status.NEW);
        assertThat(c.outcome()).isEqualTo(Result.SAME);
    }

    @Test
    void silenceThatCouldNotBeReadIsNotTheSame() {
        Made dark = new Made("b").sent("new.example.org", 900, 900);
        Comparison c = compare(after(), dark);
        assertThat(c.outcome()).isEqualTo(Result.UNDECIDED);
        assertThat(c.doubts())
                .containsExactly("900 of 900 bytes sent to example.org in b could not be read");
        Made nothing = new Made("b").sent("time.example.net", 0, 0);
        assertThat(compare(after(), nothing).doubts())
                .containsExactly("the phone sent nothing in b");
    }

    @Test
    void aLargerShareOfTheContactsIsWorse() {
        Made few = new Made("a").with(Leak.of("contacts[0].phone").set(1, 5));
        Made all = new Made("b").with(Leak.of("contacts[0].phone").set(5, 5));
        Comparison c = compare(few, all);
        assertThat(only(c).changes())
                .containsExactly(
                        new Change(
                                Attribute.SET, "1 of 5 contacts", "5 of 5 contacts", Result.WORSE));
    }

    @Test
    void repeatsAreTakenTogether() {
        Made a1 = new Made("a1").build("A").unit("1").with(Leak.of("imei[0]"));
        Made a2 = new Made("a2").build("A").unit("2").sent("api.example.com", 9, 0);
        Made a3 = new Made("a3").build("A").unit("2").with(Leak.of("imei[0]"));
        Made b1 = new Made("b1").build("B").sent("api.example.com", 9, 0);
        Comparison c = compare(a1, a2, a3, b1);
        assertThat(c.stages()).extracting(Comparison.Stage::name).containsExactly("A", "b1");
        assertThat(c.stages().getFirst().handsets()).isEqualTo(2);
        Item i = only(c);
        assertThat(i.seen().getFirst()).isEqualTo(new Comparison.Seen(2, 3, 2, 2, true));
        // Three runs showed it twice; one run without it is not as long.
        assertThat(i.status()).isEqualTo(Status.NOT_EXERCISED);
        Made b2 = new Made("b2").build("B").sent("api.example.com", 9, 0);
        Made b3 = new Made("b3").build("B").sent("api.example.com", 9, 0);
        assertThat(only(compare(a1, a2, a3, b1, b2, b3)).status()).isEqualTo(Status.FIXED);
    }

    @Test
    void runsOfOneBuildWithOtherConsentsAreNoRepeats() {
        Made off = new Made("off").build("A");
        Made on = new Made("on").build("A").consent();
        assertThat(compare(off, on).stages()).hasSize(2);
        assertThat(compare(off, on, new Made("off again").build("A")).stages())
                .extracting(Comparison.Stage::runs)
                .containsExactly(List.of(0, 2), List.of(1));
    }

    @Test
    void repeatsAloneStandEachForItself() {
        Made one = new Made("one").build("A").with(Leak.of("imei[0]"));
        Made two = new Made("two").build("A");
        Comparison c = compare(one, two);
        assertThat(c.stages()).hasSize(2);
        assertThat(only(c).status()).isEqualTo(Status.FIXED);
    }

    @Test
    void historyRemembers() {
        Made a = before();
        Made b = after();
        Made again = new Made("2014-09").with(Leak.of("imei[0]"));
        Item back = only(compare(a, b, again));
        assertThat(back.status()).isEqualTo(Status.NEW);
        assertThat(back.why()).isEqualTo("seen in 2014-07, not in 2014-08, and again in 2014-09");
        // The run between would not have shown it: then it is no comeback.
        Item kept = only(compare(a, after().steps("insert SIM"), again));
        assertThat(kept.status()).isEqualTo(Status.STILL);
        assertThat(kept.why()).contains("which would not have shown it");
        Item fixed = only(compare(a, b, new Made("2014-09")));
        assertThat(fixed.status()).isEqualTo(Status.FIXED);
        assertThat(fixed.seen()).extracting(Comparison.Seen::runs).containsExactly(1, 0, 0);
    }

    @Test
    void whatLeftWithConsentNeedsConsentToLeaveAgain() {
        Made optedIn =
                new Made("opted-in")
                        .consent()
                        .with(Leak.of("imei[0]").secured(TLS).consented(true));
        Item gone = only(compare(optedIn, after()));
        assertThat(gone.status()).isEqualTo(Status.NOT_EXERCISED);
        assertThat(gone.missing())
                .containsExactly("no consent to it was given in 2014-08 as in opted-in");
        assertThat(only(compare(optedIn, after().consent())).status()).isEqualTo(Status.FIXED);
        // Off by default, and on again for who opts in: no comeback, but a change.
        Comparison story = compare(before(), after(), optedIn);
        assertThat(only(story).status()).isEqualTo(Status.CHANGED);
        assertThat(only(story).changes())
                .extracting(Change::attribute)
                .containsExactly(Attribute.PROTECTION, Attribute.CONSENTED);
        assertThat(only(story).why())
                .endsWith("not seen in 2014-08, which would not have shown it");
        assertThat(story.outcome()).isEqualTo(Result.BETTER);
    }

    @Test
    void anIdleRunIsTakenOut() {
        Made idle = new Made("idle").with(Leak.of("android_id[0]"));
        Made a = before().with(Leak.of("android_id[0]"));
        Made b = after().with(Leak.of("android_id[0]")).with(Leak.of("imsi[0]"));
        Comparison c =
                Comparisons.of(
                        List.of(a.audit(), b.audit()),
                        Optional.of(idle.audit()),
                        ComparisonsTest::domain);
        assertThat(c.items())
                .extracting(i -> i.identifier().id())
                .containsExactlyInAnyOrder("imei[0]", "imsi[0]");
        assertThat(c.inBaseline()).hasSize(1);
        assertThat(compare(a, b).items()).hasSize(3);
    }

    // --- properties, seeded ---

    private static final List<String> IDS = List.of("imei[0]", "imsi[0]", "contacts[0].phone");
    private static final List<String> DOMAINS = List.of("a.com", "b.com", "c.net");
    private static final List<String> COMPANIES = List.of("", "One", "Two");

    private static List<Finding> random(Random r) {
        Set<String> keys = new HashSet<>();
        List<Finding> all = new ArrayList<>();
        for (int n = r.nextInt(12); n > 0; n--) {
            String domain = DOMAINS.get(r.nextInt(3));
            Finding f =
                    Leak.of(IDS.get(r.nextInt(3)))
                            .host("h" + r.nextInt(2) + "." + domain, domain)
                            .company(COMPANIES.get(DOMAINS.indexOf(domain) % 2), "CN")
                            .place("GET /p" + r.nextInt(4) + " · query[q" + r.nextInt(2) + "]")
                            .secured(r.nextBoolean() ? TLS : Secured.NONE)
                            .finding();
            if (keys.add(Stage.Key.of(f).toString())) all.add(f);
        }
        return all;
    }

    @Test
    void pairingIsABijectionWhateverTheOrder() {
        for (int seed = 0; seed < 300; seed++) {
            Random r = new Random(seed);
            List<Finding> before = random(r);
            List<Finding> after = random(r);
            int[] pairs = Pairing.pair(before, after);
            int[] used = Arrays.stream(pairs).filter(p -> p >= 0).toArray();
            assertThat(Arrays.stream(used).distinct().count()).isEqualTo(used.length);
            List<Finding> shuffledBefore = new ArrayList<>(before);
            List<Finding> shuffledAfter = new ArrayList<>(after);
            Collections.shuffle(shuffledBefore, r);
            Collections.shuffle(shuffledAfter, r);
            assertThat(pairs(shuffledBefore, shuffledAfter))
                    .as("seed %d", seed)
                    .isEqualTo(pairs(before, after));
            // Read backwards the same ones belong together.
            assertThat(pairs(after, before))
                    .as("seed %d", seed)
                    .isEqualTo(reversed(pairs(before, after)));
        }
    }

    private static Set<List<String>> pairs(List<Finding> before, List<Finding> after) {
        int[] pairs = Pairing.pair(before, after);
        Set<List<String>> all = new HashSet<>();
        for (int i = 0; i < pairs.length; i++)
            if (pairs[i] >= 0)
                all.add(
                        List.of(
                                Stage.Key.of(before.get(i)).toString(),
                                Stage.Key.of(after.get(pairs[i])).toString()));
        return all;
    }

    private static Set<List<String>> reversed(Set<List<String>> pairs) {
        Set<List<String>> all = new HashSet<>();
        pairs.forEach(p -> all.add(p.reversed()));
        return all;
    }

    @Test
    void aRunIsTheSameAsItselfAndTurningTheOrderTurnsNewAndGone() {
        for (int seed = 0; seed < 200; seed++) {
            Random r = new Random(seed);
            Made a = new Made("a");
            Made b = new Made("b");
            random(r).forEach(a::with);
            random(r).forEach(b::with);
            Comparison same = compare(a, a);
            assertThat(same.outcome()).as("seed %d", seed).isEqualTo(Result.SAME);
            assertThat(same.items()).allMatch(i -> i.status() == Status.STILL);
            Comparison forth = compare(a, b);
            Comparison back = compare(b, a);
            assertThat(count(forth, Status.NEW)).isEqualTo(gone(back));
            assertThat(gone(forth)).isEqualTo(count(back, Status.NEW));
            assertThat(count(forth, Status.MOVED)).isEqualTo(count(back, Status.MOVED));
            assertThat(forth.items())
                    .hasSize(
                            (int) (a.audit().audit().findings().size() + count(forth, Status.NEW)));
        }
    }

    private static long count(Comparison c, Status s) {
        return c.items().stream().filter(i -> i.status() == s).count();
    }

    private static long gone(Comparison c) {
        return count(c, Status.FIXED) + count(c, Status.NOT_EXERCISED);
    }

    @Test
    void everyFindingIsInExactlyOneItem() {
        for (int seed = 0; seed < 100; seed++) {
            Random r = new Random(seed);
            List<Made> runs = new ArrayList<>();
            for (int i = 0; i < 2 + r.nextInt(3); i++) {
                Made m = new Made("r" + i);
                random(r).forEach(m::with);
                runs.add(m);
            }
            Comparison c = compare(runs.toArray(Made[]::new));
            for (int i = 0; i < runs.size(); i++) {
                int run = i;
                List<String> listed =
                        c.items().stream()
                                .flatMap(x -> x.findings().get(run).stream())
                                .map(Finding::id)
                                .sorted()
                                .toList();
                assertThat(listed)
                        .isEqualTo(
                                runs.get(i).audit().audit().findings().stream()
                                        .map(Finding::id)
                                        .sorted()
                                        .toList());
            }
        }
    }
}
