package io.millrace.client;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a client reaches the service. Immutable; the {@code with} methods return changed copies.
 *
 * @param baseUrl where the service is, {@code http} or {@code https}, with the path in front of {@code /v1} where a
 *     proxy adds one; no query, no user info. A trailing slash is dropped
 * @param apiKey the key that is sent with every request; never printed
 * @param connectTimeout how long making a connection may take. Default: 5 s
 * @param requestTimeout how long one attempt may take until its answer is complete. Default: 10 s
 * @param totalDeadline how long a call may take with all its repeats and the pauses between them. An attempt that has
 *     begun is still given up to a second. Default: 30 s
 * @param payloadMapper writes the payload objects. Default: Jackson's own defaults, so that names are those of the
 *     payload's class
 */
public record MillraceClientConfig(
        URI baseUrl,
        String apiKey,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration totalDeadline,
        JsonMapper payloadMapper) {

    /** The environment variable that holds the base URL. */
    public static final String URL_VARIABLE = "MILLRACE_URL";

    /** The environment variable that holds the API key. */
    public static final String API_KEY_VARIABLE = "MILLRACE_API_KEY";

    private static final Duration LONGEST = Duration.ofHours(1);

    /**
     * Checks everything.
     *
     * @throws IllegalArgumentException when something is not as it must be; the message names all that is not
     */
    public MillraceClientConfig {
        var problems = new ArrayList<String>();
        checkUrl(baseUrl, problems);
        if (apiKey.isEmpty() || !apiKey.chars().allMatch(c -> c > ' ' && c <= '~')) {
            problems.add("the API key must be printable ASCII without spaces: copy it again, whole and without quotes");
        }
        checkTime("connectTimeout", connectTimeout, problems);
        checkTime("requestTimeout", requestTimeout, problems);
        checkTime("totalDeadline", totalDeadline, problems);
        if (requestTimeout.compareTo(totalDeadline) > 0) {
            problems.add("requestTimeout (" + requestTimeout + ") must not be longer than totalDeadline ("
                    + totalDeadline + "): shorten the one or lengthen the other");
        }
        refuseIf(problems);
        baseUrl = withoutTrailingSlash(baseUrl);
    }

    /**
     * The defaults for a service.
     *
     * @throws IllegalArgumentException when the URL or the key is not as it must be
     */
    public static MillraceClientConfig of(String baseUrl, String apiKey) {
        return new MillraceClientConfig(
                parse(baseUrl),
                apiKey,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                JsonMapper.shared());
    }

    /**
     * The defaults for the service named by {@value #URL_VARIABLE} and {@value #API_KEY_VARIABLE}.
     *
     * @throws IllegalArgumentException when a variable is missing, or not as it must be
     */
    public static MillraceClientConfig fromEnvironment() {
        return from(System.getenv());
    }

    /**
     * As {@link #fromEnvironment()}, for variables that are given.
     *
     * @throws IllegalArgumentException when a variable is missing, or not as it must be
     */
    public static MillraceClientConfig from(Map<String, String> environment) {
        var problems = new ArrayList<String>();
        for (String variable : List.of(URL_VARIABLE, API_KEY_VARIABLE)) {
            if (environment.getOrDefault(variable, "").isBlank()) {
                problems.add("the environment variable " + variable + " must be set");
            }
        }
        refuseIf(problems);
        return of(
                environment.getOrDefault(URL_VARIABLE, "").strip(),
                environment.getOrDefault(API_KEY_VARIABLE, "").strip());
    }

    /** A copy with another {@link #connectTimeout}. */
    public MillraceClientConfig withConnectTimeout(Duration timeout) {
        return new MillraceClientConfig(baseUrl, apiKey, timeout, requestTimeout, totalDeadline, payloadMapper);
    }

    /** A copy with another {@link #requestTimeout}. */
    public MillraceClientConfig withRequestTimeout(Duration timeout) {
        return new MillraceClientConfig(baseUrl, apiKey, connectTimeout, timeout, totalDeadline, payloadMapper);
    }

    /** A copy with another {@link #totalDeadline}. */
    public MillraceClientConfig withTotalDeadline(Duration deadline) {
        return new MillraceClientConfig(baseUrl, apiKey, connectTimeout, requestTimeout, deadline, payloadMapper);
    }

    /** A copy with another {@link #payloadMapper}. */
    public MillraceClientConfig withPayloadMapper(JsonMapper mapper) {
        return new MillraceClientConfig(baseUrl, apiKey, connectTimeout, requestTimeout, totalDeadline, mapper);
    }

    /** Everything but the key, which is shown as {@code ***}. */
    @Override
    public String toString() {
        return "MillraceClientConfig[baseUrl=" + baseUrl + ", apiKey=***, connectTimeout=" + connectTimeout
                + ", requestTimeout=" + requestTimeout + ", totalDeadline=" + totalDeadline + "]";
    }

    private static URI parse(String baseUrl) {
        try {
            return URI.create(baseUrl);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The client's configuration is not valid: the base URL is not a URL; it must look like"
                            + " https://millrace.example.com",
                    e);
        }
    }

    private static void checkUrl(URI url, List<String> problems) {
        String scheme = url.getScheme();
        if (scheme == null || !(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))) {
            problems.add("the base URL must begin with http:// or https://");
        } else if (url.getHost() == null) {
            problems.add("the base URL must name a host");
        }
        if (url.getRawUserInfo() != null) {
            problems.add("the base URL must not hold a user or password: the API key is given apart from it");
        }
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            problems.add("the base URL must end with its path: no '?' and no '#'");
        }
    }

    private static void checkTime(String name, Duration time, List<String> problems) {
        if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(LONGEST) > 0) {
            problems.add(name + " must be 1 ms to 1 h, not " + time);
        }
    }

    private static void refuseIf(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "The client's configuration is not valid: " + String.join("; ", problems));
        }
    }

    private static URI withoutTrailingSlash(URI url) {
        String text = url.toString();
        return text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : url;
    }
}
