package io.millrace.api.job;

import io.millrace.api.http.ApiProblem;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Limits;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Takes a payload out of a body: the bytes between its braces, checked as JSON while they are skipped, never built. */
final class PayloadSlice {

    private PayloadSlice() {}

    /**
     * Reads the value the parser stands at; empty when it is no object, which is noted.
     *
     * @throws ApiProblem 413 when it is too large
     */
    static Optional<byte[]> read(JsonParser parser, FieldReader reader, byte[] body, String pointer) {
        if (!reader.fits(JsonToken.START_OBJECT, pointer, "a JSON object")) {
            return Optional.empty();
        }
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        int end = (int) parser.currentLocation().getByteOffset();
        if (end - start > Limits.MAX_PAYLOAD_BYTES) {
            throw ApiProblem.of(
                    ErrorCode.TOO_LARGE,
                    pointer + " has " + (end - start) + " bytes; the limit is " + Limits.MAX_PAYLOAD_BYTES
                            + "; keep large data elsewhere and send where it is");
        }
        return Optional.of(Arrays.copyOfRange(body, start, end));
    }
}
