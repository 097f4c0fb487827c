package io.millrace.api;

import io.millrace.api.contract.Contract;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Makes requests from the contract, as it says and bent here and there. All that is random comes from one source, so that a
 * seed tells the whole sequence. To be used by one thread.
 */
final class RequestMaker {

    private static final int MOST_BENT_BYTES = 300;
    private static final int MOST_LINES = 5;
    private static final String LINES = "application/x-ndjson";

    private final RandomGenerator random;
    private final Map<String, List<String>> known;
    private final SchemaValues values;

    /**
     * One request.
     *
     * @param operation what it is about
     * @param method its method, mostly the operation's
     * @param target what stands in the request line
     * @param headers lines, without those of the body's length
     * @param body its bytes
     * @param chunked whether the body comes without a length
     * @param straight whether the path is certainly one of the operation's
     */
    record Request(
            Contract.Operation operation,
            String method,
            String target,
            List<String> headers,
            byte[] body,
            boolean chunked,
            boolean straight) {

        /** Its beginning, for people. */
        String shown() {
            String text = new String(body, StandardCharsets.UTF_8);
            return method + " " + target + " " + headers + " "
                    + text.substring(0, Math.min(text.length(), MOST_BENT_BYTES));
        }
    }

    /**
     * @param random where all chance comes from
     * @param known values that exist, by the names of the contract's path parameters and headers, or by collection and name
     */
    RequestMaker(RandomGenerator random, Map<String, List<String>> known) {
        this.random = random;
        this.known = known;
        this.values = new SchemaValues(random, known);
    }

    /** The next request, for one operation. */
    Request next(Contract.Operation operation) {
        List<String> headers = new ArrayList<>(headers(operation));
        boolean inLines = operation.node().at("/requestBody/content").has(LINES) && chance(30);
        byte[] body = inLines ? lines(operation) : body(operation);
        if (body.length > 0 || chance(20)) {
            headers.add("Content-Type: " + (inLines && chance(95) ? LINES : contentType()));
        }
        boolean straight = chance(75);
        String target = path(operation, straight) + query(operation);
        return new Request(operation, method(operation), target, headers, body, chance(10), straight);
    }

    private String method(Contract.Operation operation) {
        if (operation.streams()) {
            // A stream does not end.
            return "HEAD";
        }
        return chance(3)
                ? pick("PUT", "OPTIONS", "HEAD", "POST", "DELETE", "PATCH", "TRACE", "BREW", "get")
                : operation.method().toUpperCase(Locale.ROOT);
    }

    private String path(Contract.Operation operation, boolean straight) {
        String path = operation.path();
        for (JsonNode parameter : parameters(operation, "path")) {
            String name = parameter.get("name").asString();
            String value = straight
                    ? encoded(pick(known(operation, name)))
                    : chance(50) ? encoded(values.text()) : rawSegment();
            path = path.replace("{" + name + "}", value);
        }
        return path;
    }

    /** What is known of the collection of the route, as operations.id, goes before what is known by the name alone. */
    private List<String> known(Contract.Operation operation, String name) {
        String collection = operation.path().replaceFirst("^/v1/([a-z-]+).*", "$1");
        return known.getOrDefault(collection + "." + name, known.getOrDefault(name, List.of("x")));
    }

    private String query(Contract.Operation operation) {
        List<String> query = new ArrayList<>();
        for (JsonNode parameter : parameters(operation, "query")) {
            if (chance(35)) {
                query.add(parameter.get("name").asString() + "=" + queryValue(parameter));
            }
        }
        if (chance(5)) {
            query.add(pick("unknown=1", "=", "%", "%zz=1", "a&b", "queue=a&queue=b", encoded(values.text())));
        }
        return query.isEmpty() ? "" : "?" + String.join("&", query);
    }

    private String queryValue(JsonNode parameter) {
        if (parameter.get("name").asString().equals("wait")) {
            // What is to take long is no hang.
            return pick("0s", "10ms", "PT0.01S", "-1s", "61s", "1", "", "x", "9999999999999d", "%00");
        }
        return chance(65)
                ? encoded(values.plain(parameter.path("schema")))
                : chance(80) ? encoded(values.text()) : pick("%", "%00", "%C0%80", "%FF", "+", "%ED%A0%80", "");
    }

