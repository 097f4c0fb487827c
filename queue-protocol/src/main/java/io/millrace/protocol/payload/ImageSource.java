package io.millrace.protocol.payload;

import io.millrace.protocol.ArtifactName;
import io.millrace.protocol.JobId;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a picture comes from: exactly one of the three.
 *
 * @param artifact a file that another job made
 * @param base64 the file itself, in base64 (RFC 4648, with or without padding, no line breaks)
 * @param url where to fetch it: {@code https}, at most {@value #MAX_URL_LENGTH} characters
 */
public record ImageSource(
        @Nullable ArtifactRef artifact,
        @Nullable String base64,
        @Nullable String url) {

    /** Longest address, in characters. */
    public static final int MAX_URL_LENGTH = 2048;

    /**
     * A file that another job made.
     *
     * @param jobId the job
     * @param name the file's name
     */
    public record ArtifactRef(
            @Nullable String jobId, @Nullable String name) {}

    void check(String pointer, ProblemList problems) {
        long given = Stream.of(artifact, base64, url).filter(Objects::nonNull).count();
        if (given != 1) {
            problems.add(pointer, "gives " + given + " sources: give exactly one of artifact, base64 and url");
        }
        if (artifact != null) {
            checkArtifact(artifact, pointer + "/artifact", problems);
        }
        if (base64 != null && (base64.isEmpty() || !base64.chars().allMatch(ImageSource::isBase64))) {
            problems.add(pointer + "/base64", "is empty or not base64: give A-Z, a-z, 0-9, '+', '/' and '=' only");
        }
        if (url != null && !isHttps(url)) {
            problems.add(
                    pointer + "/url",
                    "is not an https address of at most " + MAX_URL_LENGTH
                            + " characters with a host and without user name: give one such as https://example.org/a.jpg");
        }
    }

    private static void checkArtifact(ArtifactRef ref, String pointer, ProblemList problems) {
        if (problems.isPresent(ref.jobId, pointer + "/job_id", "the id of the job that made it")
                && ref.jobId != null
                && JobId.parse(ref.jobId).isEmpty()) {
            problems.add(pointer + "/job_id", "is not the id of a job: give a UUID");
        }
        if (problems.isPresent(ref.name, pointer + "/name", "the name of the file")
                && ref.name != null
                && ArtifactName.parse(ref.name).isEmpty()) {
            problems.add(pointer + "/name", "is not " + ArtifactName.RULE);
        }
    }

    private static boolean isBase64(int c) {
        return (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || c == '+'
                || c == '/'
                || c == '=';
    }

    private static boolean isHttps(String text) {
        try {
            var uri = new URI(text);
            return text.length() <= MAX_URL_LENGTH
                    && "https".equalsIgnoreCase(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
