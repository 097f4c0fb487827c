package io.millrace.client;

import io.millrace.protocol.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * What an attempt's end means: used by {@link Exchange} for every answer and every exception. Stateless.
 *
 * <table>
 * <caption>The rule</caption>
 * <tr><th>end</th><th>meaning</th></tr>
 * <tr><td>2xx</td><td>done</td></tr>
 * <tr><td>no connection; 429</td><td>failed, nothing happened, a repeat helps</td></tr>
 * <tr><td>connection lost, time-out, 502, 503, 504, 500 with code internal</td><td>failed, unknown, a repeat helps</td></tr>
 * <tr><td>any other 5xx</td><td>failed, unknown, no repeat</td></tr>
 * <tr><td>3xx, any other 4xx</td><td>refused</td></tr>
 * </table>
 */
final class Judge {

    /** What an attempt came to. */
    sealed interface Verdict {
        record Done(HttpResponse<InputStream> answer) implements Verdict {}

        record Refused(Problem problem) implements Verdict {}

        record Failed(Failure failure) implements Verdict {}
    }

    private final Wire wire;

    Judge(Wire wire) {
        this.wire = wire;
    }

    Verdict answered(HttpResponse<InputStream> answer) {
        int status = answer.statusCode();
        if (status >= 200 && status < 300) {
            return new Verdict.Done(answer);
        }
        Problem problem = wire.problem(status, bodyOf(answer));
        if (status != 429 && status < 500) {
            return new Verdict.Refused(problem);
        }
        boolean repeatHelps = switch (status) {
            case 429, 502, 503, 504 -> true;
            case 500 -> problem.code().equals(ErrorCode.INTERNAL.wireName());
            default -> false;
        };
        var failure = new Failure(
                "the answer was " + problem.summary(),
                repeatHelps,
                status == 429,
                retryAfter(answer).orElse(null),
                null);
        return new Verdict.Failed(failure);
    }

    Verdict threw(Throwable thrown) {
        boolean unconnected = thrown instanceof ConnectException || thrown instanceof HttpConnectTimeoutException;
        String happened;
        if (unconnected) {
            happened = "no connection could be made";
        } else if (thrown instanceof HttpTimeoutException || thrown instanceof TimeoutException) {
            happened = "no answer came in time";
        } else {
            happened = "the connection broke";
        }
        boolean repeatHelps = thrown instanceof IOException || thrown instanceof TimeoutException;
        String detail = thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
        var failure = new Failure(happened + " (" + detail + ")", repeatHelps, unconnected, null, thrown);
        return new Verdict.Failed(failure);
    }

    private static Optional<Duration> retryAfter(HttpResponse<?> answer) {
        return answer.headers()
                .firstValue("Retry-After")
                .filter(value -> value.length() <= 9 && value.chars().allMatch(c -> c >= '0' && c <= '9'))
                .filter(value -> !value.isEmpty())
                .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                .filter(wait -> !wait.isZero());
    }

    private static byte[] bodyOf(HttpResponse<InputStream> answer) {
        try (InputStream body = answer.body()) {
            return body.readAllBytes();
        } catch (IOException e) {
            // Only the explanation is lost; the status still says what to do.
            return new byte[0];
        }
    }
}
