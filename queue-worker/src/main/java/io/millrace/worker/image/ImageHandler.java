package io.millrace.worker.image;

import io.millrace.core.artifact.ArtifactStore.Artifact;
import io.millrace.protocol.payload.ImageOutput;
import io.millrace.protocol.payload.ImagePayload;
import io.millrace.worker.fetch.FetchDeferredException;
import io.millrace.worker.fetch.GuardedFetch;
import io.millrace.worker.handler.HandlerRules;
import io.millrace.worker.handler.JobContext;
import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.handler.JobHandler;
import io.millrace.worker.handler.PayloadCheck;
import io.millrace.worker.handler.Reaction;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Carries out {@code image.resize}: reads a JPEG, PNG, GIF or WebP and writes each output as an artifact
 * {@code <name>.jpg} or {@code <name>.png}.
 *
 * <p><b>Limits.</b> The file's size, the pixels its header declares and the frames of an animation are checked before a
 * pixel is decoded; WebP may have 16 million pixels. Only so many pixels are decoded as the largest output needs.
 *
 * <p><b>Fidelity.</b> The orientation that a camera noted is applied, all other metadata is dropped; colours are
 * converted to sRGB; transparency becomes white in a JPEG; of an animation the first frame is used; nothing is enlarged.
 *
 * <p><b>Repeatable.</b> A second attempt writes the same names. A broken, too large or forbidden source fails for good; an
 * artifact that does not exist yet and a server that does not answer are tried again. Interrupts take effect while a
 * source is fetched and between outputs. Safe for any number of threads.
 */
public final class ImageHandler implements JobHandler<ImagePayload> {

    private final SourceBytes sources;
    private final ImageConfig config;

    /**
     * Makes a handler.
     *
     * @param fetch gets sources given as addresses; empty refuses them
     */
    public ImageHandler(Optional<GuardedFetch> fetch, ImageConfig config) {
        this.sources = new SourceBytes(fetch, config.maxInputBytes());
        this.config = config;
    }

    @Override
    public HandlerRules rules() {
        return HandlerRules.none()
                .on(FetchDeferredException.class, deferred -> Reaction.retryAfter(deferred.retryAfter()));
    }

    @Override
    public boolean cpuBound() {
        return true;
    }

    @Override
    public ImageResult handle(ImagePayload payload, JobContext context)
            throws JobFailure, IOException, InterruptedException {
        PayloadCheck.require(payload);
        byte[] file = sources.of(Objects.requireNonNull(payload.source()), context.artifacts());
        try (Picture picture = Picture.open(file, config)) {
            List<Task> tasks = tasks(payload, picture);
            double largest = tasks.stream()
                    .mapToDouble(task -> task.placement.scale())
                    .max()
                    .orElse(1);
            BufferedImage decoded = picture.decoded(largest);
            List<ImageResult.Output> outputs = new ArrayList<>();
            for (Task task : tasks) {
                if (Thread.interrupted() || context.isCancelled()) {
                    throw new InterruptedException("stopped between two outputs");
                }
                outputs.add(written(task, decoded, picture.width(), context));
            }
            return new ImageResult(outputs);
        } catch (ClosedByInterruptException e) {
            // The flag closed the file; it is cleared, as by every method that throws this.
            Thread.interrupted();
            throw new InterruptedException("stopped while an output was stored");
        }
    }

    private record Task(String artifact, ImageOutput output, Placement placement) {}

    private static List<Task> tasks(ImagePayload payload, Picture picture) {
        List<String> names = payload.outputNames();
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            ImageOutput output = Objects.requireNonNull(
                    Objects.requireNonNull(payload.outputs()).get(i));
            tasks.add(new Task(
                    names.get(i) + "." + output.formatOrDefault().extension(),
                    output,
                    Placement.of(output, picture.width(), picture.height())));
        }
        return tasks;
    }

    private static ImageResult.Output written(Task task, BufferedImage decoded, int sourceWidth, JobContext context)
            throws IOException {
        ImageOutput.Format format = task.output.formatOrDefault();
        BufferedImage picture = PictureWriter.scaled(decoded, sourceWidth, task.placement, format);
        Artifact artifact = context.artifacts()
                .save(
                        context.jobId(),
                        task.artifact,
                        format.contentType(),
                        out -> PictureWriter.write(picture, format, task.output.qualityOrDefault(), out));
        return new ImageResult.Output(artifact.name(), picture.getWidth(), picture.getHeight(), artifact.size());
    }
}
