package io.millrace.api;

import io.millrace.api.contract.Contract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** Values as a schema of the contract wants them, and every now and then as it does not. To be used by one thread. */
final class SchemaValues {

    private static final int MOST_DEPTH = 6;
    private static final int BENT_PERCENT = 12;

    /** Stands in whatever is sent, so that it can be looked for where nothing of that may be. */
    static final String CANARY = "canary-9b1f4c";

    private static final List<String> BENT_JSON = List.of(
            "\"" + CANARY + "\"",
            "{\"" + CANARY + "\":\"" + CANARY + "\"}",
            "null",
            "true",
            "0",
            "-1",
            "1.5",
            "1e400",
            "-1e-400",
            "1E+99999999",
            "99999999999999999999999999",
            "1".repeat(101),
            "-0",
            "NaN",
            "01",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\udfff\\ud800\"",
            "\"\\u202e\"",
            "\"\u0007\"",
            "[]",
            "{}",
            "[[]]",
            "[null]",
            "{\"a\":{\"a\":{\"a\":1}}}",
            "{\"\":\"\"}",
            "{\"a\":1,\"a\":2}",
            "[".repeat(70) + "]".repeat(70),
            "\"" + "x".repeat(70_000) + "\"",
            "{\"" + "n".repeat(300) + "\":1}",
            "\"'; DROP TABLE job; --\"",
            "undefined",
            "");

    private static final List<String> BENT_TEXTS = List.of(
            CANARY,
            "",
            " ",
            "\0",
            "a\0b",
            "\n",
            "\u00e4\u00f6\ud83d\ude00",
            "%",
            "_",
            "*",
            "own*",
            "\\",
            "'",
            "' OR 1=1 --",
            "\"",
            "../../etc/passwd",
            "<script>alert(1)</script>",
            "${jndi:ldap://x}",
            "null",
            "-1",
            "0",
            "1",
            "99999999999999999999",
            "1e9",
            "x".repeat(65),
            "x".repeat(3000),
            "2026-02-30T00:00:00Z",
            "9999-12-31T23:59:59.999999999Z",
            "-999999999-01-01T00:00:00Z",
            "+1000000-01-01T00:00:00Z",
            "0000-01-01T00:00:00+18:00",
            "P1000000000000Y",
            "PT1S",
            "30s",
            "9223372036854775807d",
            "{}",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

    private final RandomGenerator random;
    private final Map<String, List<String>> known;

    SchemaValues(RandomGenerator random, Map<String, List<String>> known) {
        this.random = random;
        this.known = known;
    }

    /** A text that nobody would think of. */
    String text() {
        return pick(BENT_TEXTS);
    }

    /** A value as a query parameter or header gives it. */
    String plain(JsonNode schema) {
        String json = json(schema, 0);
        return json.startsWith("\"") && json.endsWith("\"") && json.length() > 1
                ? json.substring(1, json.length() - 1)
                : json;
    }

    /** A value as JSON. */
    String json(JsonNode reference, int depth) {
        if (chance(BENT_PERCENT) && depth > 0) {
            return pick(BENT_JSON);
        }
        JsonNode schema = Contract.resolved(reference);
        if (schema.has("const")) {
            return schema.get("const").toString();
        }
        if (schema.has("enum")) {
            return pick(schema.get("enum").valueStream().toList()).toString();
        }
        if (schema.has("oneOf")) {
            return json(pick(schema.get("oneOf").valueStream().toList()), depth);
        }
        if (schema.has("allOf") || schema.has("properties")) {
            return object(schema, depth);
        }
        return switch (type(schema)) {
            case "string" -> string(reference, schema);
            case "integer", "number" -> number(schema);
            case "boolean" -> Boolean.toString(random.nextBoolean());
            case "array" -> array(schema, depth);
            case "object" -> depth < MOST_DEPTH ? "{\"n\": " + random.nextInt() + "}" : "{}";
            default -> "null";
        };
    }

    private String type(JsonNode schema) {
        JsonNode type = schema.path("type");
        return type.isArray() ? pick(type.valueStream().toList()).asString() : type.asString("null");
    }

    private String object(JsonNode schema, int depth) {
        List<String> members = new ArrayList<>();
        List<JsonNode> parts = new ArrayList<>(List.of(schema));
        schema.path("allOf").forEach(part -> parts.add(Contract.resolved(part)));
        for (JsonNode part : parts) {
            List<String> required =
                    part.path("required").valueStream().map(JsonNode::asString).toList();
            part.path("properties").propertyStream().forEach(property -> {
                if (required.contains(property.getKey()) ? chance(97) : chance(30)) {
                    members.add(quoted(property.getKey()) + ":" + json(property.getValue(), depth + 1));
                }
            });
        }
        if (chance(4)) {
            members.add(
                    pick(List.of("\"unknown\": 1", "\"\": 2", "\"\\u0000\": 3", "\"a/b~c\": 4", "\"type\": \"x\"")));
        }
        return "{" + String.join(",", members) + "}";
    }

    private String array(JsonNode schema, int depth) {
        int size = chance(5) ? 40 : random.nextInt(4);
        return IntStream.range(0, size)
                .mapToObj(i -> json(schema.path("items"), depth + 1))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private String number(JsonNode schema) {
        long least = schema.path("minimum").asLong(-5);
        long most = schema.path("maximum").asLong(100_000);
        return Long.toString(
                switch (random.nextInt(10)) {
                    case 0 -> least - 1;
                    case 1 -> most + 1;
                    case 2 -> least;
                    case 3 -> most;
                    default -> least + (long) (random.nextDouble() * (most - least));
                });
    }

    private String string(JsonNode reference, JsonNode schema) {
        String name = reference.path("$ref").asString("").replaceAll(".*/", "");
        if (known.containsKey(name)) {
            return quoted(pick(known.getOrDefault(name, List.of())));
        }
        return quoted(
                switch (schema.path("format").asString("")) {
                    case "date-time" ->
                        pick(List.of("2026-11-21T08:00:00Z", "2020-01-01T00:00:00+02:00", "2027-02-01T00:00:00.5Z"));
                    case "uuid" -> pick(known.getOrDefault("id", List.of("x")));
                    default -> pick(List.of("a", "x-1", "fuzz", text()));
                });
    }

    private static String quoted(String text) {
        return StringNode.valueOf(text).toString();
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
