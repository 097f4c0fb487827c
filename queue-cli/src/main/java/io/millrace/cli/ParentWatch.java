package io.millrace.cli;

import io.millrace.core.thread.NamedThreads;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * Ends this process in order when the one that started it is gone, however that ended: its end of our standard input
 * closes with it. Only where the starter asks for it, since others give a process no input at all.
 */
final class ParentWatch {

    /** Set to {@code true} by a starter that holds our standard input open for as long as it lives. */
    static final String SETTING = "MILLRACE_EXIT_WITH_PARENT";

    private ParentWatch() {}

    /** Starts watching where the environment says so; {@code onGone} runs once, on the watching thread. */
    static void startIfAsked(Map<String, String> environment, InputStream in, Runnable onGone) {
        if ("true".equals(environment.get(SETTING))) {
            NamedThreads.platform("parent-watch")
                    .newThread(() -> {
                        awaitEnd(in);
                        onGone.run();
                    })
                    .start();
        }
    }

    private static void awaitEnd(InputStream in) {
        byte[] ignored = new byte[64];
        try {
            while (in.read(ignored) >= 0) {
                // Whatever is sent means nothing; only the end counts.
            }
        } catch (IOException e) {
            // A broken pipe is an end as well.
        }
    }

    /** What a service does when its starter is gone: the same as at SIGTERM. */
    static void stopThisProcess() {
        System.err.println("millrace: the process that started this one is gone; stopping");
        System.exit(0);
    }
}
