package io.millrace.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** {@code openapi.yaml}, and whether answers are as it says. Safe for any number of threads. */
public final class Contract {

    /** One operation of the contract. */
    public record Operation(String path, String method, JsonNode node) {

        /** The scope that a key needs; empty for an operation that is open to all. */
        public Optional<String> scope() {
            JsonNode scope = node.at("/security/0/api_key/0");
            return scope.isMissingNode() ? Optional.empty() : Optional.of(scope.asString());
        }

        /** Whether the answer is a stream that does not end. */
        public boolean streams() {
            return node.at("/responses/200/content").has("text/event-stream");
        }

        /** The names of its query parameters. */
        public Set<String> queryParameters() {
            return node.path("parameters")
                    .valueStream()
                    .map(parameter -> parameter.has("$ref")
                            ? ROOT.at(parameter.get("$ref").asString().substring(1))
                            : parameter)
                    .filter(parameter -> parameter.get("in").asString().equals("query"))
                    .map(parameter -> parameter.get("name").asString())
                    .collect(Collectors.toSet());
        }

        @Override
        public String toString() {
            return method.toUpperCase(Locale.ROOT) + " " + path;
        }
    }

    private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");
    /** Answers that an operation need not list by their number, since any may give them. */
    private static final List<Integer> EVERYWHERE = List.of(400, 404, 405, 408, 414, 431, 500);

    private static final String OTHER = "/components/responses/Other";

    /** What HTTP itself needs, so that no contract speaks of it. */
    private static final Set<String> HTTP =
            Set.of("date", "content-length", "content-type", "transfer-encoding", "connection");