    private List<String> headers(Contract.Operation operation) {
        var headers = new ArrayList<String>();
        if (!chance(4)) {
            headers.add("Authorization: Bearer " + pick(known.getOrDefault("Authorization", List.of())));
        } else {
            headers.add(pick(
                    "Authorization: Bearer",
                    "Authorization: Bearer mr_x",
                    "Authorization: Bearer mr_" + SchemaValues.CANARY,
                    "Authorization: Basic eA==",
                    "X: y"));
        }
        for (JsonNode parameter : parameters(operation, "header")) {
            if (chance(40)) {
                headers.add(parameter.get("name").asString() + ": " + headerValue());
            }
        }
        if (chance(8)) {
            headers.add(pick(
                    "Idempotency-Key: \"a\\",
                    "Idempotency-Key: " + "k".repeat(300),
                    "Accept: text/html;q=0.1, */*",
                    "Accept: application/openmetrics-text",
                    "Accept-Encoding: gzip",
                    "Content-Encoding: gzip",
                    "X-Request-Id: <script>",
                    "X-Request-Id: fuzz",
                    "If-Match: *",
                    "If-None-Match: *, \"x\", W/\"y\"",
                    "Range: bytes=0-0",
                    "Cookie: a=b; a=c",
                    "Origin: null",
                    "Expect: nothing",
                    "Traceparent: 00-zz",
                    "X-Http-Method-Override: DELETE",
                    "X-Long: " + "l".repeat(4000)));
        }
        return headers;
    }

    private String headerValue() {
        return pick(
                "*",
                "\"0123456789abcdef\"",
                "\"order-" + random.nextInt(20) + "\"",
                "bare-" + random.nextInt(20),
                "\"" + SchemaValues.CANARY + random.nextInt(20) + "\"",
                "\"",
                "\"\\x\"",
                "a,b,c",
                "\t",
                "x".repeat(256),
                "\u00e9\u00ff");
    }

    private String contentType() {
        return chance(90)
                ? "application/json"
                : pick(
                        "application/json; charset=utf-8",
                        "application/json; charset=latin1",
                        "text/plain",
                        LINES,
                        "multipart/form-data; boundary=x",
                        "",
                        ";",
                        "application/x-www-form-urlencoded");
    }

    private byte[] body(Contract.Operation operation) {
        JsonNode content = operation.node().path("requestBody").path("content").path("application/json");
        if (content.isMissingNode()) {
            return chance(3) ? bytes(values.text()) : new byte[0];
        }
        List<String> examples = Stream.concat(
                        content.path("examples").valueStream().map(example -> example.get("value")),
                        Stream.of(content.path("example")))
                .filter(example -> !example.isMissingNode())
                .map(JsonNode::toString)
                .toList();
        String text = chance(30) && !examples.isEmpty() ? pick(examples) : values.json(content.get("schema"), 0);
        return chance(15) ? broken(bytes(text)) : bytes(text);
    }

    /** Items of the array that the route takes otherwise, one a line, or what is none. */
    private byte[] lines(Contract.Operation operation) {
        JsonNode item = operation.node().at("/requestBody/content/application~1json/schema/items");
        StringBuilder lines = new StringBuilder();
        for (int i = random.nextInt(MOST_LINES + 1); i > 0; i--) {
            lines.append(chance(90) ? values.json(item, 0) : pick("", " \t", "{", "[]", "null", values.text()))
                    .append(pick("\n", "\r\n", "\n\n"));
        }
        return chance(15) ? broken(bytes(lines.toString())) : bytes(lines.toString());
    }

    /** The same with some bytes changed, cut off, or doubled. */
    private byte[] broken(byte[] body) {
        if (body.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(body.length);
        List<Supplier<byte[]>> ways = List.of(
                () -> Arrays.copyOf(body, at),
                () -> {
                    byte[] changed = body.clone();
                    changed[at] = (byte) random.nextInt();
                    return changed;
                },
                () -> bytes(new String(body, StandardCharsets.UTF_8).repeat(2)),
                () -> bytes("\ufeff" + new String(body, StandardCharsets.UTF_8)),
                () -> bytes("[".repeat(5000)),
                () -> bytes("{\"a\":".repeat(5000)));
        return pick(ways).get();
    }

    private String rawSegment() {
        return pick(
                "%2F",
                "%00", "..", "%2e%2e", "%", "%zz", "a%2Fb", ";x=y", "a;b", "%C0%AF", "//", "%E2%80%AE", "*", "~", "");
    }

    private static List<JsonNode> parameters(Contract.Operation operation, String in) {
        return Stream.concat(
                        Contract.at("/paths/" + Contract.escaped(operation.path()) + "/parameters")
                                .valueStream(),
                        operation.node().path("parameters").valueStream())
                .map(Contract::resolved)
                .filter(parameter -> parameter.get("in").asString().equals(in))
                .toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
