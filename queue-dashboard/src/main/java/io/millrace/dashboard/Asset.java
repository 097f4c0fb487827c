package io.millrace.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * One static file, read into memory once.
 *
 * @param content its bytes
 * @param contentType its media type, with charset
 */
@SuppressWarnings("ArrayRecordComponent") // handed to the response as it is; never compared
record Asset(byte[] content, String contentType) {

    /** Reads a file that is part of this jar; one that is missing is a defect of the build. */
    static Asset load(String path) {
        try (InputStream file = Asset.class.getResourceAsStream(path)) {
            if (file == null) {
                throw new IllegalStateException("the dashboard's file " + path + " is not in the jar; build it again");
            }
            return new Asset(file.readAllBytes(), contentType(path));
        } catch (IOException e) {
            throw new UncheckedIOException("the dashboard's file " + path + " cannot be read from the jar", e);
        }
    }

    private static String contentType(String path) {
        return switch (path.substring(path.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "js", "mjs" -> "text/javascript; charset=utf-8";
            case "svg" -> "image/svg+xml; charset=utf-8";
            case "txt", "md" -> "text/plain; charset=utf-8";
            default -> throw new IllegalArgumentException("no media type is known for " + path);
        };
    }
}
