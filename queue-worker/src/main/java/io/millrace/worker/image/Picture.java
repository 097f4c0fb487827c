package io.millrace.worker.image;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import io.millrace.worker.handler.JobFailure;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * A picture whose header was read and found allowed, and whose pixels were not touched yet. For one thread.
 *
 * <p>Metadata is not read at all, so that compressed comments and profiles in it cannot unfold.
 */
final class Picture implements AutoCloseable {

    /** The WebP decoder keeps the whole picture as objects, one for each block, and cannot leave out rows. */
    private static final int MAX_WEBP_PIXELS = 16_000_000;

    private final ImageReader reader;
    private final Orientation orientation;
    private final int storedWidth;
    private final int storedHeight;

    private Picture(ImageReader reader, Orientation orientation) throws IOException {
        this.reader = reader;
        this.orientation = orientation;
        this.storedWidth = reader.getWidth(0);
        this.storedHeight = reader.getHeight(0);
    }

    /** @throws JobFailure permanent, when the file is no picture that is read here, or larger than allowed */
    static Picture open(byte[] file, ImageConfig config) throws JobFailure {
        FileKind kind = FileKind.of(file)
                .orElseThrow(() -> JobFailure.permanent("the source is no picture in JPEG, PNG, GIF or WebP"));
        ImageReader reader = reader(kind);
        try {
            reader.setInput(new ByteArrayImageInputStream(file), false, true);
            var picture = new Picture(reader, Orientation.of(file, kind));
            picture.refuseTooLarge(file, kind, config);
            if (kind.isCutOff(file)) {
                throw JobFailure.permanent("the source is cut off: its end is missing");
            }
            return picture;
        } catch (IOException | RuntimeException e) {
            reader.dispose();
            throw undecodable(kind, e);
        } catch (JobFailure e) {
            reader.dispose();
            throw e;
        }
    }

    /** Width of the upright picture, in pixels. */
    int width() {
        return orientation.swapsSides() ? storedHeight : storedWidth;
    }

    /** Height of the upright picture, in pixels. */
    int height() {
        return orientation.swapsSides() ? storedWidth : storedHeight;
    }

    /**
     * Decodes the upright picture, leaving out so many rows and columns that it is still twice as large as its largest use.
     *
     * @param largestScale the largest use as a share of the full size, above 0 and at most 1
     * @throws JobFailure permanent, when the file is broken
     */
    BufferedImage decoded(double largestScale) throws JobFailure {
        int step = (int) Math.max(1, Math.floor(0.5 / largestScale));
        int fitting = Math.min(step, Math.min(storedWidth, storedHeight));
        try {
            var parameters = reader.getDefaultReadParam();
            parameters.setSourceSubsampling(fitting, fitting, 0, 0);
            return orientation.applied(reader.read(0, parameters));
        } catch (IOException | RuntimeException e) {
            // Decoders meet broken files with all kinds of runtime exceptions.
            throw JobFailure.permanent("the source cannot be decoded, it is broken: " + reason(e), e);
        }
    }

    @Override
    public void close() {
        reader.dispose();
    }

    private void refuseTooLarge(byte[] file, FileKind kind, ImageConfig config) throws IOException, JobFailure {
        long most = kind == FileKind.WEBP ? Math.min(config.maxPixels(), MAX_WEBP_PIXELS) : config.maxPixels();
        long pixels = (long) storedWidth * storedHeight;
        if (kind == FileKind.WEBP) {
            pixels = Math.max(pixels, Riff.largestFrame(file));
        }
        if (pixels > most || storedWidth < 1 || storedHeight < 1) {
            throw JobFailure.permanent("the source has " + storedWidth + " x " + storedHeight + " pixels, at most "
                    + most + " pixels are allowed for " + kind.name().toLowerCase(Locale.ROOT));
        }
        boolean animated = kind == FileKind.GIF || kind == FileKind.WEBP;
        if (animated && reader.getNumImages(true) > config.maxFrames()) {
            throw JobFailure.permanent("the source has more than " + config.maxFrames() + " frames");
        }
    }

    private static JobFailure undecodable(FileKind kind, Exception e) {
        return JobFailure.permanent("the source's " + kind + " header cannot be read: " + reason(e), e);
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static ImageReader reader(FileKind kind) {
        Iterator<ImageReader> readers =
                ImageIO.getImageReadersByFormatName(kind.name().toLowerCase(Locale.ROOT));
        if (!readers.hasNext()) {
            throw new IllegalStateException("this installation lacks the reader for " + kind);
        }
        return readers.next();
    }
}
