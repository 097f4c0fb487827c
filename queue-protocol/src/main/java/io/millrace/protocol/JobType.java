package io.millrace.protocol;

import java.util.Optional;

/**
 * The type of a job, which chooses its handler: 1 to 64 characters of {@code a-z 0-9 _ - .}, starting with a letter or
 * digit, such as {@code email.send}. Any type of this form is accepted; users bring their own handlers.
 *
 * @param value the type
 */
public record JobType(String value) implements Comparable<JobType> {

    /** What a type must look like, for messages. */
    public static final String RULE =
            "1 to 64 characters of a-z, 0-9, '_', '-' and '.', starting with a letter or digit";

    /** Sends a mail: {@link io.millrace.protocol.payload}. */
    public static final JobType EMAIL_SEND = new JobType("email.send");

    /** Renders a report. */
    public static final JobType REPORT_RENDER = new JobType("report.render");

    /** Resizes a picture. */
    public static final JobType IMAGE_RESIZE = new JobType("image.resize");

    /** @throws IllegalArgumentException when the type breaks {@link #RULE} */
    public JobType {
        if (!Names.isName(value, true)) {
            throw new IllegalArgumentException("job type '" + Names.shown(value) + "' is not " + RULE);
        }
    }

    /** Reads a type; empty when it breaks {@link #RULE}. */
    public static Optional<JobType> parse(String text) {
        return Names.isName(text, true) ? Optional.of(new JobType(text)) : Optional.empty();
    }

    /** The queue a job of this type goes to when its submit names none. */
    public QueueName defaultQueue() {
        return switch (value) {
            case "email.send" -> new QueueName("email");
            case "report.render" -> new QueueName("report");
            case "image.resize" -> new QueueName("image");
            default -> QueueName.DEFAULT;
        };
    }

    @Override
    public int compareTo(JobType other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
