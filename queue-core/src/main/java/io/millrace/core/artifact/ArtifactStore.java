package io.millrace.core.artifact;

import io.millrace.protocol.ArtifactName;
import io.millrace.protocol.JobId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the files that jobs make, by job and name. Safe for use by any number of threads and processes on the same
 * store.
 */
public interface ArtifactStore {

    /**
     * Keeps one file. It becomes visible whole or not at all, and replaces an earlier one of the same name (an attempt
     * may repeat what an earlier one did).
     *
     * @param name by the rule of {@link ArtifactName}
     * @param contentType the media type it is served with
     * @throws IllegalArgumentException when the name breaks that rule
     * @throws IOException when it cannot be stored, or {@code content} fails
     */
    Artifact save(JobId job, String name, String contentType, Content content) throws IOException;

    /** Opens one file; empty when there is none of that name. The caller closes the stream. */
    Optional<OpenArtifact> open(JobId job, String name) throws IOException;

    /** The files of one job by name; empty when it made none. */
    List<Artifact> list(JobId job) throws IOException;

    /** Removes every file of a job; nothing happens when it has none. */
    void deleteAll(JobId job) throws IOException;

    /** Writes the bytes of one file. */
    @FunctionalInterface
    interface Content {
        /** Writes all of it to {@code out}, which the store closes. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * One kept file.
     *
     * @param name its name within the job
     * @param size in bytes
     * @param contentType its media type
     */
    record Artifact(String name, long size, String contentType) {}

    /**
     * A kept file with its bytes.
     *
     * @param artifact what it is
     * @param bytes to be read once and closed
     */
    record OpenArtifact(Artifact artifact, InputStream bytes) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            bytes.close();
        }
    }
}
