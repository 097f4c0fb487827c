package io.millrace.worker.image;

import io.millrace.protocol.payload.ImageOutput;
import java.awt.Rectangle;

/**
 * Which part of a picture becomes an output, and of what size. Nothing is ever enlarged: a box larger than the picture
 * gets the picture's own size ({@code contain}), or the largest cut-out of the box's shape ({@code cover}).
 *
 * @param part the part that is used, in pixels of the upright source
 * @param width of the output, in pixels
 * @param height of the output, in pixels
 */
record Placement(Rectangle part, int width, int height) {

    static Placement of(ImageOutput output, int sourceWidth, int sourceHeight) {
        Integer width = output.width();
        Integer height = output.height();
        boolean cover = output.fitOrDefault() == ImageOutput.Fit.COVER;
        return cover && width != null && height != null
                ? covering(width, height, sourceWidth, sourceHeight)
                : contained(
                        width == null ? Double.MAX_VALUE : width,
                        height == null ? Double.MAX_VALUE : height,
                        sourceWidth,
                        sourceHeight);
    }

    /** How much smaller the output is than the part it shows, at most 1. */
    double scale() {
        return Math.max(width / (double) part.width, height / (double) part.height);
    }

    private static Placement contained(double boxWidth, double boxHeight, int sourceWidth, int sourceHeight) {
        double scale = Math.min(1, Math.min(boxWidth / sourceWidth, boxHeight / sourceHeight));
        var whole = new Rectangle(0, 0, sourceWidth, sourceHeight);
        return new Placement(whole, pixels(sourceWidth * scale), pixels(sourceHeight * scale));
    }

    private static Placement covering(int boxWidth, int boxHeight, int sourceWidth, int sourceHeight) {
        int width = Math.min(sourceWidth, pixels(sourceHeight * (double) boxWidth / boxHeight));
        int height = Math.min(sourceHeight, pixels(sourceWidth * (double) boxHeight / boxWidth));
        var part = new Rectangle((sourceWidth - width) / 2, (sourceHeight - height) / 2, width, height);
        return new Placement(part, Math.min(boxWidth, width), Math.min(boxHeight, height));
    }

    private static int pixels(double length) {
        return (int) Math.max(1, Math.round(length));
    }
}
