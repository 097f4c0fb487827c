package io.millrace.worker.run;

import io.millrace.protocol.Limits;
import io.millrace.worker.handler.JobFailure;
import org.jspecify.annotations.Nullable;

/** What is kept of an exception: short enough to show, and free of what a text column refuses. */
final class Messages {

    private Messages() {}

    /** An exception's own class may fail to say anything. */
    private static @Nullable String told(Throwable thrown) {
        try {
            return thrown.getMessage();
        } catch (RuntimeException | StackOverflowError e) {
            return null;
        }
    }

    static String of(Throwable thrown) {
        String message = told(thrown);
        String text;
        if (thrown instanceof JobFailure && message != null) {
            text = message;
        } else {
            String name = thrown.getClass().getSimpleName();
            text = message == null ? name : name + ": " + message;
        }
        String clean = text.replace('\0', ' ');
        return clean.length() <= Limits.MAX_ERROR_LENGTH
                ? clean
                : clean.substring(0, Limits.MAX_ERROR_LENGTH - 1) + "…";
    }
}
