package io.millrace.worker.email;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** The folder a {@link MailSink} keeps mails in: one file each, which appears whole. */
final class MailFolder {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int LONGEST_ID = 80;

    private final Path folder;
    private final InstantSource clock;
    private final AtomicLong sequence = new AtomicLong();

    MailFolder(Path folder, InstantSource clock) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.clock = clock;
    }

    /** A mail that is being received; {@link Incoming#close} without {@link Incoming#keep} forgets it. */
    Incoming incoming() throws IOException {
        return new Incoming();
    }

    /** One mail that is being written. For one thread. */
    final class Incoming implements AutoCloseable {
        private final long number = sequence.incrementAndGet();
        private final Path temporary;
        private final FileChannel channel;
        private final OutputStream out;

        private Incoming() throws IOException {
            temporary = folder.resolve(".incoming-" + ProcessHandle.current().pid() + "-" + number);
            channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
            out = new BufferedOutputStream(Channels.newOutputStream(channel));
        }

        void line(String text) throws IOException {
            line(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void line(byte[] bytes) throws IOException {
            out.write(bytes);
            out.write('\r');
            out.write('\n');
        }

        /** Makes the mail last under a name of the time, a number and what is given. */
        Path keep(String messageId) throws IOException {
            out.flush();
            channel.force(true);
            String name = TIME.format(clock.instant()) + "-" + number + plain(messageId) + ".eml";
            return Files.move(temporary, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void close() throws IOException {
            channel.close();
            Files.deleteIfExists(temporary);
        }
    }

    private static String plain(String messageId) {
        String safe = messageId.replaceAll("[^A-Za-z0-9@._-]", "").replace("..", "");
        String cut = safe.substring(0, Math.min(safe.length(), LONGEST_ID));
        return cut.isEmpty() ? "" : "-" + cut;
    }
}
