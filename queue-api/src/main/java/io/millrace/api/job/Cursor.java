package io.millrace.api.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javalin.http.Context;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.QueryText;
import io.millrace.core.job.JobFilter;
import io.millrace.core.postgres.JobWalk.Position;
import io.millrace.protocol.JobId;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/** Where a page of a list ended, as callers see it: an opaque text that goes with one filter. */
final class Cursor {

    private static final int SIZE = 28;

    private Cursor() {}

    /** The text of a position in the list of a filter. */
    static String text(JobFilter filter, Position position) {
        UUID id = position.id().value();
        byte[] bytes = ByteBuffer.allocate(SIZE)
                .putInt(checksum(filter))
                .putLong(position.micros())
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * The position that a request goes on from; empty for the first page.
     *
     * @throws ApiProblem 400 when the cursor is none, or belongs to a list with another filter
     */
    static Optional<Position> read(Context ctx, JobFilter filter) {
        return Optional.ofNullable(ctx.queryParam("cursor")).map(text -> position(text, filter));
    }

    private static Position position(String text, JobFilter filter) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw wrong();
        }
        if (bytes.length != SIZE) {
            throw wrong();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.getInt() != checksum(filter)) {
            throw wrong();
        }
        return new Position(buffer.getLong(), new JobId(new UUID(buffer.getLong(), buffer.getLong())));
    }

    private static int checksum(JobFilter filter) {
        CRC32C checksum = new CRC32C();
        checksum.update(filter.toString().getBytes(UTF_8));
        return (int) checksum.getValue();
    }

    private static ApiProblem wrong() {
        return QueryText.wrong(
                "cursor", "is not a cursor of this list; take next_cursor of a page with the same filters, or none");
    }
}
