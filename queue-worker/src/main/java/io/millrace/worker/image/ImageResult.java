package io.millrace.worker.image;

import java.util.List;

/**
 * What an {@code image.resize} job leaves as its result.
 *
 * @param outputs one entry for each output asked for, in that order
 */
public record ImageResult(List<Output> outputs) {

    public ImageResult {
        outputs = List.copyOf(outputs);
    }

    /**
     * One picture that was made.
     *
     * @param artifact the file's name
     * @param width in pixels
     * @param height in pixels
     * @param bytes the file's size
     */
    public record Output(String artifact, int width, int height, long bytes) {}
}
