package io.millrace.worker.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The picture formats that are read, told apart by their first bytes and never by a name. */
enum FileKind {
    JPEG,
    PNG,
    GIF,
    WEBP;

    private static final byte[] PNG_HEAD = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final byte[] PNG_END = "IEND".getBytes(StandardCharsets.US_ASCII);
    private static final int RIFF_HEADER = 8;
    private static final int MARKER = 0xFF;
    private static final int END_OF_IMAGE = 0xD9;
    private static final byte GIF_TRAILER = 0x3B;

    static Optional<FileKind> of(byte[] file) {
        if (hasAt(file, 0, new byte[] {(byte) MARKER, (byte) 0xD8, (byte) MARKER})) {
            return Optional.of(JPEG);
        }
        if (hasAt(file, 0, PNG_HEAD)) {
            return Optional.of(PNG);
        }
        if (hasText(file, 0, "GIF87a") || hasText(file, 0, "GIF89a")) {
            return Optional.of(GIF);
        }
        return hasText(file, 0, "RIFF") && hasText(file, RIFF_HEADER, "WEBP") ? Optional.of(WEBP) : Optional.empty();
    }

    /**
     * Whether the file's end is missing. Decoders are lenient and fill what is missing with grey; a job should rather say
     * that its upload was cut off.
     */
    boolean isCutOff(byte[] file) {
        return switch (this) {
            case JPEG ->
                JpegSegments.of(file).stream()
                        .filter(JpegSegments.Segment::startsScan)
                        .noneMatch(scan -> contains(file, scan.end(), MARKER, END_OF_IMAGE));
            case PNG -> lastIndexOf(file, PNG_END) < 0;
            case GIF -> file[file.length - 1] != GIF_TRAILER;
            case WEBP -> Riff.declaredLength(file) > file.length;
        };
    }

    private static boolean contains(byte[] file, int from, int first, int second) {
        for (int i = from; i + 1 < file.length; i++) {
            if ((file[i] & 0xFF) == first && (file[i + 1] & 0xFF) == second) {
                return true;
            }
        }
        return false;
    }

    private static int lastIndexOf(byte[] file, byte[] wanted) {
        for (int i = file.length - wanted.length; i >= 0; i--) {
            if (hasAt(file, i, wanted)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean hasText(byte[] file, int at, String text) {
        return hasAt(file, at, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean hasAt(byte[] file, int at, byte[] wanted) {
        return file.length >= at + wanted.length
                && Arrays.equals(file, at, at + wanted.length, wanted, 0, wanted.length);
    }
}
