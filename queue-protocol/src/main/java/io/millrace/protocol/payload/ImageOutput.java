package io.millrace.protocol.payload;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One size to make of a picture: width, height or both.
 *
 * @param name the file's name without extension; absent means {@code output-N} by position
 * @param width the box's width in pixels, 1 to {@value #MAX_SIDE}
 * @param height the box's height in pixels, 1 to {@value #MAX_SIDE}
 * @param fit {@code contain} (default) or {@code cover}
 * @param format {@code jpeg} (default) or {@code png}
 * @param quality of a JPEG, 1 to 100; absent means {@value #DEFAULT_QUALITY}
 */
public record ImageOutput(
        @Nullable String name,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable String fit,
        @Nullable String format,
        @Nullable Integer quality) {

    /** Longest side that can be asked for, in pixels. */
    public static final int MAX_SIDE = 10_000;

    /** Quality of a JPEG when nothing is said. */
    public static final int DEFAULT_QUALITY = 85;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

    /** How a picture is put into a box of another shape. */
    public enum Fit {
        /** The whole picture, as large as fits; one side may stay shorter than asked. */
        CONTAIN,
        /** The box is filled; what sticks out on two sides is cut off evenly. */
        COVER
    }

    /** What a picture is written as. */
    public enum Format {
        /** Without transparency, for photographs. */
        JPEG("jpg", "image/jpeg"),
        /** Lossless, with transparency. */
        PNG("png", "image/png");

        private final String extension;
        private final String contentType;

        Format(String extension, String contentType) {
            this.extension = extension;
            this.contentType = contentType;
        }

        /** The extension of its files, without a dot. */
        public String extension() {
            return extension;
        }

        /** Its media type. */
        public String contentType() {
            return contentType;
        }
    }

    /** The fit asked for, or the default; only for an output without problems. */
    public Fit fitOrDefault() {
        return fit == null ? Fit.CONTAIN : word(Fit.class, fit).orElseThrow();
    }

    /** The format asked for, or the default; only for an output without problems. */
    public Format formatOrDefault() {
        return format == null ? Format.JPEG : word(Format.class, format).orElseThrow();
    }

    /** The quality asked for, or the default. */
    public int qualityOrDefault() {
        return quality == null ? DEFAULT_QUALITY : quality;
    }

    void check(String pointer, ProblemList problems) {
        if (name != null && !NAME.matcher(name).matches()) {
            problems.add(
                    pointer + "/name",
                    "is not 1 to 64 letters, digits, '_' and '-', starting with a letter or digit (the extension is"
                            + " added)");
        }
        if (width == null && height == null) {
            problems.add(pointer, "has neither width nor height: give at least one of them");
        }
        checkRange(width, MAX_SIDE, pointer + "/width", problems);
        checkRange(height, MAX_SIDE, pointer + "/height", problems);
        checkRange(quality, 100, pointer + "/quality", problems);
        if (fit != null && word(Fit.class, fit).isEmpty()) {
            problems.add(pointer + "/fit", "is neither contain nor cover: give one of them");
        }
        if (format != null && word(Format.class, format).isEmpty()) {
            problems.add(pointer + "/format", "is neither jpeg nor png: give one of them");
        }
        if (quality != null && "png".equals(format)) {
            problems.add(pointer + "/quality", "is for jpeg only, and the format is png: leave it out");
        }
        if ("cover".equals(fit) && (width == null || height == null)) {
            problems.add(pointer + "/fit", "is cover, which needs both width and height: give both");
        }
    }

    private static void checkRange(@Nullable Integer value, int most, String pointer, ProblemList problems) {
        if (value != null && (value < 1 || value > most)) {
            problems.add(pointer, "is " + value + ": give a whole number from 1 to " + most);
        }
    }

    private static <E extends Enum<E>> Optional<E> word(Class<E> type, String text) {
        return List.of(type.getEnumConstants()).stream()
                .filter(e -> e.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst();
    }
}
