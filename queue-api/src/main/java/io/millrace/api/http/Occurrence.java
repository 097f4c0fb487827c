package io.millrace.api.http;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Which request met a problem, as the problem names it.
 *
 * @param instance the request's path as a URI reference, without the query, which may hold what is nobody's business;
 *     empty when none could be read
 * @param requestId as in the answer's {@code X-Request-Id}; empty for a request that never got one
 */
public record Occurrence(String instance, String requestId) {

    /** Longer than the path of any route. */
    static final int LONGEST_INSTANCE = 512;

    private static final int ESCAPE_LENGTH = 3;
    private static final String PLAIN_MARKS = "/-._~!$&'()*+,;=:@";

    /** A request that is with the routes. */
    public static Occurrence of(Context ctx) {
        return of(ctx.req().getRequestURI(), RequestId.of(ctx));
    }

    /** A request of this path, given as it was sent. */
    static Occurrence of(@Nullable String path, String requestId) {
        return new Occurrence(path == null || !path.startsWith("/") ? "" : reference(path), requestId);
    }

    /** What no URI may hold is escaped, and a path that is too long is cut between two characters. */
    private static String reference(String path) {
        // Two slashes at the beginning would name a host (RFC 3986, 4.2).
        byte[] bytes = (path.startsWith("//") ? "/." + path : path).getBytes(StandardCharsets.UTF_8);
        var reference = new StringBuilder(bytes.length);
        int at = 0;
        while (at < bytes.length && reference.length() <= LONGEST_INSTANCE - ESCAPE_LENGTH) {
            if (isEscape(bytes, at)) {
                reference.append(new String(bytes, at, ESCAPE_LENGTH, StandardCharsets.US_ASCII));
                at += ESCAPE_LENGTH;
            } else {
                append(reference, bytes[at]);
                at++;
            }
        }
        return reference.toString();
    }

    private static boolean isEscape(byte[] bytes, int at) {
        return bytes[at] == '%'
                && at + 2 < bytes.length
                && Character.digit(bytes[at + 1], 16) >= 0
                && Character.digit(bytes[at + 2], 16) >= 0;
    }

    private static void append(StringBuilder reference, byte one) {
        if ((one >= 'a' && one <= 'z')
                || (one >= 'A' && one <= 'Z')
                || (one >= '0' && one <= '9')
                || PLAIN_MARKS.indexOf(one) >= 0) {
            reference.append((char) one);
        } else {
            reference.append(String.format("%%%02X", one & 0xff));
        }
    }
}
