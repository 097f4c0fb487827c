package io.millrace.client;

import static io.millrace.client.ScriptedServer.job;
import static io.millrace.client.ScriptedServer.json;
import static io.millrace.client.ScriptedServer.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.ScriptedServer.Seen;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobView;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ListTest extends ServedTest {

    @Test
    void every_filter_goes_into_the_query() {
        server.then(json(200, "{\"jobs\":[]}"));

        millrace.page(JobFilter.all()
                .queue("email")
                .type("email.send")
                .state(JobState.DEAD)
                .tag("a&b")
                .error("no mailbox")
                .uniqueKey("sync 17")
                .createdFrom(Instant.parse("2026-01-01T00:00:00Z"))
                .createdBefore(Instant.parse("2026-02-01T00:00:00Z"))
                .limit(20));

        assertThat(server.seen().get(0).query())
                .isEqualTo(
                        "created_before=2026-02-01T00%3A00%3A00Z&created_from=2026-01-01T00%3A00%3A00Z"
                                + "&error=no+mailbox&limit=20&queue=email&state=dead&tag=a%26b&type=email.send&unique_key=sync+17");
    }

    @Test
    void the_next_page_is_asked_for_when_the_stream_comes_to_it() {
        server.then(page(2, "c1")).then(page(0, "c2")).then(page(1, ""));
        Iterator<JobView> jobs = millrace.jobs(JobFilter.all().queue("email")).iterator();

        assertThat(server.seen()).isEmpty();
        jobs.next();
        jobs.next();
        assertThat(server.seen()).hasSize(1);
        jobs.next();
        assertThat(jobs.hasNext()).isFalse();
        assertThat(server.seen())
                .extracting(Seen::query)
                .containsExactly("queue=email", "cursor=c1&queue=email", "cursor=c2&queue=email");
    }

    @Test
    void a_limit_holds_for_the_whole_list_and_no_page_asks_for_more_than_is_left() {
        server.then(page(200, "c1")).then(page(50, "c2"));

        assertThat(millrace.jobs(JobFilter.all().limit(250))).hasSize(250);

        assertThat(server.seen()).extracting(Seen::query).containsExactly("limit=200", "cursor=c1&limit=50");
    }

    @Test
    void a_page_leads_to_the_next_without_waiting() {
        server.then(page(1, "c1")).then(page(2, ""));
        JobFilter filter = JobFilter.all();

        var second = millrace.pageAsync(filter)
                .thenCompose(first ->
                        millrace.pageAsync(filter.after(first.nextCursor().orElseThrow())));

        assertThat(second).succeedsWithin(Duration.ofMinutes(1)).satisfies(page -> {
            assertThat(page.jobs()).hasSize(2);
            assertThat(page.nextCursor()).isEmpty();
        });
    }

    @Test
    void the_audit_log_is_asked_for_page_by_page() {
        String entry = "{\"id\":\"7\",\"at\":\"2026-01-01T00:00:00Z\",\"key_id\":\"k\",\"owner\":\"o\","
                + "\"action\":\"queue.pause\",\"target\":\"email\",\"after\":{\"paused\":true}}";
        server.then(json(200, "{\"entries\":[" + entry + "],\"next_cursor\":\"c1\"}"))
                .then(json(200, "{\"entries\":[" + entry + "]}"))
                .then(json(200, "{\"entries\":[{}]}"));
        AuditFilter filter = AuditFilter.all()
                .action("queue.pause")
                .target("email")
                .from(Instant.parse("2026-01-01T00:00:00Z"))
                .before(Instant.parse("2026-02-01T00:00:00Z"))
                .limit(300);

        assertThat(millrace.audit().entries(filter))
                .hasSize(2)
                .allSatisfy(one -> assertThat(one.after()).containsEntry("paused", true));
        String query = "&from=2026-01-01T00%3A00%3A00Z&limit=200&target=email";
        assertThat(server.seen())
                .extracting(Seen::query)
                .containsExactly(
                        "action=queue.pause&before=2026-02-01T00%3A00%3A00Z" + query,
                        "action=queue.pause&before=2026-02-01T00%3A00%3A00Z&cursor=c1" + query);
        assertThatThrownBy(() -> millrace.audit().page(filter)).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> filter.target("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_refused_list_shows_where_the_stream_is_used() {
        server.then(problem(403, "forbidden"));
        var jobs = millrace.jobs(JobFilter.all());

        assertThatThrownBy(jobs::toList).isInstanceOf(RejectedException.class).hasMessageContaining("Listing jobs");
    }

    @Test
    void filters_that_cannot_match_are_told_at_once() {
        JobFilter filter = JobFilter.all();

        assertThatThrownBy(() -> filter.queue("E Mail")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> filter.type("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> filter.tag("x".repeat(65))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> filter.error("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> filter.uniqueKey("é")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> filter.limit(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static ScriptedServer.Answer page(int jobs, String next) {
        String all = IntStream.range(0, jobs).mapToObj(i -> job("dead")).collect(Collectors.joining(","));
        return json(200, "{\"jobs\":[" + all + "]" + (next.isEmpty() ? "}" : ",\"next_cursor\":\"" + next + "\"}"));
    }
}