    private static final String IRI = "https://contract.invalid/openapi";
    private static final JsonNode ROOT = read();
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(Map.of(IRI, ROOT.toString())));
    private static final Map<String, Schema> KNOWN = new ConcurrentHashMap<>();

    private Contract() {}

    /** Every operation, in the file's order. */
    public static List<Operation> operations() {
        return ROOT.get("paths")
                .propertyStream()
                .flatMap(path -> path.getValue()
                        .propertyStream()
                        .filter(member -> METHODS.contains(member.getKey()))
                        .map(member -> new Operation(path.getKey(), member.getKey(), member.getValue())))
                .toList();
    }

    /** The value at a JSON pointer; missing where there is none. */
    public static JsonNode at(String pointer) {
        return ROOT.at(pointer);
    }

    /**
     * Fails unless the answer is one that the contract lists for what was asked: its status, headers, media type and
     * body. What is asked of paths that are not in it must be refused as a problem.
     */
    public static void check(HttpResponse<String> answer) {
        check(
                answer.request().method(),
                answer.uri().getPath(),
                new Answer(answer.statusCode(), answer.headers(), answer.body()));
    }

    /**
     * An answer, however it was got.
     *
     * @param statusCode its status
     * @param headers its headers
     * @param body its body
     */
    public record Answer(int statusCode, HttpHeaders headers, String body) {}

    /** As {@link #check(HttpResponse)}. */
    public static void check(String asking, String path, Answer answer) {
        String method = asking.toLowerCase(Locale.ROOT);
        String asked = method + " " + path;
        String operation = operationOf(method.equals("head") ? "get" : method, path);
        if (EVERYWHERE.contains(answer.statusCode())) {
            checkProblem(answer, method, asked);
        }
        if (!operation.isEmpty() || EVERYWHERE.contains(answer.statusCode())) {
            String at = response(operation, answer.statusCode());
            assertThat(ROOT.at(at).isMissingNode())
                    .as(
                            "%s answered %d, which the contract does not list: %s",
                            asked, answer.statusCode(), answer.body())
                    .isFalse();
            checkHeaders(answer, at, asked);
            if (!method.equals("head")) {
                checkBody(answer, at, asked);
            }
        }
    }

    /** The pointer of what such an answer must be; of nothing when the operation has no such answer. */
    private static String response(String operation, int status) {
        String listed = resolved(operation + "/responses/" + status);
        if (!ROOT.at(listed).isMissingNode() || !EVERYWHERE.contains(status)) {
            return listed;
        }
        return operation.isEmpty() ? OTHER : resolved(operation + "/responses/default");
    }

    /** What is wrong with a value by the schema at a pointer; empty when nothing is. */
    public static String problems(String schemaPointer, String json) {
        return KNOWN
                .computeIfAbsent(schemaPointer, Contract::schema)
                .validate(
                        json,
                        InputFormat.JSON,
                        context -> context.setExecutionConfig(ExecutionConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build()))
                .stream()
                .map(Object::toString)
                .reduce("", (all, error) -> all + "\n" + error);
    }

    /** A part of a pointer, escaped. */
    public static String escaped(String part) {
        return part.replace("~", "~0").replace("/", "~1");
    }

    /** Fails unless the answer is a problem. */
    public static void checkProblem(Answer answer, String method, String asked) {
        assertThat(answer.headers().firstValue("Content-Type")).as(asked).contains("application/problem+json");
        if (!method.equals("head")) {
            assertThat(problems("/components/schemas/Problem", answer.body()))
                    .as(asked)
                    .isEmpty();
        }
    }

    private static void checkHeaders(Answer answer, String at, String asked) {
        Set<String> declared = ROOT.at(at + "/headers")
                .propertyStream()
                .map(header -> header.getKey().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        assertThat(answer.headers().map().keySet().stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .filter(name -> !HTTP.contains(name) && !declared.contains(name)))
                .as("headers of %s, answered %d, that the contract does not declare", asked, answer.statusCode())
                .isEmpty();
        ROOT.at(at + "/headers").propertyStream().forEach(header -> {
            String pointer = resolved(at + "/headers/" + escaped(header.getKey()));
            Optional<String> value = answer.headers().firstValue(header.getKey());
            if (ROOT.at(pointer + "/required").asBoolean(false)) {
                assertThat(value).as("%s of %s", header.getKey(), asked).isPresent();
            }
            value.ifPresent(text -> assertThat(problems(pointer + "/schema", new StringNode(text).toString()))
                    .as("%s of %s", header.getKey(), asked)
                    .isEmpty());
        });
    }

    private static void checkBody(Answer answer, String at, String asked) {
        JsonNode content = ROOT.at(at + "/content");
        if (content.isMissingNode()) {
            assertThat(answer.body()).as("body of %s", asked).isEmpty();
            return;
        }
        String type = answer.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
        String media = content.has(type) ? type : "*/*";
        assertThat(content.has(media)).as("media type %s of %s", type, asked).isTrue();
        if (media.endsWith("json")) {
            assertThat(problems(at + "/content/" + escaped(media) + "/schema", answer.body()))
                    .as("%s answered %d with %s", asked, answer.statusCode(), answer.body())
                    .isEmpty();
        }
    }

    /** The pointer of the operation; empty when the contract has none. A path without parameters goes first. */
    private static String operationOf(String method, String path) {
        return operations().stream()
                .filter(operation -> operation.method().equals(method))
                .filter(operation -> Pattern.matches(operation.path().replaceAll("\\{[^}]*}", "[^/]+"), path))
                .min((a, b) -> Boolean.compare(a.path().contains("{"), b.path().contains("{")))
                .map(operation -> "/paths/" + escaped(operation.path()) + "/" + method)
                .orElse("");
    }

    /** What a node stands for: itself, or what it refers to. */
    public static JsonNode resolved(JsonNode node) {
        String reference = node.path("$ref").asString("");
        return reference.isEmpty() ? node : resolved(ROOT.at(reference.substring(1)));
    }

    private static String resolved(String pointer) {
        JsonNode node = ROOT.at(pointer);
        String reference = node.path("$ref").asString("");
        return reference.isEmpty() ? pointer : resolved(reference.substring(1));
    }

    private static Schema schema(String pointer) {
        if (ROOT.at(pointer) instanceof MissingNode) {
            throw new IllegalArgumentException("the contract has nothing at " + pointer);
        }
        return SCHEMAS.getSchema("{\"$ref\": \"" + IRI + "#" + pointer.replace("*", "%2A") + "\"}");
    }

    private static JsonNode read() {
        try (InputStream in = ContractRoutes.class.getResourceAsStream(ContractRoutes.RESOURCE)) {
            return new YAMLMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
