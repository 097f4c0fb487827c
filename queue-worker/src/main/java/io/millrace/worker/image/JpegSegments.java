package io.millrace.worker.image;

import java.util.ArrayList;
import java.util.List;

/** The marker segments of a JPEG up to its first scan. */
final class JpegSegments {

    private static final int MARKER = 0xFF;
    private static final int START_OF_SCAN = 0xDA;
    private static final int MOST = 10_000;

    private JpegSegments() {}

    /**
     * One segment.
     *
     * @param marker its second marker byte
     * @param start where its content starts
     * @param end where it ends, exclusive
     */
    record Segment(int marker, int start, int end) {
        boolean startsScan() {
            return marker == START_OF_SCAN;
        }
    }

    /** As many segments as are whole; the scan is the last. */
    static List<Segment> of(byte[] file) {
        List<Segment> segments = new ArrayList<>();
        int at = 2;
        while (at + 4 <= file.length && segments.size() < MOST && (file[at] & 0xFF) == MARKER) {
            int marker = file[at + 1] & 0xFF;
            if (marker == MARKER) {
                at++;
                continue;
            }
            int length = (file[at + 2] & 0xFF) << 8 | (file[at + 3] & 0xFF);
            int end = at + 2 + length;
            if (length < 2 || end > file.length) {
                break;
            }
            segments.add(new Segment(marker, at + 4, end));
            if (marker == START_OF_SCAN) {
                break;
            }
            at = end;
        }
        return segments;
    }
}
