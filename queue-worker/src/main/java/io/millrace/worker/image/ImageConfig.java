package io.millrace.worker.image;

/**
 * How large a picture may be.
 *
 * @param maxPixels the most pixels, width times height, as the file's header tells. Default: 40,000,000
 * @param maxInputBytes the largest file. Default: 10 MiB
 * @param maxFrames the most frames of an animation, of which the first is used. Default: 100
 */
public record ImageConfig(int maxPixels, int maxInputBytes, int maxFrames) {

    /** The defaults. */
    public static final ImageConfig DEFAULT = new ImageConfig(40_000_000, 10 * 1024 * 1024, 100);

    private static final int MOST_PIXELS = 500_000_000;
    private static final int MOST_BYTES = 1024 * 1024 * 1024;

    /** @throws IllegalArgumentException when a limit is not positive or larger than memory allows for */
    public ImageConfig {
        if (maxPixels < 1 || maxPixels > MOST_PIXELS) {
            throw new IllegalArgumentException("the most pixels of a picture are not 1 to " + MOST_PIXELS);
        }
        if (maxInputBytes < 1 || maxInputBytes > MOST_BYTES) {
            throw new IllegalArgumentException("the most bytes of a picture are not 1 to " + MOST_BYTES);
        }
        if (maxFrames < 1) {
            throw new IllegalArgumentException("the most frames of a picture are not 1 or more");
        }
    }
}
