package io.millrace.api.http;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads small bodies as trees: objects a few levels deep, without repeated names. Safe for any number of threads. */
public final class JsonTree {

    private static final int MAX_DEPTH = 8;
    private static final int MAX_NUMBER_LENGTH = 100;
    private static final int MAX_NAME_LENGTH = 256;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxNameLength(MAX_NAME_LENGTH)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonTree() {}

    /**
     * The object that a body is.
     *
     * @param what it is an object of, for the message
     * @throws ApiProblem 400 when it is none
     */
    public static ObjectNode object(byte[] body, String what) {
        JsonNode tree;
        try {
            tree = JSON.readTree(body);
        } catch (JacksonException e) {
            throw ApiProblem.of(ErrorCode.MALFORMED_REQUEST, "the body is not JSON: " + e.getOriginalMessage());
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw ApiProblem.of(ErrorCode.MALFORMED_REQUEST, "the body must be a JSON object of " + what);
    }

    /** The problem of a member of the body. */
    public static FieldProblem problem(String name, String detail) {
        return new FieldProblem("/" + name.replace("~", "~0").replace("/", "~1"), detail);
    }
}
