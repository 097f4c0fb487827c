package io.millrace.cli.demo;

import io.millrace.client.JobHandle;
import io.millrace.client.Millrace;
import io.millrace.client.MillraceException;
import io.millrace.protocol.JobView;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Submits an email, a report and a picture, waits for them and says where what came out of them is. For one thread. */
public final class Demo {

    private static final Duration DEADLINE = Duration.ofMinutes(3);
    private static final String EMAIL = "email.send";
    private static final String REPORT = "report.render";
    private static final String IMAGE = "image.resize";
    private static final int THUMB_WIDTH = 320;

    private final String url;
    private final String apiKey;
    private final Folders folders;
    private final Instant start;
    private final Consumer<String> say;

    /**
     * Where things are.
     *
     * @param mail where the mail sink keeps mails; empty when mails are sent to a real server
     * @param results where the report and the picture are put
     */
    public record Folders(Optional<Path> mail, Path results) {}

    /**
     * @param url the API's address
     * @param apiKey a key that may submit and read
     * @param start when the person pressed Enter
     * @param say takes lines for people
     */
    public Demo(String url, String apiKey, Folders folders, Instant start, Consumer<String> say) {
        this.url = url;
        this.apiKey = apiKey;
        this.folders = folders;
        this.start = start;
        this.say = say;
    }

    /**
     * Runs it.
     *
     * @throws DemoException when a job is refused, fails, or is not done within three minutes
     */
    public void run() {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        try (Millrace millrace = Millrace.connect(url, apiKey)) {
            say.accept("Demo: one job of each kind, submitted to " + url + "/v1/jobs");
            JobHandle email = millrace.enqueue(EMAIL, email());
            JobHandle report = millrace.enqueue(REPORT, report());
            JobHandle image = millrace.enqueue(IMAGE, image());
            List<JobView> done = new ArrayList<>();
            for (JobHandle job : List.of(email, report, image)) {
                done.add(job.awaitSuccess(Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))));
            }
            line(done.get(0), mailOf(done.get(0)));
            line(done.get(1), download(report, done.get(1)));
            line(done.get(2), download(image, done.get(2)));
            say.accept(String.format(
                    Locale.ROOT, "  time from start to the first finished job: %.1f s", untilFirst(done)));
            say.accept("");
        } catch (MillraceException e) {
            throw new DemoException("the demo failed: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new DemoException("the demo could not keep its results in " + folders.results() + ": " + e, e);
        }
    }

    private void line(JobView job, String where) {
        say.accept(String.format(Locale.ROOT, "  %-14s %s %s: %s", job.type(), job.id(), job.state(), where));
    }

    private double untilFirst(List<JobView> done) {
        Instant first = done.stream()
                .map(JobView::finishedAt)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElseThrow(() -> new DemoException("the demo failed: no finished job says when it finished"));
        return Duration.between(start, first).toMillis() / 1000.0;
    }

    private static Map<String, Object> email() {
        return Map.of(
                "to",
                List.of("visitor@example.org"),
                "subject",
                "Your first job has run",
                "text",
                "Hello,\n\nthis mail went from POST /v1/jobs through PostgreSQL and Redis to a worker, which sent it.\n");
    }

    private static Map<String, Object> report() {
        return Map.of(
                "title",
                "Water levels of the week",
                "format",
                "pdf",
                "columns",
                List.of("day", "level (cm)", "wheel turns"),
                "rows",
                List.of(
                        List.of("Monday", 112, true),
                        List.of("Tuesday", 109.5, true),
                        List.of("Wednesday", 87, false),
                        List.of("Thursday", 120, true)));
    }

    private static Map<String, Object> image() throws IOException {
        String picture = Base64.getEncoder().encodeToString(DemoPicture.png());
        return Map.of(
                "source",
                Map.of("base64", picture),
                "outputs",
                List.of(Map.of("name", "wheel", "width", THUMB_WIDTH, "format", "jpeg")));
    }

    /** The file in which the sink keeps the job's mail; the mail carries the job's id. */
    private String mailOf(JobView job) throws IOException {
        if (folders.mail().isEmpty()) {
            return "handed to the mail server of the settings";
        }
        try (Stream<Path> mails = Files.list(folders.mail().get())) {
            for (Path file : mails.sorted(Comparator.reverseOrder()).toList()) {
                if (file.toString().endsWith(".eml")
                        && Files.readString(file, StandardCharsets.ISO_8859_1).contains(job.id())) {
                    return file.toString();
                }
            }
        }
        throw new DemoException("the demo failed: " + job.type() + " " + job.id() + " succeeded, but no mail in "
                + folders.mail().get() + " carries its id");
    }

    private String download(JobHandle handle, JobView job) throws IOException {
        List<String> files = new ArrayList<>();
        Files.createDirectories(folders.results());
        for (JobView.ArtifactView artifact : job.artifacts()) {
            Path file = folders.results().resolve(artifact.name());
            try (InputStream in = handle.artifact(artifact.name())) {
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            }
            files.add(file.toString());
        }
        if (files.isEmpty()) {
            throw new DemoException(
                    "the demo failed: " + job.type() + " " + job.id() + " succeeded without leaving a file");
        }
        return String.join(", ", files);
    }
}
