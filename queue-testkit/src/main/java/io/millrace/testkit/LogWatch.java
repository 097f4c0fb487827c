package io.millrace.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;

/**
 * Collects what is logged as WARN or ERROR by one logger and those below it, from all threads, until it is closed.
 *
 * <p>Test classes run side by side in one JVM: watch the logger of the class under test and not a whole tree, or
 * another class's warnings arrive as well. Safe for use by several threads.
 */
public final class LogWatch implements AutoCloseable {

    private static final long LOGGING_STARTS_LIMIT = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(5);

    private final Logger logger;
    private final Collector collector;
    private final Queue<String> expected = new ConcurrentLinkedQueue<>();

    private LogWatch(Logger logger) {
        this.logger = logger;
        this.collector = new Collector();
        collector.setContext(logger.getLoggerContext());
        collector.start();
        logger.addAppender(collector);
    }

    /** Watches the logger of a class. */
    public static LogWatch on(Class<?> type) {
        return on(type.getName());
    }

    /** Watches a logger by name; the name of a package watches all its classes. */
    public static LogWatch on(String logger) {
        return new LogWatch(logbackLogger(logger));
    }

    /** While another thread's first use sets logging up, SLF4J hands out substitutes: a moment later it is Logback. */
    static Logger logbackLogger(String name) {
        long deadline = System.nanoTime() + LOGGING_STARTS_LIMIT;
        while (System.nanoTime() < deadline) {
            if (LoggerFactory.getLogger(name) instanceof Logger logback) {
                return logback;
            }
            LockSupport.parkNanos(LOOK_AGAIN);
        }
        throw new IllegalStateException("the logger " + name + " is not one of Logback but "
                + LoggerFactory.getLogger(name).getClass());
    }

    /** Lets {@link #assertQuiet} accept messages that contain this text. */
    public LogWatch expect(String part) {
        expected.add(part);
        return this;
    }

    /** The messages so far, each as {@code LEVEL message}, in the order of their arrival. */
    public List<String> messages() {
        return collector.events.stream().map(LogWatch::head).toList();
    }

    /** Throws an {@link AssertionError} with every message that was not expected, stack traces included. */
    public void assertQuiet() {
        List<String> surprises = collector.events.stream()
                .filter(event -> expected.stream().noneMatch(event.getFormattedMessage()::contains))
                .map(LogWatch::whole)
                .toList();
        if (!surprises.isEmpty()) {
            throw new AssertionError(
                    "unexpected in the log of " + logger.getName() + ":\n" + String.join("\n", surprises));
        }
    }

    private static String head(ILoggingEvent event) {
        return event.getLevel() + " " + event.getFormattedMessage();
    }

    private static String whole(ILoggingEvent event) {
        return event.getThrowableProxy() == null
                ? head(event)
                : head(event) + "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
    }

    /** Stops watching; what was collected stays readable. */
    @Override
    public void close() {
        logger.detachAppender(collector);
        collector.stop();
    }

    /** Keeps WARN and above. */
    private static final class Collector extends AppenderBase<ILoggingEvent> {

        private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
                events.add(event);
            }
        }
    }
}
