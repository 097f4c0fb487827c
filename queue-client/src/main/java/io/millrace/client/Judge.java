package io.millrace.client;

import io.millrace.client.Carrier.Answer;
import io.millrace.protocol.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
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
 * <tr><td>2xx; 304 where it was asked for</td><td>done</td></tr>
 * <tr><td>no connection; 429</td><td>failed, nothing happened, a repeat helps</td></tr>
 * <tr><td>connection lost, time-out, 502, 503, 504, 500 with code internal</td><td>failed, unknown, a repeat helps</td></tr>
 * <tr><td>any other 5xx</td><td>failed, unknown, no repeat</td></tr>
 * <tr><td>any other 3xx, any other 4xx</td><td>refused</td></tr>
 * </table>
 */
final class Judge {

    /** What an attempt came to. */
    sealed interface Verdict {
        record Done(Answer answer) implements Verdict {}

        record Refused(Problem problem) implements Verdict {}

        record Failed(Failure failure) implements Verdict {}
    }

    private final Wire wire;

    Judge(Wire wire) {
        this.wire = wire;
    }

    Verdict answered(Call call, Answer answer) {
        int status = answer.status();
        if ((status >= 200 && status < 300) || (status == 304 && call.takesNotModified())) {
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

    private static Optional<Duration> retryAfter(Answer answer) {
        return answer.header("Retry-After")
                .filter(value -> value.length() <= 9 && value.chars().allMatch(c -> c >= '0' && c <= '9'))
                .filter(value -> !value.isEmpty())
                .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                .filter(wait -> !wait.isZero());
    }

    private static byte[] bodyOf(Answer answer) {
        try (InputStream body = answer.body()) {
            return body.readAllBytes();
        } catch (IOException e) {
            // Only the explanation is lost; the status still says what to do.
            return new byte[0];
        }
    }
}
