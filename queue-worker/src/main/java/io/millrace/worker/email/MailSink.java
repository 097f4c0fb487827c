package io.millrace.worker.email;

import io.millrace.core.thread.NamedThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small mail server for machines without one. It takes mails over real SMTP, on the loopback address unless told otherwise, and keeps each
 * as an {@code .eml} file, which mail programs open; the envelope's recipients, bcc ones too, stand in an
 * {@code X-Envelope-To} line at its top. It never sends anything anywhere.
 *
 * <p>Limits: {@value SmtpConversation#MAX_MESSAGE_BYTES} bytes a mail, {@value SmtpConversation#MAX_RECIPIENTS} recipients,
 * {@value #MAX_CONNECTIONS} connections at a time, a minute of silence.
 *
 * <p>Safe for any number of threads. {@link #close} may be called twice and returns when nothing is received any more.
 */
public final class MailSink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MailSink.class);
    private static final int MAX_CONNECTIONS = 200;
    private static final int BACKLOG = 200;
    private static final int SILENCE_MS = 60_000;

    private final ServerSocket server;
    private final MailFolder folder;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Set<Thread> talking = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;

    private MailSink(ServerSocket server, MailFolder folder) {
        this.server = server;
        this.folder = folder;
        this.acceptor = NamedThreads.platform("mail-sink").newThread(this::accept);
    }

    /**
     * Starts one.
     *
     * @param folder where the mails go; made when it is not there
     * @param port on the loopback address; 0 takes a free one
     * @throws IOException when the port is taken or the folder cannot be made
     */
    public static MailSink start(Path folder, int port) throws IOException {
        return start(folder, InetAddress.getLoopbackAddress(), port);
    }

    /**
     * Starts one on another address; whoever reaches it can leave mails.
     *
     * @param folder where the mails go; made when it is not there
     * @param address to listen on
     * @param port 0 takes a free one
     * @throws IOException when the port is taken or the folder cannot be made
     */
    public static MailSink start(Path folder, InetAddress address, int port) throws IOException {
        var mails = new MailFolder(folder, InstantSource.system());
        var sink = new MailSink(new ServerSocket(port, BACKLOG, address), mails);
        sink.acceptor.start();
        return sink;
    }

    /** The port it listens on. */
    public int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket connection : connections) {
            connection.close();
        }
        try {
            acceptor.join();
            for (Thread thread : talking) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket connection = server.accept();
                connections.add(connection);
                Thread thread = NamedThreads.virtual("mail-sink-connection").newThread(() -> talk(connection));
                talking.add(thread);
                thread.start();
            } catch (IOException e) {
                if (!server.isClosed()) {
                    LOG.warn("the mail sink could not take a connection", e);
                }
            }
        }
        connections.forEach(MailSink::closeQuietly);
    }

    private void talk(Socket connection) {
        try (connection) {
            connection.setSoTimeout(SILENCE_MS);
            var conversation = new SmtpConversation(connection, folder);
            if (connections.size() > MAX_CONNECTIONS) {
                conversation.refuse();
            } else {
                conversation.run();
            }
        } catch (IOException e) {
            LOG.debug("a connection to the mail sink ended early: {}", e.toString());
        } finally {
            connections.remove(connection);
            talking.remove(Thread.currentThread());
        }
    }

    private static void closeQuietly(Socket connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.debug("a connection to the mail sink did not close: {}", e.toString());
        }
    }
}
