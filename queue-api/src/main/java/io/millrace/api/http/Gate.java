package io.millrace.api.http;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.millrace.core.access.ApiKey;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.access.Scope;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.protocol.ErrorCode;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request in when it carries a live API key, and to a route when the key has the route's scope. {@link Scope#ADMIN}
 * opens every route.
 */
public final class Gate {

    private static final String CALLER = "millrace.caller";
    private static final String SCHEME = "Bearer ";
    private static final String CURE = "; send the header 'Authorization: Bearer KEY' with a key that is in force";

    private final ApiKeys keys;

    /** @param keys asked by every request; remembers what it found, so that there should be one */
    public Gate(ApiKeys keys) {
        this.keys = keys;
    }

    /** Settles who calls, or ends the request with 401. */
    public void identify(Context ctx) {
        ctx.req().setAttribute(CALLER, authenticate(ctx.req().getHeader("Authorization")));
    }

    /** The handler behind the scope: 401 without a key, 403 when the key lacks it. */
    Handler guard(Scope scope, Handler handler) {
        return ctx -> {
            if (ctx.req().getAttribute(CALLER) == null) {
                identify(ctx);
            }
            ApiKey caller = caller(ctx);
            if (!caller.may(scope)) {
                throw ApiProblem.of(
                        ErrorCode.FORBIDDEN,
                        "this route needs the scope '" + scope.name().toLowerCase(Locale.ROOT)
                                + "', which the API key does not have");
            }
            handler.handle(ctx);
        };
    }

    /** Whose key the request carries. */
    public static ApiKey caller(Context ctx) {
        if (ctx.req().getAttribute(CALLER) instanceof ApiKey caller) {
            return caller;
        }
        throw new IllegalStateException("a route asked for its caller, but nobody was identified");
    }

    /**
     * Whether the key of a request that goes on for long is still in force. While PostgreSQL is away nothing can be revoked,
     * so that it is.
     */
    public boolean isStillOpenTo(Context ctx) {
        try {
            return keys.authenticate(token(ctx.req().getHeader("Authorization")))
                    .isPresent();
        } catch (StoreUnavailableException e) {
            return true;
        }
    }

    /** Settles who calls anew, after a long time: 401 when the key is not in force any more. */
    public void requireStillOpenTo(Context ctx) {
        if (!isStillOpenTo(ctx)) {
            throw outOfForce();
        }
    }

    /** Whose key such an {@code Authorization} header carries, if that can be told at once. */
    Optional<ApiKey> remembered(@Nullable String header) {
        return header == null || !header.startsWith(SCHEME)
                ? Optional.empty()
                : keys.remembered(header.substring(SCHEME.length()));
    }

    private ApiKey authenticate(@Nullable String header) {
        if (header == null) {
            throw ApiProblem.of(ErrorCode.UNAUTHENTICATED, "the request carries no API key" + CURE);
        }
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw ApiProblem.of(
                    ErrorCode.UNAUTHENTICATED, "the Authorization header is not of the form Bearer KEY" + CURE);
        }
        return keys.authenticate(token(header)).orElseThrow(Gate::outOfForce);
    }

    private static String token(String header) {
        return header.substring(SCHEME.length()).trim();
    }

    private static ApiProblem outOfForce() {
        return ApiProblem.of(ErrorCode.UNAUTHENTICATED, "the API key is unknown, expired or revoked" + CURE);
    }
}
