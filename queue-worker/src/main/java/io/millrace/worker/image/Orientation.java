package io.millrace.worker.image;

import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How a camera was held: the value 1 to 8 of EXIF's orientation tag, of which 5 to 8 swap width and height.
 *
 * @param value the tag's value
 */
record Orientation(int value) {

    static final Orientation UPRIGHT = new Orientation(1);

    private static final int TAG = 0x0112;
    private static final int ENTRY_BYTES = 12;
    private static final int APP1 = 0xE1;
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.ISO_8859_1);

    /** Reads the tag from a JPEG or WebP; upright when there is none or it cannot be read. */
    static Orientation of(byte[] file, FileKind kind) {
        return switch (kind) {
            case JPEG ->
                JpegSegments.of(file).stream()
                        .filter(segment ->
                                segment.marker() == APP1 && startsWithExif(file, segment.start(), segment.end()))
                        .findFirst()
                        .map(segment -> inTiff(file, segment.start() + EXIF.length, segment.end()))
                        .orElse(UPRIGHT);
            case WEBP ->
                Riff.chunks(file).stream()
                        .filter(chunk -> chunk.type().equals("EXIF"))
                        .findFirst()
                        .map(chunk -> inTiff(
                                file,
                                startsWithExif(file, chunk.start(), chunk.end())
                                        ? chunk.start() + EXIF.length
                                        : chunk.start(),
                                chunk.end()))
                        .orElse(UPRIGHT);
            case PNG, GIF -> UPRIGHT;
        };
    }

    boolean swapsSides() {
        return value >= 5;
    }

    /** The picture as it should be seen; the same object when it is upright. */
    BufferedImage applied(BufferedImage image) {
        if (value == 1) {
            return image;
        }
        int width = swapsSides() ? image.getHeight() : image.getWidth();
        int height = swapsSides() ? image.getWidth() : image.getHeight();
        int type = image.getColorModel().hasAlpha() ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
        var turned = new BufferedImage(width, height, type);
        var graphics = turned.createGraphics();
        graphics.drawImage(image, transform(image.getWidth(), image.getHeight()), null);
        graphics.dispose();
        return turned;
    }

    /** From stored to seen pixels, for a stored picture of that size. */
    private AffineTransform transform(int w, int h) {
        return switch (value) {
            case 2 -> new AffineTransform(-1, 0, 0, 1, w, 0);
            case 3 -> new AffineTransform(-1, 0, 0, -1, w, h);
            case 4 -> new AffineTransform(1, 0, 0, -1, 0, h);
            case 5 -> new AffineTransform(0, 1, 1, 0, 0, 0);
            case 6 -> new AffineTransform(0, 1, -1, 0, h, 0);
            case 7 -> new AffineTransform(0, -1, -1, 0, h, w);
            case 8 -> new AffineTransform(0, -1, 1, 0, 0, w);
            default -> new AffineTransform();
        };
    }

    private static boolean startsWithExif(byte[] file, int start, int end) {
        return end - start >= EXIF.length && Arrays.equals(file, start, start + EXIF.length, EXIF, 0, EXIF.length);
    }

    /** EXIF is a TIFF file: a byte order, then a list of entries of twelve bytes. */
    private static Orientation inTiff(byte[] file, int start, int end) {
        ByteBuffer tiff = ByteBuffer.wrap(file, start, end - start).slice();
        if (tiff.remaining() < 8) {
            return UPRIGHT;
        }
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long directory = Integer.toUnsignedLong(tiff.getInt(4));
        if (directory + 2 > tiff.limit()) {
            return UPRIGHT;
        }
        int entries = Short.toUnsignedInt(tiff.getShort((int) directory));
        for (int i = 0; i < entries; i++) {
            long at = directory + 2 + (long) i * ENTRY_BYTES;
            if (at + ENTRY_BYTES > tiff.limit()) {
                return UPRIGHT;
            }
            if (Short.toUnsignedInt(tiff.getShort((int) at)) == TAG) {
                int value = tiff.getShort((int) at + 8);
                return value >= 1 && value <= 8 ? new Orientation(value) : UPRIGHT;
            }
        }
        return UPRIGHT;
    }
}
