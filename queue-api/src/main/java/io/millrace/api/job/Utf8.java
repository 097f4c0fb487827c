package io.millrace.api.job;

import io.millrace.api.http.ApiProblem;
import io.millrace.protocol.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Refuses bytes that are not UTF-8. The JSON parser is lenient about them inside of strings, and would read UTF-16 where
 * it sees it; but payloads are kept as given, and whoever reads them later counts on UTF-8.
 */
final class Utf8 {

    private static final int CHUNK = 4096;

    private Utf8() {}

    /** @throws ApiProblem 400 that says where the first wrong byte is */
    static void requireValid(byte[] text) {
        int start = asciiPrefix(text);
        if (start < text.length && start == 0 && (text[0] & 0xFF) == 0xEF) {
            throw ApiProblem.of(
                    ErrorCode.MALFORMED_REQUEST, "the body starts with a byte order mark; send plain UTF-8 without it");
        }
        if (text.length > 1 && (text[0] == 0 || text[1] == 0)) {
            throw ApiProblem.of(ErrorCode.MALFORMED_REQUEST, "the body is UTF-16 or UTF-32; send UTF-8");
        }
        if (start < text.length) {
            decode(text, start);
        }
    }

    private static int asciiPrefix(byte[] text) {
        int at = 0;
        while (at < text.length && text[at] >= 0) {
            at++;
        }
        return at;
    }

    private static void decode(byte[] text, int start) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(text, start, text.length - start);
        CharBuffer out = CharBuffer.allocate(Math.min(CHUNK, text.length - start + 1));
        CoderResult result = decoder.decode(in, out.clear(), true);
        while (result.isOverflow()) {
            result = decoder.decode(in, out.clear(), true);
        }
        if (result.isError()) {
            throw ApiProblem.of(
                    ErrorCode.MALFORMED_REQUEST,
                    "the body is not UTF-8: the byte at offset " + in.position() + " is wrong");
        }
    }
}
