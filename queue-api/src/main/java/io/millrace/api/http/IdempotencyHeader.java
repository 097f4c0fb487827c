package io.millrace.api.http;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Limits;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code Idempotency-Key}: a structured-field string (RFC 9651, as the IETF draft has it) such as
 * {@code "order-17"}, or the same text bare. Both forms of one text are one key.
 */
public final class IdempotencyHeader {

    /** The header's name. */
    public static final String NAME = "Idempotency-Key";

    private IdempotencyHeader() {}

    /**
     * The key of a request; empty when it has none.
     *
     * @throws ApiProblem 400 when it is malformed, too long or given twice
     */
    public static Optional<String> of(HttpServletRequest request) {
        return request.getHeader(NAME) == null ? Optional.empty() : of(Collections.list(request.getHeaders(NAME)));
    }

    /**
     * The key of a request that has these headers of that name.
     *
     * @throws ApiProblem 400 when it is malformed, too long or given twice
     */
    public static Optional<String> of(List<String> all) {
        if (all.isEmpty()) {
            return Optional.empty();
        }
        if (all.size() > 1) {
            throw refused("is given " + all.size() + " times; send one");
        }
        String text = all.getFirst().trim();
        return Optional.of(checked(text.startsWith("\"") ? unquoted(text) : text));
    }

    /**
     * The key itself, if it is one: 1 to {@link Limits#MAX_IDEMPOTENCY_KEY_LENGTH} characters of printable ASCII.
     *
     * @throws ApiProblem 400 when it is not
     */
    public static String checked(String key) {
        if (key.isEmpty()) {
            throw refused("is empty; leave it out or send a key such as a UUID");
        }
        if (key.length() > Limits.MAX_IDEMPOTENCY_KEY_LENGTH) {
            throw refused("has " + key.length() + " characters; the limit is " + Limits.MAX_IDEMPOTENCY_KEY_LENGTH);
        }
        if (!key.chars().allMatch(c -> c >= 0x20 && c <= 0x7e)) {
            throw refused("may hold printable ASCII characters only");
        }
        return key;
    }

    private static String unquoted(String text) {
        var key = new StringBuilder(text.length());
        int at = 1;
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c == '\\') {
                if (at == text.length() || (text.charAt(at) != '"' && text.charAt(at) != '\\')) {
                    throw refused("has a backslash before something other than '\"' or '\\'");
                }
                c = text.charAt(at++);
            }
            key.append(c);
        }
        if (at != text.length() - 1) {
            throw refused("starts with a quote but does not end with its closing quote");
        }
        return key.toString();
    }

    private static ApiProblem refused(String what) {
        return ApiProblem.of(ErrorCode.INVALID_IDEMPOTENCY_KEY, "the idempotency key " + what);
    }
}
