package io.millrace.api.job;

import io.javalin.http.Context;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.JsonText;
import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.artifact.ArtifactStore.Artifact;
import io.millrace.core.job.JobDetails;
import io.millrace.core.operate.JobReader;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobId;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows jobs as JSON, the same wherever one is shown. Safe for any number of threads. */
final class JobPage {

    private static final Logger LOG = LoggerFactory.getLogger(JobPage.class);
    private static final int TAG_BYTES = 8;

    private final JobReader reader;
    private final ArtifactStore artifacts;

    JobPage(JobReader reader, ArtifactStore artifacts) {
        this.reader = reader;
        this.artifacts = artifacts;
    }

    /**
     * A job at one moment.
     *
     * @param version {@link JobDetails#version()}
     * @param isFinal whether it has ended
     * @param json the job
     * @param tag its entity tag (RFC 9110, 8.8.3): equal for equal bytes
     */
    record Picture(int version, boolean isFinal, byte[] json, String tag) {}

    /** @throws ApiProblem 404 when there is no such job */
    Picture of(JobId id) {
        JobDetails job = reader.find(id).orElseThrow(() -> noJob(id));
        boolean mayHaveFiles = job.attempt() > 0
                && job.resultEnd().filter(JobDetails.ResultEnd::over).isEmpty();
        List<Artifact> files = mayHaveFiles ? artifactsOf(id) : List.of();
        byte[] json = JsonText.bytes(out -> JobJson.details(out, job, files));
        return new Picture(job.version(), job.state().isFinal(), json, tagOf(json));
    }

    /** Answers with the job, or with 304 when a caller who reads it has it already. */
    static void answer(Context ctx, int status, Picture job) throws IOException {
        var answer = ctx.res();
        answer.setHeader("ETag", job.tag);
        if (status == 200 && ctx.method().name().equals("GET") && isKnown(ctx, job.tag)) {
            answer.setStatus(304);
            return;
        }
        answer.setStatus(status);
        answer.setContentType(JsonText.MEDIA_TYPE);
        answer.setContentLength(job.json.length);
        answer.getOutputStream().write(job.json);
    }

    static ApiProblem noJob(Object id) {
        return ApiProblem.of(
                ErrorCode.NOT_FOUND,
                "there is no job " + id + "; ended jobs are removed when their time of keeping is over");
    }

    private static boolean isKnown(Context ctx, String tag) {
        String known = ctx.req().getHeader("If-None-Match");
        return known != null
                && Arrays.stream(known.split(","))
                        .map(text -> text.trim().replaceFirst("^W/", ""))
                        .anyMatch(text -> text.equals(tag) || text.equals("*"));
    }

    private List<Artifact> artifactsOf(JobId id) {
        try {
            return artifacts.list(id);
        } catch (IOException e) {
            LOG.warn("the artifacts of job {} cannot be listed", id, e);
            throw ApiProblem.of(ErrorCode.UNAVAILABLE, "the artifacts of job " + id + " cannot be listed now");
        }
    }

    private static String tagOf(byte[] json) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(json);
            return '"' + HexFormat.of().formatHex(digest, 0, TAG_BYTES) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
