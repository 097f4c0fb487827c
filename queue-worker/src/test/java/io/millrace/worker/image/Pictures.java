package io.millrace.worker.image;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** Picture files for tests, whole and broken. */
final class Pictures {

    static final byte[] WEBP_LOSSY =
            Base64.getDecoder().decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA");
    static final byte[] WEBP_LOSSLESS = Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");

    private Pictures() {}

    /** Four corners: red, green (right), blue (below), white (opposite). */
    static BufferedImage corners(int width, int height) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                Color above = x < width / 2 ? Color.RED : Color.GREEN;
                Color below = x < width / 2 ? Color.BLUE : Color.WHITE;
                image.setRGB(x, y, (y < height / 2 ? above : below).getRGB());
            }
        }
        return image;
    }

    static byte[] file(BufferedImage image, String format) {
        try {
            var out = new ByteArrayOutputStream();
            if (!ImageIO.write(image, format, out)) {
                throw new IllegalArgumentException(format);
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static BufferedImage read(byte[] file) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
        if (image == null) {
            throw new IOException("no picture");
        }
        return image;
    }

    /** Puts an EXIF segment with an orientation and a comment behind the start of a JPEG. */
    static byte[] withOrientation(byte[] jpeg, int orientation) {
        byte[] tiff = tiff(orientation);
        ByteBuffer segment = ByteBuffer.allocate(4 + 6 + tiff.length);
        segment.put((byte) 0xFF).put((byte) 0xE1).putShort((short) (2 + 6 + tiff.length));
        segment.put("Exif\0\0".getBytes(StandardCharsets.ISO_8859_1)).put(tiff);
        byte[] result = new byte[jpeg.length + segment.capacity()];
        System.arraycopy(jpeg, 0, result, 0, 2);
        System.arraycopy(segment.array(), 0, result, 2, segment.capacity());
        System.arraycopy(jpeg, 2, result, 2 + segment.capacity(), jpeg.length - 2);
        return result;
    }

    static byte[] tiff(int orientation) {
        byte[] secret = "SECRET-GPS".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer tiff =
                ByteBuffer.allocate(8 + 2 + 2 * 12 + 4 + secret.length).order(ByteOrder.LITTLE_ENDIAN);
        tiff.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8).putShort((short) 2);
        tiff.putShort((short) 0x010E).putShort((short) 2).putInt(secret.length).putInt(8 + 2 + 2 * 12 + 4);
        tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1).putInt(orientation);
        return tiff.putInt(0).put(secret).array();
    }

    /** A PNG with the sides it is told and the data of another. */
    static byte[] lyingPng(int width, int height, byte[] png) {
        byte[] lying = png.clone();
        ByteBuffer header = ByteBuffer.wrap(lying);
        header.putInt(16, width).putInt(20, height);
        var crc = new CRC32();
        crc.update(lying, 12, 17);
        header.putInt(29, (int) crc.getValue());
        return lying;
    }

    /** A WebP whose picture data declares these sides (each at most 16383). */
    static byte[] lyingWebp(int width, int height) {
        byte[] lying = WEBP_LOSSY.clone();
        ByteBuffer.wrap(lying)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(26, (short) width)
                .putShort(28, (short) height);
        return lying;
    }

    /** A WebP with an extended header of one pixel around such data. */
    static byte[] lyingExtendedWebp(int width, int height, byte[]... more) {
        byte[] inner = Arrays.copyOfRange(lyingWebp(width, height), 12, WEBP_LOSSY.length);
        int extra = Arrays.stream(more).mapToInt(bytes -> bytes.length).sum();
        ByteBuffer file = ByteBuffer.allocate(12 + 18 + inner.length + extra).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(file.capacity() - 8);
        file.put("WEBPVP8X".getBytes(StandardCharsets.US_ASCII))
                .putInt(10)
                .put(new byte[10])
                .put(inner);
        for (byte[] chunk : more) {
            file.put(chunk);
        }
        return file.array();
    }
}
