package dev.telltale.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EndpointsTest {
    @Test
    void whatMustStandInAMatchIsNoMoreThanThat() {
        assertThat(Endpoints.must("^https://api2?\\.branch\\.io/v1/open$"))
                .isEqualTo(".branch.io/v1/open");
        assertThat(Endpoints.must("^https://app(\\.eu)?\\.adjust\\.(com|world)/session$"))
                .isEqualTo("https://app");
        assertThat(Endpoints.must("^https://graph\\.facebook\\.com/v\\d{1,2}.\\d$"))
                .isEqualTo("https://graph.facebook.com/v");
        assertThat(Endpoints.must("a|bcd")).isEmpty();
        assertThat(Endpoints.must("ab*c")).isIn("a", "c");
        assertThat(Endpoints.must("abc{0,2}")).isEqualTo("ab");
    }

    @Test
    void findsByPattern() {
        Endpoints e = new Endpoints();
        assertThat(e.find("https://api2.branch.io/v1/open?x=1").orElseThrow().endpoint())
                .isNotEmpty();
        assertThat(e.find("https://app.eu.adjust.world/session")).isPresent();
        assertThat(e.find("https://example.org/v1/open")).isEmpty();
    }
}
