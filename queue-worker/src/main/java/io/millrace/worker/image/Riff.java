package io.millrace.worker.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The chunks of a WebP file (a RIFF container). */
final class Riff {

    private static final int HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int ANIMATION_FRAME_HEADER = 16;
    private static final int LOSSLESS_SIGNATURE = 0x2F;
    private static final int FOURTEEN_BITS = 0x3FFF;
    private static final int MOST = 100_000;

    private Riff() {}

    /**
     * One chunk.
     *
     * @param type its four letters
     * @param start where its content starts
     * @param end where it ends, exclusive, at most the file's end
     */
    record Chunk(String type, int start, int end) {}

    /** How long the file says it is, in bytes. */
    static long declaredLength(byte[] file) {
        return unsigned(file, 4) + CHUNK_HEADER;
    }

    /** All chunks, those inside animation frames too. */
    static List<Chunk> chunks(byte[] file) {
        List<Chunk> chunks = new ArrayList<>();
        collect(file, HEADER, file.length, chunks);
        return chunks;
    }

    private static void collect(byte[] file, int from, int to, List<Chunk> chunks) {
        long at = from;
        while (at + CHUNK_HEADER <= to && chunks.size() < MOST) {
            int start = (int) at + CHUNK_HEADER;
            String type = new String(file, (int) at, 4, StandardCharsets.ISO_8859_1);
            long length = unsigned(file, (int) at + 4);
            int end = (int) Math.min(to, start + length);
            chunks.add(new Chunk(type, start, end));
            if (type.equals("ANMF")) {
                collect(file, Math.min(end, start + ANIMATION_FRAME_HEADER), end, chunks);
            }
            at = start + length + (length & 1);
        }
    }

    /**
     * The most pixels that any picture data inside declares for itself. The decoder reserves memory by these figures, and
     * they can differ from those of the container, which are shown as the picture's size.
     */
    static long largestFrame(byte[] file) {
        return chunks(file).stream()
                .mapToLong(chunk -> pixels(file, chunk))
                .max()
                .orElse(0);
    }

    private static long pixels(byte[] file, Chunk chunk) {
        if (chunk.type.equals("VP8 ") && chunk.end - chunk.start >= 10) {
            return (unsigned(file, chunk.start + 6) & FOURTEEN_BITS)
                    * (unsigned(file, chunk.start + 6) >> 16 & FOURTEEN_BITS);
        }
        boolean lossless = chunk.type.equals("VP8L") && chunk.end - chunk.start >= 5;
        if (lossless && (file[chunk.start] & 0xFF) == LOSSLESS_SIGNATURE) {
            long bits = unsigned(file, chunk.start + 1);
            return ((bits & FOURTEEN_BITS) + 1) * ((bits >> 14 & FOURTEEN_BITS) + 1);
        }
        return 0;
    }

    private static long unsigned(byte[] file, int at) {
        return file.length < at + 4
                ? 0
                : Integer.toUnsignedLong(
                        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(at));
    }
}
