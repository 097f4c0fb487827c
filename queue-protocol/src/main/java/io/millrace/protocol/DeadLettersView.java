package io.millrace.protocol;

import java.time.Instant;
import java.util.List;

/**
 * Dead jobs by the kind of their failure, as {@code GET /v1/dead-letters/groups} shows them.
 *
 * @param groups the largest first
 * @param complete false when there are more dead jobs than were looked at
 */
public record DeadLettersView(List<Group> groups, boolean complete) {

    /**
     * Jobs of one type that failed for one reason with messages that are alike.
     *
     * @param fingerprint names the group
     * @param type the type
     * @param reason the class of failure
     * @param pattern what the messages have in common
     * @param jobs how many they are
     * @param queues where they are
     * @param firstAt when the first of them died
     * @param lastAt when the last of them died
     * @param example the id of the last of them
     */
    public record Group(
            String fingerprint,
            String type,
            String reason,
            String pattern,
            int jobs,
            List<String> queues,
            Instant firstAt,
            Instant lastAt,
            String example) {}
}
