package io.millrace.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.postgres.IdSource;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobType;
import io.millrace.protocol.Limits;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    private static final JobType TYPE = new JobType("test.work");

    @Test
    void ids_sort_as_postgresql_sorts_them() throws SQLException {
        Random random = new Random(42);
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            ids.add(new JobId(new UUID(random.nextLong(), random.nextLong())));
            ids.add(JobId.of(1_700_000_000_000L + i % 7, random.nextInt(), random.nextLong()));
        }
        List<JobId> sorted = new ArrayList<>();
        try (Connection connection = TestPostgres.freshDatabase().connect();
                PreparedStatement sort =
                        connection.prepareStatement("SELECT id FROM unnest(?::uuid[]) AS i (id) ORDER BY id")) {
            sort.setArray(
                    1,
                    connection.createArrayOf(
                            "uuid", ids.stream().map(JobId::value).toArray()));
            try (ResultSet rows = sort.executeQuery()) {
                while (rows.next()) {
                    sorted.add(new JobId(rows.getObject(1, UUID.class)));
                }
            }
        }
        assertThat(ids.stream().sorted()).containsExactlyElementsOf(sorted);
    }

    @Test
    void an_id_tells_when_it_was_made_and_no_id_of_its_moment_is_smaller_than_the_first() {
        Instant moment = Instant.parse("2026-03-14T15:09:26.535Z");
        JobId id = JobId.of(moment.toEpochMilli(), 0, 0);
        assertThat(id.createdAt()).isEqualTo(moment);
        assertThat(id).isEqualTo(JobId.firstAt(moment));
        assertThat(JobId.of(moment.toEpochMilli() - 1, 0xFFF, -1)).isLessThan(JobId.firstAt(moment));
        assertThat(id.value().version()).isEqualTo(7);
        assertThat(id.value().variant()).isEqualTo(2);
    }

    @Test
    void ids_grow_within_a_millisecond_and_when_the_clock_goes_back() {
        ManualClock clock = new ManualClock();
        IdSource source = new IdSource(clock, RandomGenerator.getDefault());
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            if (i == 5_000) {
                clock.advance(Duration.ofSeconds(-3));
            }
            ids.add(source.next());
        }
        assertThat(ids).isSorted().doesNotHaveDuplicates();
        assertThat(ids.getLast().createdAt()).isBefore(ManualClock.START.plusMillis(5));
    }

    @Test
    void an_entry_is_read_back_from_its_bytes_and_sorts_by_id() {
        JobId id = JobId.of(1_700_000_000_000L, 5, -7);
        Entry entry = new Entry(id, 9, Integer.MAX_VALUE);
        assertThat(entry.bytes()).hasSize(Entry.SIZE);
        assertThat(Entry.of(entry.bytes())).isEqualTo(entry);
        assertThat(entry.bytes()[16]).isEqualTo((byte) 9);

        Entry later = Entry.first(JobId.of(1_700_000_000_001L, 0, 0), 0);
        assertThat(Arrays.compareUnsigned(entry.bytes(), later.bytes())).isNegative();
    }

    @ParameterizedTest
    @CsvSource({
        "500ms,PT0.5S",
        "0s,PT0S",
        "30s,PT30S",
        "10m,PT10M",
        "2h,PT2H",
        "7d,PT168H",
        "PT1M30S,PT1M30S",
        "30S,PT30S"
    })
    void a_duration_is_read_and_its_text_is_read_as_the_same(String text, Duration expected) {
        assertThat(DurationText.parse(text)).contains(expected);
        assertThat(DurationText.parse(DurationText.format(expected))).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s",
                "10",
                "-1s",
                "PT-1S",
                "1.5h",
                "10 s",
                "99999999999999999999s",
                "9223372036854775807d",
                "1w",
                "P"
            })
    void what_is_no_duration_is_not_read(String text) {
        assertThat(DurationText.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(StoredState.class)
    void a_state_is_found_by_its_code(StoredState state) {
        assertThat(StoredState.ofCode(state.code())).isEqualTo(state);
    }

    @Test
    void only_what_ended_badly_can_wait_again_and_a_success_is_final() {
        assertThat(StoredState.SUCCEEDED.next()).isEmpty();
        assertThat(StoredState.DEAD.next()).containsExactly(StoredState.WAITING);
        assertThat(StoredState.CANCELLED.next()).containsExactly(StoredState.WAITING);
        assertThat(StoredState.WAITING.next()).containsExactlyInAnyOrder(StoredState.values());
        assertThatThrownBy(() -> StoredState.ofCode(4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_start_that_has_passed_means_at_once() {
        Instant now = Instant.parse("2026-03-14T15:09:26Z");
        assertThat(StartTime.now().from(now)).isEqualTo(now);
        assertThat(new StartTime.After(Duration.ofSeconds(5)).from(now)).isEqualTo(now.plusSeconds(5));
        assertThat(new StartTime.At(now.minusSeconds(5)).from(now)).isEqualTo(now);
        assertThat(new StartTime.At(now.plusSeconds(5)).from(now)).isEqualTo(now.plusSeconds(5));
    }

    @Test
    void values_that_would_break_the_engine_are_refused() {
        NewJob job = NewJob.of(TYPE, new byte[0]);
        assertThatThrownBy(() -> NewJob.of(TYPE, new byte[Limits.MAX_PAYLOAD_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new NewJob(
                        TYPE,
                        job.queue(),
                        10,
                        job.start(),
                        Optional.empty(),
                        job.options(),
                        List.of(),
                        new byte[0],
                        Optional.empty(),
                        Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> job.expiringIn(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new JobOptions(RetryPolicy.DEFAULT, Optional.of(Duration.ZERO)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new JobOptions(RetryPolicy.DEFAULT, Optional.of(Limits.MAX_TIMEOUT.plusMillis(1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IdempotencyKey("ann", "", new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IdempotencyKey("ann", "k".repeat(256), new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
