package io.millrace.cli;

import io.millrace.worker.email.MailSink;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace mail-sink}: the mail server of {@code up} as a process of its own, until SIGTERM. */
@Command(
        name = "mail-sink",
        sortOptions = false,
        description = "Run a mail server that keeps every mail as an .eml file and sends none on, until SIGTERM.")
final class MailSinkCommand implements Callable<Integer> {

    @Option(names = "--folder", paramLabel = "DIR", description = "Where the mails go. Default: ./mail")
    private Path folder = Path.of("mail");

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "The address to listen on; whoever reaches it can leave mails. Default: 127.0.0.1")
    private String host = "127.0.0.1";

    @Option(names = "--port", paramLabel = "N", description = "The port; 0 takes a free one. Default: 2525")
    private int port = 2525;

    @Override
    public Integer call() throws Exception {
        ParentWatch.startIfAsked(System.getenv(), System.in, ParentWatch::stopThisProcess);
        try (MailSink sink = MailSink.start(folder, InetAddress.getByName(host), port)) {
            System.out.println("millrace mail sink ready on " + host + ":" + sink.port());
            // SIGTERM ends the process; a mail that was confirmed is on the disk by then.
            new CountDownLatch(1).await();
        }
        return 0;
    }
}
