package io.millrace.api.access;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.millrace.api.http.Gate;
import io.millrace.api.http.JsonAnswer;
import io.millrace.api.http.QueryText;
import io.millrace.api.http.RouteTable;
import io.millrace.core.access.ApiKey;
import io.millrace.core.access.Scope;
import io.millrace.core.job.AuditEntry;
import io.millrace.core.job.AuditFilter;
import io.millrace.core.operate.AuditLog;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** {@code GET /v1/audit}: who did what. Safe for any number of threads. */
public final class AuditRoute implements Handler {

    private static final int USUAL_PAGE = 50;
    private static final int LARGEST_PAGE = 200;
    private static final int LONGEST_TARGET = 64;
    private static final String ACTIONS = "one of "
            + Arrays.stream(AuditEntry.Action.values())
                    .map(AuditEntry.Action::wireName)
                    .collect(Collectors.joining(", "));

    private final AuditLog log;

    /** @param log what is shown */
    public AuditRoute(AuditLog log) {
        this.log = log;
    }

    /** Adds it to the table. */
    public void addTo(RouteTable table) {
        table.get("/v1/audit", Scope.OPERATE, this, "action", "target", "from", "before", "limit", "cursor");
    }

    @Override
    public void handle(Context ctx) throws IOException {
        AuditFilter filter = new AuditFilter(
                QueryText.parsed(ctx, "action", AuditEntry.Action::parse, ACTIONS),
                QueryText.text(ctx, "target", LONGEST_TARGET),
                QueryText.moment(ctx, "from"),
                QueryText.moment(ctx, "before"));
        int limit = QueryText.wholeNumber(ctx, "limit", 1, LARGEST_PAGE).orElse(USUAL_PAGE);
        ApiKey caller = Gate.caller(ctx);
        AuditLog.Page page = log.page(filter, caller.queues(), caller.id(), AccessJson.cursor(ctx), limit);
        JsonAnswer.send(ctx, 200, out -> {
            out.writeStartObject();
            out.writeName("entries");
            out.writeStartArray();
            page.entries().forEach(entry -> AccessJson.entry(out, entry));
            out.writeEndArray();
            AccessJson.next(out, page.next());
            out.writeEndObject();
        });
    }
}
