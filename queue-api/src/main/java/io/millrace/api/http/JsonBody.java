package io.millrace.api.http;

import io.javalin.http.Context;
import io.millrace.protocol.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

/**
 * The bytes of a JSON request, counted while they are read, so that a body without a length, or with a wrong one, meets
 * the limit too. Memory is taken from the budget as bytes arrive and given back on close.
 */
public final class JsonBody implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final long LEAST_BYTES_PER_SECOND = 4 * 1024;
    private static final long NANOS = 1_000_000_000L;
    private static final int FIRST_BUFFER = 8 * 1024;

    private final BodyBudget budget;
    private final int limit;
    private byte[] buffer;
    private int length;

    private JsonBody(BodyBudget budget, int limit, int firstBuffer) {
        this.budget = budget;
        this.limit = limit;
        budget.take(firstBuffer);
        this.buffer = new byte[firstBuffer];
    }

    /**
     * Reads the whole body.
     *
     * @param limit the largest body in bytes
     * @throws ApiProblem 400 or 408 when it does not come, or too slowly, 413 when it is larger, 415 when it is not plain JSON, 503 when the budget is spent
     */
    public static JsonBody read(Context ctx, int limit, BodyBudget budget) {
        return read(ctx, limit, budget, List.of(JsonText.MEDIA_TYPE));
    }

    /** As {@link #read(Context, int, BodyBudget)}, of any of these media types. */
    public static JsonBody read(Context ctx, int limit, BodyBudget budget, List<String> mediaTypes) {
        HttpServletRequest request = ctx.req();
        requireJson(request, mediaTypes);
        long announced = request.getContentLengthLong();
        if (announced > limit) {
            throw tooLarge(limit);
        }
        int first = announced >= 0 ? (int) Math.min(announced + 1, FIRST_BUFFER) : FIRST_BUFFER;
        var body = new JsonBody(budget, limit, first);
        try {
            body.readAll(request.getInputStream());
            return body;
        } catch (IOException e) {
            body.close();
            throw ApiProblem.of(
                    e.getCause() instanceof TimeoutException ? ErrorCode.REQUEST_TIMEOUT : ErrorCode.MALFORMED_REQUEST,
                    "the body did not come whole; send it again");
        } catch (RuntimeException e) {
            body.close();
            throw e;
        }
    }

    /** The bytes; exactly as long as the body. */
    public byte[] bytes() {
        return buffer.length == length ? buffer : Arrays.copyOf(buffer, length);
    }

    @Override
    public void close() {
        budget.giveBack(buffer.length);
        buffer = new byte[0];
        length = 0;
    }

    private void readAll(InputStream in) throws IOException {
        long begun = System.nanoTime();
        int read = in.read(buffer, length, buffer.length - length);
        while (read >= 0) {
            length += read;
            if (length > limit) {
                throw tooLarge(limit);
            }
            if (length == buffer.length) {
                grow();
            }
            requirePace(System.nanoTime() - begun);
            read = in.read(buffer, length, buffer.length - length);
        }
    }

    /** A silent caller meets the server's idle time-out; this is for those who send a byte now and then. */
    private void requirePace(long nanos) {
        if (nanos > GRACE.toNanos() + length * (NANOS / LEAST_BYTES_PER_SECOND)) {
            throw ApiProblem.of(
                    ErrorCode.REQUEST_TIMEOUT,
                    "the body comes too slowly; after " + GRACE.toSeconds() + " s it must have come at "
                            + LEAST_BYTES_PER_SECOND + " bytes a second");
        }
    }

    private void grow() {
        int more = Math.min(buffer.length, limit + 1 - buffer.length);
        budget.take(more);
        buffer = Arrays.copyOf(buffer, buffer.length + more);
    }

    /** Whether the request says that its body is of this media type, in UTF-8. */
    public static boolean is(Context ctx, String mediaType) {
        String type = ctx.req().getContentType();
        return type != null && is(type, mediaType);
    }

    private static void requireJson(HttpServletRequest request, List<String> mediaTypes) {
        String type = request.getContentType();
        if (type == null || mediaTypes.stream().noneMatch(wanted -> is(type, wanted))) {
            throw ApiProblem.of(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "the body must be JSON in UTF-8; send the header 'Content-Type: "
                            + String.join("' or '", mediaTypes) + "'");
        }
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw ApiProblem.of(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "compressed bodies are not read; send it without Content-Encoding");
        }
    }

    static boolean isJson(String contentType) {
        return is(contentType, JsonText.MEDIA_TYPE);
    }

    private static boolean is(String contentType, String mediaType) {
        if (contentType.equals(mediaType)) {
            return true;
        }
        String[] parts = contentType
                .toLowerCase(Locale.ROOT)
                .replace(" ", "")
                .replace("\"", "")
                .split(";", -1);
        return parts[0].equals(mediaType)
                && Arrays.stream(parts)
                        .skip(1)
                        .allMatch(part -> !part.startsWith("charset=") || part.equals("charset=utf-8"));
    }

    private static ApiProblem tooLarge(int limit) {
        return ApiProblem.of(
                ErrorCode.TOO_LARGE, "the body is over the limit of " + limit + " bytes; send less in one request");
    }
}
