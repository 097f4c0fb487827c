package io.millrace.api;

import io.millrace.core.artifact.ArtifactStore;
import io.millrace.protocol.JobId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Files in memory. */
final class FakeArtifacts implements ArtifactStore {

    private final Map<String, byte[]> files = new ConcurrentHashMap<>();

    @Override
    public Artifact save(JobId job, String name, String contentType, Content content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        content.writeTo(bytes);
        files.put(job + "/" + name, bytes.toByteArray());
        return new Artifact(name, bytes.size(), contentType);
    }

    @Override
    public Optional<OpenArtifact> open(JobId job, String name) {
        return Optional.ofNullable(files.get(job + "/" + name))
                .map(bytes -> new OpenArtifact(
                        new Artifact(name, bytes.length, "text/csv"), new ByteArrayInputStream(bytes)));
    }

    @Override
    public List<Artifact> list(JobId job) {
        return files.entrySet().stream()
                .filter(file -> file.getKey().startsWith(job + "/"))
                .map(file -> new Artifact(
                        file.getKey().substring(file.getKey().indexOf('/') + 1), file.getValue().length, "text/csv"))
                .toList();
    }

    @Override
    public void deleteAll(JobId job) {
        files.keySet().removeIf(name -> name.startsWith(job + "/"));
    }
}
