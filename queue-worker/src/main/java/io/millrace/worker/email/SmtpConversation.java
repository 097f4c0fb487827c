package io.millrace.worker.email;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One connection to a {@link MailSink}: the server's side of SMTP (RFC 5321) as far as a mail library speaks it. */
final class SmtpConversation {

    static final int MAX_MESSAGE_BYTES = 25 * 1024 * 1024;
    static final int MAX_RECIPIENTS = 1_000;
    private static final int MAX_COMMAND_BYTES = 2_000;
    private static final int MAX_DATA_LINE_BYTES = 1024 * 1024;
    private static final int MAX_COMMANDS = 100_000;
    private static final String MESSAGE_ID = "message-id:";

    private final InputStream in;
    private final OutputStream out;
    private final MailFolder folder;
    private final List<String> recipients = new ArrayList<>();
    private @Nullable String sender;

    SmtpConversation(Socket connection, MailFolder folder) throws IOException {
        this.in = new BufferedInputStream(connection.getInputStream());
        this.out = connection.getOutputStream();
        this.folder = folder;
    }

    void refuse() throws IOException {
        reply("421 too many connections, come back later");
    }

    void run() throws IOException {
        reply("220 localhost mail sink");
        for (int i = 0; i < MAX_COMMANDS; i++) {
            String line = text(readLine(MAX_COMMAND_BYTES));
            int blank = line.indexOf(' ');
            String verb = (blank < 0 ? line : line.substring(0, blank)).toUpperCase(Locale.ROOT);
            String rest = blank < 0 ? "" : line.substring(blank + 1).strip();
            switch (verb) {
                case "EHLO" -> greet();
                case "HELO" -> {
                    reset();
                    reply("250 localhost");
                }
                case "MAIL" -> mail(rest);
                case "RCPT" -> recipient(rest);
                case "DATA" -> data();
                case "RSET" -> {
                    reset();
                    reply("250 forgotten");
                }
                case "NOOP" -> reply("250 fine");
                case "QUIT" -> {
                    reply("221 goodbye");
                    return;
                }
                default -> reply("500 unknown command");
            }
        }
        reply("421 too many commands");
    }

    private void greet() throws IOException {
        reset();
        reply("250-localhost\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE " + MAX_MESSAGE_BYTES);
    }

    private void mail(String rest) throws IOException {
        String address = path(rest, "FROM:");
        if (address == null) {
            reply("501 give MAIL FROM:<address>");
        } else if (sender != null) {
            reply("503 a mail is open already");
        } else if (declaredSize(rest) > MAX_MESSAGE_BYTES) {
            reply("552 larger than " + MAX_MESSAGE_BYTES + " bytes");
        } else {
            sender = address;
            reply("250 go on");
        }
    }

    private void recipient(String rest) throws IOException {
        String address = path(rest, "TO:");
        if (sender == null) {
            reply("503 MAIL comes first");
        } else if (address == null || address.isEmpty()) {
            reply("501 give RCPT TO:<address>");
        } else if (recipients.size() >= MAX_RECIPIENTS) {
            reply("452 too many recipients");
        } else {
            recipients.add(address);
            reply("250 go on");
        }
    }

    private void data() throws IOException {
        if (recipients.isEmpty()) {
            reply("503 RCPT comes first");
            return;
        }
        reply("354 end with a line of one dot");
        try (var incoming = folder.incoming()) {
            incoming.line("Return-Path: <" + sender + ">");
            incoming.line("X-Envelope-To: " + String.join(",\r\n ", recipients));
            Received received = receive(incoming);
            if (received.bytes > MAX_MESSAGE_BYTES) {
                reply("552 larger than " + MAX_MESSAGE_BYTES + " bytes");
            } else {
                reply("250 kept as " + incoming.keep(received.messageId).getFileName());
            }
        }
        reset();
    }

    private record Received(long bytes, String messageId) {}

    /** Reads up to the line of one dot, whatever the size, so that the conversation can go on. */
    private Received receive(MailFolder.Incoming incoming) throws IOException {
        long bytes = 0;
        boolean inHeader = true;
        String messageId = "";
        while (true) {
            byte[] line = readLine(MAX_DATA_LINE_BYTES);
            if (line.length == 1 && line[0] == '.') {
                return new Received(bytes, messageId);
            }
            byte[] unstuffed = unstuffed(line);
            bytes += unstuffed.length + 2;
            inHeader = inHeader && unstuffed.length > 0;
            if (inHeader && text(unstuffed).toLowerCase(Locale.ROOT).startsWith(MESSAGE_ID)) {
                messageId = text(unstuffed).substring(MESSAGE_ID.length());
            }
            if (bytes <= MAX_MESSAGE_BYTES) {
                incoming.line(unstuffed);
            }
        }
    }

    private static byte[] unstuffed(byte[] line) {
        return line.length > 0 && line[0] == '.' ? Arrays.copyOfRange(line, 1, line.length) : line;
    }

    private void reset() {
        sender = null;
        recipients.clear();
    }

    /** What stands between the angle brackets; null when it is not there. */
    private static @Nullable String path(String rest, String keyword) {
        int open = rest.indexOf('<');
        int close = rest.indexOf('>');
        boolean fits = rest.toUpperCase(Locale.ROOT).startsWith(keyword) && open >= 0 && close > open;
        return fits ? rest.substring(open + 1, close) : null;
    }

    private static long declaredSize(String rest) {
        int at = rest.toUpperCase(Locale.ROOT).indexOf(" SIZE=");
        if (at < 0) {
            return 0;
        }
        String digits = rest.substring(at + " SIZE=".length()).split(" ", 2)[0];
        return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : Long.MAX_VALUE;
    }

    /** One line without its CR LF; a lone LF or CR is part of the line. */
    private byte[] readLine(int limit) throws IOException {
        var line = new ByteArrayOutputStream();
        int previous = -1;
        while (true) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the client left");
            }
            if (next == '\n' && previous == '\r') {
                return Arrays.copyOf(line.toByteArray(), line.size() - 1);
            }
            if (line.size() >= limit) {
                reply("500 line too long");
                throw new IOException("a line of over " + limit + " bytes");
            }
            line.write(next);
            previous = next;
        }
    }

    private void reply(String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
