package io.millrace.api.http;

import io.millrace.core.config.Settings;
import io.millrace.core.limit.Quota;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How many requests are let in. A limit of 0 is none.
 *
 * @param perKey requests a second with one API key. Setting MILLRACE_KEY_RATE. Default: 100000.
 * @param perAddress requests a second from one address, whatever they carry. Setting MILLRACE_ADDRESS_RATE. Default: 100000.
 * @param strangers requests a minute from one address that carry no valid API key. Setting MILLRACE_STRANGER_RATE.
 *     Default: 600.
 * @param trustedProxies addresses and networks whose {@code X-Forwarded-For} is believed. Setting MILLRACE_TRUSTED_PROXIES.
 *     Default: none.
 */
public record RequestLimitsConfig(int perKey, int perAddress, int strangers, List<String> trustedProxies) {

    /** The default of {@code perKey}. */
    static final int DEFAULT_PER_KEY = 100_000;

    /** The default of {@code perAddress}. */
    static final int DEFAULT_PER_ADDRESS = 100_000;

    /** The default of {@code strangers}. */
    static final int DEFAULT_STRANGERS = 600;

    private static final int HIGHEST = 1_000_000;

    /** Copies the list. */
    public RequestLimitsConfig {
        trustedProxies = List.copyOf(trustedProxies);
    }

    /** Reads the settings; problems are noted there. */
    public static RequestLimitsConfig from(Settings settings) {
        List<String> proxies = settings.text("MILLRACE_TRUSTED_PROXIES").stream()
                .flatMap(text -> Arrays.stream(text.split(",", -1)))
                .map(String::strip)
                .toList();
        proxies.stream()
                .filter(proxy -> Network.parse(proxy).isEmpty())
                .findFirst()
                .ifPresent(
                        wrong -> settings.problem(
                                "MILLRACE_TRUSTED_PROXIES",
                                "has '" + wrong
                                        + "'; give addresses or networks such as 10.0.0.7, 10.0.0.0/8 or fd00::/8, with commas"));
        return new RequestLimitsConfig(
                settings.integer("MILLRACE_KEY_RATE", DEFAULT_PER_KEY, 0, HIGHEST),
                settings.integer("MILLRACE_ADDRESS_RATE", DEFAULT_PER_ADDRESS, 0, HIGHEST),
                settings.integer("MILLRACE_STRANGER_RATE", DEFAULT_STRANGERS, 0, HIGHEST),
                proxies);
    }

    Optional<Quota> keyQuota() {
        return quota("key", perKey, Duration.ofSeconds(1));
    }

    Optional<Quota> addressQuota() {
        return quota("address", perAddress, Duration.ofSeconds(1));
    }

    Optional<Quota> strangerQuota() {
        return quota("stranger", strangers, Duration.ofMinutes(1));
    }

    private static Optional<Quota> quota(String name, int requests, Duration window) {
        return requests == 0 ? Optional.empty() : Optional.of(new Quota(name, requests, window));
    }
}
