package io.millrace.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Looks for planted texts in whatever any logger of this JVM says at INFO or above, exceptions and MDC included, until it
 * is closed. A text must be planted by one test alone, since those beside it are heard as well. Safe for use by several
 * threads.
 */
public final class LogCanaries implements AutoCloseable {

    private final Logger root;
    private final Ear ear;

    private LogCanaries(Logger root, Collection<String> planted) {
        this.root = root;
        this.ear = new Ear(planted);
        ear.setContext(root.getLoggerContext());
        ear.start();
        root.addAppender(ear);
    }

    /** Listens for these texts. */
    public static LogCanaries listen(Collection<String> planted) {
        return new LogCanaries(LogWatch.logbackLogger(org.slf4j.Logger.ROOT_LOGGER_NAME), planted);
    }

    /** Throws an {@link AssertionError} with every line that held one. */
    public void assertSilent() {
        if (!ear.caught.isEmpty()) {
            throw new AssertionError("what must not be logged was:\n" + String.join("\n", ear.caught));
        }
    }

    /** Listens no more. */
    @Override
    public void close() {
        root.detachAppender(ear);
        ear.stop();
    }

    private static final class Ear extends AppenderBase<ILoggingEvent> {

        private final List<String> planted;
        private final Queue<String> caught = new ConcurrentLinkedQueue<>();

        Ear(Collection<String> planted) {
            this.planted = List.copyOf(planted);
        }

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.INFO)) {
                String line = whole(event);
                if (planted.stream().anyMatch(line::contains)) {
                    caught.add(line);
                }
            }
        }

        private static String whole(ILoggingEvent event) {
            String line = event.getLevel() + " " + event.getLoggerName() + " " + event.getMDCPropertyMap() + " "
                    + event.getFormattedMessage();
            return event.getThrowableProxy() == null
                    ? line
                    : line + "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
        }
    }
}
