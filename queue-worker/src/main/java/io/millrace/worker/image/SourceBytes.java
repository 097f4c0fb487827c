package io.millrace.worker.image;

import io.millrace.core.artifact.ArtifactStore;
import io.millrace.protocol.JobId;
import io.millrace.protocol.payload.ImageSource;
import io.millrace.protocol.payload.ImageSource.ArtifactRef;
import io.millrace.worker.fetch.FetchRefusedException;
import io.millrace.worker.fetch.GuardedFetch;
import io.millrace.worker.handler.JobFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;

/** Gets the file that a payload names, up to the size that is allowed. */
final class SourceBytes {

    private final Optional<GuardedFetch> fetch;
    private final int maxBytes;

    SourceBytes(Optional<GuardedFetch> fetch, int maxBytes) {
        this.fetch = fetch;
        this.maxBytes = maxBytes;
    }

    /** The whole file of a source without problems. */
    byte[] of(ImageSource source, ArtifactStore artifacts) throws IOException, JobFailure, InterruptedException {
        if (source.artifact() != null) {
            return stored(source.artifact(), artifacts);
        }
        return source.base64() != null ? decoded(source.base64()) : fetched(Objects.requireNonNull(source.url()));
    }

    private byte[] stored(ArtifactRef ref, ArtifactStore artifacts) throws IOException, JobFailure {
        JobId job = JobId.parse(Objects.requireNonNull(ref.jobId())).orElseThrow();
        String name = Objects.requireNonNull(ref.name());
        try (var open = artifacts
                .open(job, name)
                .orElseThrow(() -> new FileNotFoundException(
                        "job " + job + " has no artifact " + name + " (yet): it is looked for again"))) {
            return allowed(open.bytes().readNBytes(maxBytes + 1));
        }
    }

    private byte[] decoded(String base64) throws JobFailure {
        try {
            return allowed(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            throw JobFailure.permanent("the source is not base64: " + e.getMessage(), e);
        }
    }

    private byte[] fetched(String url) throws IOException, JobFailure, InterruptedException {
        GuardedFetch guarded =
                fetch.orElseThrow(() -> JobFailure.permanent("this worker does not fetch pictures from addresses"));
        try {
            return guarded.fetch(url, maxBytes);
        } catch (FetchRefusedException e) {
            throw JobFailure.permanent("the source is not fetched: " + e.getMessage(), e);
        }
    }

    private byte[] allowed(byte[] bytes) throws JobFailure {
        if (bytes.length > maxBytes) {
            throw JobFailure.permanent("the source is larger than " + maxBytes + " bytes");
        }
        return bytes;
    }
}
