package dev.telltale.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Disguise;
import dev.telltale.model.Evidence;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Range;
import dev.telltale.model.Scope;
import dev.telltale.model.Secured;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class HexViewTest {

    private static final Identifier IMEI = new Identifier("imei[0]", "imei", Scope.DEVICE, true);

    private static Finding finding(String place) {
        return RedMi.finding(
                IMEI,
                RedMi.firstStart().findings().getFirst().destination(),
                place,
                List.of(
                        RedMi.variant(
                                Secured.NONE, Disguise.PLAIN, "15 digits", List.of(), "x", 1)),
                Optional.empty());
    }

    private static Evidence evidence(String request, String excerpt, Evidence.Step... path) {
        return new Evidence(
                0,
                List.of(1L),
                OptionalInt.empty(),
                1,
                Instant.EPOCH,
                request,
                List.of(path),
                excerpt);
    }

    private static Evidence.Step step(String layer, long start, long length) {
        return new Evidence.Step(layer, List.of(new Range(start, length)));
    }

    static HexView masked() {
        return HexView.of(
                        finding("GET /a/b · query[k]"),
                        evidence(
                                "GET http://h/a/b?k={imei}&z=1",
                                "query[k] = {imei: 15 digits}",
                                step("stream", 193, 15)))
                .orElseThrow();
    }

    @Test
    void revealedBytesAreShown() {
        HexView view =
                HexView.of(
                                finding("GET /a/b · query[k]"),
                                evidence(
                                        "GET http://h/a/b?k=490154203237518&z=1",
                                        "query[k] = 490154203237518 (15 digits)",
                                        step("stream", 193, 15)))
                        .orElseThrow();
        assertThat(HtmlTest.lines(view))
                .containsExactly(
                        "000000ba  2f 61 2f 62 3f 6b 3d 34 39 30 31 35 34 32 30 33  /a/b?k=490154203",
                        "000000ca  32 33 37 35 31 38 26 7a 3d 31                    237518&z=1");
    }

    @Test
    void aBodyIsNotHeldSoOnlyTheValuesPlaceIsShown() {
        HexView view =
                HexView.of(
                                finding("POST /a · body.k"),
                                evidence(
                                        "POST http://h/a",
                                        "body.k = {imei: 15 digits}",
                                        step("stream", 200, 40),
                                        step("base64", 9, 15)))
                        .orElseThrow();
        assertThat(view.layer()).isEqualTo("base64");
        assertThat(view.offset()).isEqualTo(9);
        assertThat(view.cells()).hasSize(15).allMatch(c -> c.hit() && c.value() == HexView.HIDDEN);
    }

    @Test
    void whatStandsBesideAnotherMaskedValueIsNotGuessed() {
        HexView view =
                HexView.of(
                                finding("GET /a · query[k]"),
                                evidence(
                                        "GET http://h/{imsi}/a?k={imei}&x={msisdn}",
                                        "query[k] = {imei: 15 digits}",
                                        step("stream", 100, 15)))
                        .orElseThrow();
        assertThat(HtmlTest.lines(view).getFirst()).contains("/a?k=").doesNotContain("}");
        assertThat(view.cells().stream().filter(c -> !c.hit()).count()).isEqualTo(5 + 3);
    }

    @Test
    void hostilePathsAreNoFault() {
        for (String request : List.of("", "GET", "://", "GET http://h", "GET http://h/?k="))
            HexView.of(
                    finding("GET /a · query[k]"),
                    evidence(request, "", step("stream", Long.MAX_VALUE - 4, 3)));
        assertThat(HexView.of(finding("x"), evidence("", ""))).isEmpty();
        HexView big =
                HexView.of(finding("x"), evidence("", "", step("stream", 0, 1L << 40)))
                        .orElseThrow();
        assertThat(big.cells()).hasSizeLessThan(1000);
    }
}
