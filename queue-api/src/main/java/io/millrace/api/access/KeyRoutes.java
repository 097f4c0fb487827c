package io.millrace.api.access;

import io.javalin.http.Context;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.BodyBudget;
import io.millrace.api.http.Gate;
import io.millrace.api.http.JsonAnswer;
import io.millrace.api.http.JsonBody;
import io.millrace.api.http.QueryText;
import io.millrace.api.http.RouteTable;
import io.millrace.core.access.ApiKey;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.access.Grant;
import io.millrace.core.access.Scope;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Makes, lists and revokes API keys. Safe for any number of threads. */
public final class KeyRoutes {

    private static final String PATH = "/v1/keys";
    private static final int MOST_BYTES = 16 * 1024;
    private static final int USUAL_PAGE = 100;
    private static final int LARGEST_PAGE = 1_000;

    private final ApiKeys keys;
    private final BodyBudget budget;
    private final InstantSource clock;

    /**
     * @param keys the same that the gate asks, so that a revoked key is out of force here at once
     * @param budget what request bodies may take of this process's memory
     */
    public KeyRoutes(ApiKeys keys, BodyBudget budget, InstantSource clock) {
        this.keys = keys;
        this.budget = budget;
        this.clock = clock;
    }

    /** Adds them to the table. */
    public void addTo(RouteTable table) {
        table.post(PATH, Scope.ADMIN, this::create)
                .get(PATH, Scope.ADMIN, this::list, "limit", "cursor")
                .delete(PATH + "/{id}", Scope.ADMIN, this::revoke);
    }

    private void create(Context ctx) throws IOException {
        ApiKey granting = Gate.caller(ctx);
        Instant now = clock.instant();
        try (JsonBody body = JsonBody.read(ctx, MOST_BYTES, budget)) {
            Grant grant = GrantBody.read(body.bytes(), granting, now);
            List<FieldProblem> beyond = grant.beyond(granting);
            if (!beyond.isEmpty()) {
                throw ApiProblem.ofFields(ErrorCode.FORBIDDEN, beyond);
            }
            ApiKeys.Created created = keys.create(grant, granting);
            JsonAnswer.send(ctx, 201, out -> AccessJson.created(out, created, now));
        }
    }

    private void list(Context ctx) throws IOException {
        int limit = QueryText.wholeNumber(ctx, "limit", 1, LARGEST_PAGE).orElse(USUAL_PAGE);
        ApiKeys.Keys page = keys.list(Gate.caller(ctx).queues(), AccessJson.cursor(ctx), limit);
        Instant now = clock.instant();
        JsonAnswer.send(ctx, 200, out -> {
            out.writeStartObject();
            out.writeName("keys");
            out.writeStartArray();
            page.keys().forEach(key -> AccessJson.key(out, key, now));
            out.writeEndArray();
            AccessJson.next(out, page.next());
            out.writeEndObject();
        });
    }

    private void revoke(Context ctx) {
        String id = ctx.pathParam("id");
        if (!keys.revoke(id, Gate.caller(ctx))) {
            throw ApiProblem.of(
                    ErrorCode.NOT_FOUND, "there is no API key of the id " + id + "; GET " + PATH + " lists them");
        }
        ctx.status(204);
    }
}
