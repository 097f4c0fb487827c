package io.millrace.api.job;

import io.millrace.core.job.NewJob;
import io.millrace.core.job.RetryPolicy;
import io.millrace.core.job.StartTime;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;

/**
 * SHA-256 of what a request asks for: type, queue, priority, start, start deadline, unique key, options and tags with their
 * defaults filled in, and the payload in {@link CanonicalJson} form. Two requests with the same fingerprint ask for the same
 * job, whatever trace they belong to. A change of
 * this form would make keys that are in force look reused, hence the version in the first line.
 */
final class Fingerprint {

    private static final String VERSION = "millrace-request-1";

    private Fingerprint() {}

    static byte[] of(NewJob job) {
        MessageDigest digest = sha256();
        RetryPolicy retry = job.options().retry();
        line(digest, VERSION);
        line(digest, job.type().value());
        line(digest, job.queue().value());
        line(digest, Integer.toString(job.priority()));
        line(digest, start(job.start()));
        line(digest, Integer.toString(retry.maxAttempts()));
        line(digest, retry.initialDelay().toString());
        line(digest, Double.toString(retry.factor()));
        line(digest, retry.maxDelay().toString());
        line(digest, job.options().timeout().map(Duration::toString).orElse("none"));
        job.expiresIn().ifPresent(time -> line(digest, "expires " + time));
        job.options().resultLife().ifPresent(life -> line(digest, "result " + life));
        job.unique().ifPresent(key -> line(digest, "unique " + key.onConflict().wireName() + " " + key.key()));
        for (String tag : job.tags()) {
            digest.update(CanonicalJson.ofText(tag));
        }
        line(digest, "");
        digest.update(CanonicalJson.of(job.payload()));
        return digest.digest();
    }

    private static String start(StartTime start) {
        return switch (start) {
            case StartTime.After after -> "after " + after.delay();
            case StartTime.At at -> "at " + at.moment();
        };
    }

    private static void line(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
