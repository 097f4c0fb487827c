package io.millrace.api.http;

import io.javalin.http.Context;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names each request in the answer and in the log. A caller's own {@code X-Request-Id} is taken over when it is harmless
 * to print. It is a name for people, not a secret.
 */
public final class RequestId {

    /** The header, both ways. */
    public static final String HEADER = "X-Request-Id";

    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final HexFormat HEX = HexFormat.of();

    private RequestId() {}

    /** Settles the id of a request and puts it into the answer. */
    static void assign(Context ctx) {
        ctx.res().setHeader(HEADER, orNext(ctx.req().getHeader(HEADER)));
    }

    /** The id of a request that gives this one, or none. */
    static String orNext(@Nullable String given) {
        return given != null && HARMLESS.matcher(given).matches() ? given : next();
    }

    /** A fresh id. */
    static String next() {
        return HEX.toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /** The id of a request; empty for one that never reached the routes. */
    public static String of(Context ctx) {
        String id = ctx.res().getHeader(HEADER);
        return id == null ? "" : id;
    }
}
