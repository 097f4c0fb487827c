package io.millrace.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {

    private static final ClientAddress DIRECT = new ClientAddress(List.of());
    private static final ClientAddress BEHIND = new ClientAddress(List.of("10.0.0.0/8", "192.0.2.1", "fd00::/8"));

    @Test
    void nobody_is_believed_about_where_he_is_unless_he_is_trusted() {
        assertThat(DIRECT.of("198.51.100.7", List.of("203.0.113.9"))).isEqualTo("198.51.100.7");
        assertThat(BEHIND.of("198.51.100.7", List.of("203.0.113.9"))).isEqualTo("198.51.100.7");
        assertThat(BEHIND.of("10.1.2.3", List.of("203.0.113.9"))).isEqualTo("203.0.113.9");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                // What the client made up stands before what the first proxy saw.
                "1.1.1.1, 203.0.113.9, 10.0.0.2; 203.0.113.9",
                "203.0.113.9, 10.0.0.2, 192.0.2.1; 203.0.113.9",
                "10.9.9.9, 10.0.0.2; 10.9.9.9",
                "unknown, 10.0.0.2; 10.0.0.2",
                "203.0.113.9:4711; 10.1.2.3",
                "localhost; 10.1.2.3",
                "'' ; 10.1.2.3",
                "2001:db8:1:2:3:4:5:6; 20010db800010002::"
            })
    void the_last_address_that_no_trusted_proxy_has_is_the_clients(String forwarded, String client) {
        assertThat(BEHIND.of("10.1.2.3", List.of(forwarded))).isEqualTo(client);
    }

    @Test
    void several_headers_are_one_and_ipv6_addresses_stand_for_their_network() {
        assertThat(BEHIND.of("10.1.2.3", List.of("1.1.1.1", "203.0.113.9"))).isEqualTo("203.0.113.9");
        String one = DIRECT.of("2001:db8:1:2:3:4:5:6", List.of());
        assertThat(DIRECT.of("[2001:db8:1:2:ffff::1%eth0]", List.of())).isEqualTo(one);
        assertThat(DIRECT.of("2001:db8:1:3::1", List.of())).isNotEqualTo(one);
        assertThat(DIRECT.of("::ffff:198.51.100.7", List.of())).isEqualTo("198.51.100.7");
        assertThat(BEHIND.of("fd12::1", List.of("203.0.113.9"))).isEqualTo("203.0.113.9");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "10.0.0",
                "10.0.0.256",
                "10.0.0.0/33",
                "10.0.0.0/",
                "::/129",
                "abc",
                "a.b:c",
                ".:1",
                "1:2"
            })
    void what_is_no_network_is_none_and_no_name_is_looked_up(String text) {
        assertThat(Network.parse(text)).isEmpty();
    }
}
