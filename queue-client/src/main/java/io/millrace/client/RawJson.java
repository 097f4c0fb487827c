package io.millrace.client;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonFactory;

/**
 * A payload that is JSON already and is sent as it is. Immutable.
 *
 * <p>It is checked to be exactly one JSON value, because it becomes part of a larger document: a stray bracket would
 * otherwise change the request around it.
 */
public final class RawJson {

    private static final JsonFactory JSON = new JsonFactory();

    private final byte[] bytes;

    private RawJson(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * JSON as text.
     *
     * @throws IllegalArgumentException when the text is not exactly one JSON value
     */
    public static RawJson of(String json) {
        check(json);
        return new RawJson(json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * JSON as bytes, of which a copy is taken.
     *
     * @throws IllegalArgumentException when they are not UTF-8, or not exactly one JSON value
     */
    public static RawJson of(byte[] utf8) {
        byte[] copy = utf8.clone();
        try {
            check(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(copy))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a raw payload must be UTF-8", e);
        }
        return new RawJson(copy);
    }

    /** Not a copy: the caller must not change it. */
    byte[] bytes() {
        return bytes;
    }

    /** Its size only: a payload may hold what must not be in a log. */
    @Override
    public String toString() {
        return "RawJson[" + bytes.length + " bytes]";
    }

    private static void check(String json) {
        try (JsonParser parser = JSON.createParser(tools.jackson.core.ObjectReadContext.empty(), json)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new IllegalArgumentException("a raw payload must be one JSON value, not nothing");
            }
            parser.skipChildren();
            // A number or word is only read to its end when its text is asked for.
            parser.finishToken();
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("a raw payload must be one JSON value; there is more after it");
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException("a raw payload must be JSON: " + e.getOriginalMessage(), e);
        }
    }
}
