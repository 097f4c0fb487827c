package io.millrace.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.QueueName;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueuePatternsTest {

    @ParameterizedTest
    @CsvSource({
        "*, mail, true",
        "mail, mail, true",
        "mail, mail-2, false",
        "mail*, mail, true",
        "mail*, mail-2, true",
        "mail*, mai, false",
        "a_b, a-b, false",
        "a_b, axb, false",
    })
    void a_pattern_covers_its_name_or_what_begins_so(String pattern, String queue, boolean covers) {
        assertThat(QueuePatterns.of(List.of(pattern)).cover(new QueueName(queue)))
                .isEqualTo(covers);
    }

    @ParameterizedTest
    @CsvSource({
        "*, *, true",
        "*, a*, true",
        "a*, *, false",
        "a*, a*, true",
        "a*, ab*, true",
        "ab*, a*, false",
        "a*, ab, true",
        "a, a, true",
        "a, a*, false",
        "a*;b, ab;b, true",
        "a*;b, ab;c, false",
    })
    void patterns_cover_others_when_they_cover_every_queue_of_theirs(String mine, String others, boolean cover) {
        assertThat(QueuePatterns.of(List.of(mine.split(";"))).cover(QueuePatterns.of(List.of(others.split(";")))))
                .isEqualTo(cover);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "**", "a*b", "A", "a b", "a,b", "%", "a.b"})
    void what_is_no_pattern_is_refused(String text) {
        assertThatThrownBy(() -> QueuePatterns.of(List.of(text))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void there_is_at_least_one_and_there_are_no_more_than_fifty() {
        assertThatThrownBy(() -> QueuePatterns.of(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> QueuePatterns.of(Collections.nCopies(51, "a")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void they_read_back_as_written_and_every_queue_swallows_the_rest() {
        QueuePatterns some = QueuePatterns.of(List.of("b*", "a"));
        assertThat(QueuePatterns.read(some.joined())).isEqualTo(some).hasSameHashCodeAs(some);
        assertThat(QueuePatterns.of(List.of("a", "*"))).isSameAs(QueuePatterns.ALL);
        assertThat(QueuePatterns.of(List.of("a")).only()).contains(new QueueName("a"));
        assertThat(some.only()).isEmpty();
        assertThat(QueuePatterns.ALL.only()).isEmpty();
    }
}
