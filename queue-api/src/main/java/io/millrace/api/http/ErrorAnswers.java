package io.millrace.api.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.millrace.protocol.ErrorCode;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns everything that can go wrong in a route into problem+json. No stack trace leaves the process. */
final class ErrorAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

    private ErrorAnswers() {}

    static void register(RoutesConfig server) {
        server.exception(ApiProblem.class, (problem, ctx) -> ProblemJson.answer(ctx, problem));
        server.exception(HttpResponseException.class, ErrorAnswers::byServer);
        server.exception(Exception.class, ErrorAnswers::uncaught);
    }

    private static void byServer(HttpResponseException e, Context ctx) {
        if (e instanceof MethodNotAllowedResponse refused) {
            String allowed = allowed(refused.getDetails());
            ctx.header("Allow", allowed);
            ProblemJson.answer(
                    ctx, ApiProblem.of(ErrorCode.METHOD_NOT_ALLOWED, ctx.path() + " answers to " + allowed + " only"));
            return;
        }
        ErrorCode code = codeOf(e.getStatus());
        String detail = code == ErrorCode.NOT_FOUND
                ? "there is no route " + ctx.method().name() + " " + ctx.path()
                : String.valueOf(e.getMessage());
        ProblemJson.answer(ctx, ApiProblem.of(code, detail));
    }

    private static void uncaught(Exception e, Context ctx) {
        ProblemJson.answer(ctx, problemOf(e, RequestId.of(ctx), ctx.method().name(), ctx.path()));
    }

    /** What a caller is told of a failure; a defect is logged, and only its request is named. */
    static ApiProblem problemOf(Throwable failure, String requestId, String method, String path) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ApiProblem problem) {
            return problem;
        }
        if (cause instanceof EofException || cause.getCause() instanceof TimeoutException) {
            // Nobody reads this answer: the caller has gone, or has taken too long over reading.
            LOG.debug("the caller of request {} {} {} has gone", requestId, method, path, cause);
            return ApiProblem.of(ErrorCode.REQUEST_TIMEOUT, "the connection was lost before the answer was taken");
        }
        return EngineProblems.of(cause).orElseGet(() -> {
            LOG.error("request {} {} {} failed", requestId, method, path, cause);
            return ApiProblem.of(
                    ErrorCode.INTERNAL, "the service met a defect; its log tells more under the request id");
        });
    }

    private static String allowed(Map<String, String> details) {
        return details.values().stream().findFirst().orElse("");
    }

    /** The code of a status that the server itself chose. */
    static ErrorCode codeOf(int status) {
        return switch (status) {
            case 401 -> ErrorCode.UNAUTHENTICATED;
            case 403 -> ErrorCode.FORBIDDEN;
            case 404 -> ErrorCode.NOT_FOUND;
            case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
            case 408 -> ErrorCode.REQUEST_TIMEOUT;
            case 413 -> ErrorCode.TOO_LARGE;
            case 415 -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
            case 429 -> ErrorCode.TOO_MANY_REQUESTS;
            case 431 -> ErrorCode.HEADERS_TOO_LARGE;
            case 503 -> ErrorCode.UNAVAILABLE;
            // A version of HTTP or a transfer coding that the server does not know: the caller's doing.
            case 501, 505 -> ErrorCode.MALFORMED_REQUEST;
            default -> status < 500 ? ErrorCode.MALFORMED_REQUEST : ErrorCode.INTERNAL;
        };
    }
}
