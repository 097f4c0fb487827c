package io.millrace.worker.image;

import io.millrace.protocol.payload.ImageOutput;
import java.awt.Color;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import net.coobird.thumbnailator.Thumbnails;

/** Scales a decoded picture and writes it anew, without any of the source's metadata. */
final class PictureWriter {

    private PictureWriter() {}

    /**
     * Cuts out and scales.
     *
     * @param decoded the upright picture, possibly smaller than the source
     * @param sourceWidth the width that {@code placement} counts in
     */
    static BufferedImage scaled(BufferedImage decoded, int sourceWidth, Placement placement, ImageOutput.Format format)
            throws IOException {
        double ratio = decoded.getWidth() / (double) sourceWidth;
        Rectangle part = shrunk(placement.part(), ratio, decoded);
        BufferedImage scaled = Thumbnails.of(decoded)
                .sourceRegion(part)
                .forceSize(placement.width(), placement.height())
                .imageType(BufferedImage.TYPE_INT_ARGB)
                .asBufferedImage();
        return format == ImageOutput.Format.JPEG || !decoded.getColorModel().hasAlpha() ? onWhite(scaled) : scaled;
    }

    /** Writes a picture; the stream stays open. */
    static void write(BufferedImage picture, ImageOutput.Format format, int quality, OutputStream out)
            throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format.name().toLowerCase(Locale.ROOT))
                .next();
        try (var stream = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(stream);
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            if (format == ImageOutput.Format.JPEG) {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(quality / 100f);
            }
            writer.write(null, new IIOImage(picture, null, null), parameters);
        } finally {
            writer.dispose();
        }
    }

    private static Rectangle shrunk(Rectangle part, double ratio, BufferedImage decoded) {
        int x = (int) Math.min(decoded.getWidth() - 1L, Math.round(part.x * ratio));
        int y = (int) Math.min(decoded.getHeight() - 1L, Math.round(part.y * ratio));
        int width = (int) Math.max(1, Math.min(decoded.getWidth() - x, Math.round(part.width * ratio)));
        int height = (int) Math.max(1, Math.min(decoded.getHeight() - y, Math.round(part.height * ratio)));
        return new Rectangle(x, y, width, height);
    }

    private static BufferedImage onWhite(BufferedImage picture) {
        var flat = new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
        var graphics = flat.createGraphics();
        graphics.drawImage(picture, 0, 0, Color.WHITE, null);
        graphics.dispose();
        return flat;
    }
}
