package io.millrace.api.http;

import io.javalin.http.Context;
import io.millrace.api.http.PromptRoute.Header;
import io.millrace.core.access.ApiKey;
import io.millrace.core.limit.Quota;
import io.millrace.core.limit.TokenLimit;
import io.millrace.protocol.ErrorCode;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.jetty.server.Request;

/**
 * Lets in so many requests of each address and of each API key, and so many of an address that carry no valid key. Who
 * has none left is answered 429 with {@code Retry-After} and the headers of draft-ietf-httpapi-ratelimit-headers. A request
 * counts once, however many jobs it brings. Safe for any number of threads.
 */
public final class RequestLimits {

    private final ClientAddress addresses;
    private final Optional<TokenLimit> perKey;
    private final Optional<TokenLimit> perAddress;
    private final Optional<TokenLimit> strangers;

    /**
     * Keeps the limits.
     *
     * @param limits makes what keeps a quota
     */
    public RequestLimits(RequestLimitsConfig config, Function<Quota, TokenLimit> limits) {
        this.addresses = new ClientAddress(config.trustedProxies());
        this.perKey = config.keyQuota().map(limits);
        this.perAddress = config.addressQuota().map(limits);
        this.strangers = config.strangerQuota().map(limits);
    }

    /** Lets in whatever comes. */
    public static RequestLimits none() {
        return new RequestLimits(new RequestLimitsConfig(0, 0, 0, List.of()), quota -> {
            throw new IllegalStateException("there is no quota to keep");
        });
    }

    /** Settles who calls, see {@link Gate#identify}, and whether it is one too many: then the request ends with 429. */
    void enter(Context ctx, Gate gate) {
        String address = addresses.of(
                ctx.req().getRemoteAddr(), Collections.list(ctx.req().getHeaders(ClientAddress.FORWARDED)));
        perAddress.ifPresent(limit -> take(limit, address, "requests come from this address"));
        identify(ctx, gate, address);
        perKey.ifPresent(limit -> take(limit, Gate.caller(ctx).id(), "requests come with this API key"));
    }

    /** A stranger without any attempts left costs no look-up; one who is known already is no stranger. */
    private void identify(Context ctx, Gate gate, String address) {
        strangers.ifPresent(limit -> limit.spent(address)
                .filter(left ->
                        gate.remembered(ctx.req().getHeader("Authorization")).isEmpty())
                .ifPresent(left -> {
                    throw tooMany(limit.quota(), left, "requests without a valid API key come from this address");
                }));
        try {
            gate.identify(ctx);
        } catch (ApiProblem refused) {
            if (refused.code() == ErrorCode.UNAUTHENTICATED) {
                strangers.ifPresent(
                        limit -> take(limit, address, "requests without a valid API key come from this address"));
            }
            throw refused;
        }
    }

    /**
     * Lets a request in if that can be told at once; what {@link #enter} does for a known caller. If not, nothing was taken.
     */
    boolean tryEnter(ApiKey caller, Request request) {
        if (perAddress.isPresent() && !perAddress.get().tryTake(address(request))) {
            return false;
        }
        if (perKey.isPresent() && !perKey.get().tryTake(caller.id())) {
            perAddress.ifPresent(limit -> limit.giveBack(address(request)));
            return false;
        }
        return true;
    }

    /** Takes back that a request was let in by {@link #tryEnter}, since it enters once more. */
    void leave(ApiKey caller, Request request) {
        perAddress.ifPresent(limit -> limit.giveBack(address(request)));
        perKey.ifPresent(limit -> limit.giveBack(caller.id()));
    }

    private String address(Request request) {
        return addresses.of(
                Request.getRemoteAddr(request),
                addresses.believesProxies() ? request.getHeaders().getValuesList(ClientAddress.FORWARDED) : List.of());
    }

    private static void take(TokenLimit limit, String subject, String what) {
        limit.take(subject).ifPresent(left -> {
            throw tooMany(limit.quota(), left, what);
        });
    }

    private static ApiProblem tooMany(Quota quota, Duration left, String what) {
        long seconds = Math.max(1, left.plusMillis(999).toSeconds());
        String policy = "\"" + quota.name() + "\"";
        return ApiProblem.retryLater(
                        ErrorCode.TOO_MANY_REQUESTS,
                        "more " + what + " than the " + quota.tokens() + " in "
                                + quota.window().toSeconds()
                                + " s that are let in; nothing was done: send it again later, or put many jobs into one request",
                        left)
                .as(ProblemType.quotaExceeded(quota.name()))
                .with(List.of(
                        new Header(
                                "RateLimit-Policy",
                                policy + ";q=" + quota.tokens() + ";w="
                                        + quota.window().toSeconds()),
                        new Header("RateLimit", policy + ";r=0;t=" + seconds)));
    }
}
