package io.millrace.core.job;

import io.millrace.protocol.QueueName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which queues somebody may know of: exact names, and prefixes that end in {@code *}. {@code *} alone is every queue, and
 * asking that costs nothing. Immutable.
 */
public final class QueuePatterns {

    /** Every queue. */
    public static final QueuePatterns ALL = new QueuePatterns(List.of("*"));

    /** The most patterns that may be given together. */
    public static final int MOST = 50;

    /** What a pattern looks like, for messages. */
    public static final String RULE = "a queue's name, the beginning of names followed by '*', or '*' for every queue";

    private static final Pattern FORM = Pattern.compile("\\*|[a-z0-9_-]{1,64}\\*?");

    private final List<String> patterns;
    private final boolean all;

    private QueuePatterns(List<String> patterns) {
        this.patterns = patterns;
        this.all = patterns.contains("*");
    }

    /** Whether a text is a pattern, by {@link #RULE}. */
    public static boolean isPattern(String text) {
        return FORM.matcher(text).matches();
    }

    /**
     * These patterns.
     *
     * @throws IllegalArgumentException when there is none, more than {@link #MOST}, or one is no pattern
     */
    public static QueuePatterns of(Collection<String> patterns) {
        if (patterns.isEmpty() || patterns.size() > MOST || !patterns.stream().allMatch(QueuePatterns::isPattern)) {
            throw new IllegalArgumentException("1 to " + MOST + " patterns are needed, each " + RULE);
        }
        return patterns.contains("*")
                ? ALL
                : new QueuePatterns(patterns.stream().distinct().sorted().toList());
    }

    /** Reads {@link #joined()}. */
    public static QueuePatterns read(String joined) {
        return of(List.of(joined.split(",", -1)));
    }

    /** One text of all, without spaces. */
    public String joined() {
        return String.join(",", patterns);
    }

    /** The patterns, sorted. */
    public List<String> texts() {
        return patterns;
    }

    /** Whether they stand for every queue there is and will be. */
    public boolean areAll() {
        return all;
    }

    /** Whether a queue is among them. */
    public boolean cover(QueueName queue) {
        return all || covers(queue.value());
    }

    /** Whether every queue that others stand for is among these. */
    public boolean cover(QueuePatterns others) {
        return all
                || others.patterns.stream().allMatch(other -> covers(isPrefix(other) ? prefix(other) : other, other));
    }

    /** The one queue that they stand for; empty where they stand for more. */
    public Optional<QueueName> only() {
        return patterns.size() == 1 && !isPrefix(patterns.getFirst())
                ? Optional.of(new QueueName(patterns.getFirst()))
                : Optional.empty();
    }

    private boolean covers(String name) {
        for (String pattern : patterns) {
            if (isPrefix(pattern) ? name.startsWith(prefix(pattern)) : name.equals(pattern)) {
                return true;
            }
        }
        return false;
    }

    private boolean covers(String name, String other) {
        return patterns.stream()
                .anyMatch(pattern -> isPrefix(pattern) ? name.startsWith(prefix(pattern)) : other.equals(pattern));
    }

    private static boolean isPrefix(String pattern) {
        return pattern.endsWith("*");
    }

    private static String prefix(String pattern) {
        return pattern.substring(0, pattern.length() - 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QueuePatterns same && patterns.equals(same.patterns);
    }

    @Override
    public int hashCode() {
        return patterns.hashCode();
    }

    @Override
    public String toString() {
        return joined();
    }
}
