package io.millrace.core.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.protocol.JobType;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Tells which failures are of one kind: those of one job type, for one reason, whose messages begin alike once numbers,
 * ids and quoted values are left out.
 */
public final class ErrorFingerprint {

    private static final int MOST_CHARACTERS = 200;
    private static final int BYTES = 8;

    /** In the order in which they are replaced; none can backtrack further than its own match. */
    private static final Pattern VARYING = Pattern.compile("\"[^\"]*+\"|'[^']*+'|<[^>]*+>"
            + "|\\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\\b"
            + "|\\b(?=[0-9a-fA-F]*[0-9])[0-9a-fA-F]{8,}+\\b|\\d++");

    private ErrorFingerprint() {}

    /** The fingerprint of a failure: 16 hexadecimal digits. */
    public static String of(JobType type, JobDetails.Failure failure) {
        String kind = type.value() + '\n' + failure.reason() + '\n' + pattern(failure.message());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(kind.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** What messages of one kind have in common: the first line, with {@code #} for what varies. */
    public static String pattern(String message) {
        String line = message.lines().findFirst().orElse("");
        String start = line.length() > MOST_CHARACTERS ? line.substring(0, MOST_CHARACTERS) : line;
        return VARYING.matcher(start).replaceAll("#");
    }
}
