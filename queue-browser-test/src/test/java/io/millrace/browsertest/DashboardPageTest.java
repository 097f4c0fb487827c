package io.millrace.browsertest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.WaitForFunctionOptions;
import com.microsoft.playwright.options.AriaRole;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** How the page behaves, against an API that says what the test tells it to. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DashboardPageTest {

    private static final String JOB = "01999999-aaaa-7bbb-8ccc-0123456789ab";

    private @Nullable Chromium chromium;
    private @Nullable Visit visit;

    @BeforeAll
    void startBrowser() {
        chromium = Chromium.startOrSkip();
    }

    @AfterAll
    void stopBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void visit() {
        visit = new Visit(Objects.requireNonNull(chromium));
    }

    @AfterEach
    void leave() {
        if (visit != null) {
            visit.close();
        }
    }

    @Test
    void a_number_changes_when_the_stream_says_so() {
        api().say(only(Snapshots.queue("email", 5)));
        signIn(FakeApi.KEY);

        assertThat(page().getByTestId("queue-email-ready")).hasText("5");
        assertThat(page().getByTestId("queue-email-out")).hasText("11.0");
        assertThat(page().getByTestId("connection-state")).hasText("Live");

        api().say(only(Snapshots.queue("email", 12_345)));

        assertThat(page().getByTestId("queue-email-ready")).hasText("12,345");
        assertThat(errors()).isEmpty();
    }

    @Test
    void a_wrong_key_is_refused_with_a_clear_message() {
        signIn("mr_wrong");

        assertThat(page().getByTestId("signin-message")).containsText("does not know this key");
        assertThat(page().getByTestId("signin-key")).isEnabled();
        assertThat(storage("sessionStorage")).isEqualTo("{}");
        // The browser itself reports the 401; nothing else may be there.
        assertThat(errors()).allMatch(error -> error.contains("401"));
    }

    @Test
    void an_api_that_is_down_is_not_mistaken_for_a_wrong_key() {
        api().setAvailable(false);
        signIn(FakeApi.KEY);

        assertThat(page().getByTestId("signin-message")).containsText("PostgreSQL does not answer.");
    }

    @Test
    void the_key_lives_in_the_tab_only_and_is_gone_after_signing_out() {
        signIn(FakeApi.KEY);
        assertThat(page().getByTestId("connection-state")).hasText("Live");
        assertThat(storage("sessionStorage")).contains(FakeApi.KEY);
        assertThat(storage("localStorage")).isEqualTo("{}");
        assertThat(page().context().cookies()).isEmpty();

        page().reload();
        assertThat(page().getByTestId("connection-state")).hasText("Live");

        page().getByTestId("signout").click();
        assertThat(page().getByTestId("signin-key")).isVisible();
        assertThat(storage("sessionStorage")).isEqualTo("{}");
        assertThat(api().requests()).isNotEmpty().noneMatch(address -> address.contains(FakeApi.KEY));
        assertThat(errors()).isEmpty();
    }

    @Test
    void hostile_text_stays_text_everywhere() {
        List<String> hostile = List.of(
                "<script>globalThis.pwned=1</script>",
                "<img src=x onerror=\"globalThis.pwned=1\">",
                "\"><svg onload=globalThis.pwned=1>",
                "'onmouseover='globalThis.pwned=1' x='",
                "javascript:globalThis.pwned=1",
                "</title></style></textarea><iframe srcdoc=\"<script>parent.pwned=1</script>\">",
                "${globalThis.pwned=1}{{constructor.constructor('globalThis.pwned=1')()}}",
                "\u202Egnp.exe\u0000\u2028__proto__");
        Map<String, Object> job = Snapshots.deadJob(JOB, String.join("\n", hostile));
        job.put("progress", Map.of("fraction", hostile.getFirst(), "message", String.join(" ", hostile)));
        job.put("traceparent", hostile.getFirst());
        api().keep(job);
        api().keepLog(JOB, hostile, 1);
        api().say(Snapshots.of(
                hostile.stream().map(DashboardPageTest::hostileQueue).toList(),
                hostile.stream().map(DashboardPageTest::hostileWorker).toList(),
                hostile.stream().map(DashboardPageTest::hostileFailure).toList()));
        signIn(FakeApi.KEY);

        for (String text : hostile.subList(0, 7)) {
            assertThat(page().getByRole(AriaRole.TABLE, named("Queues"))).containsText(text);
            assertThat(page().getByRole(AriaRole.TABLE, named("Workers"))).containsText(text);
            assertThat(page().getByRole(AriaRole.TABLE, named("Last failures"))).containsText(text);
        }
        page().navigate(api().url() + "#job/" + JOB);
        assertThat(page().getByTestId("job-timeline")).containsText(hostile.getFirst());
        assertThat(page().getByTestId("job-progress")).containsText(hostile.getFirst());
        assertThat(page().getByTestId("job-log")).containsText(hostile.get(6));
        page().mouse().move(200, 200);

        assertThat(page().evaluate("() => globalThis.pwned === undefined")).isEqualTo(true);
        assertThat(page().locator("#app script, #app img, #app iframe, #app [onerror], #app [onload]"))
                .hasCount(0);
        assertThat(page().evaluate("() => [...document.querySelectorAll('a')].every(a => a.protocol === 'http:')"))
                .isEqualTo(true);
        assertThat(errors()).isEmpty();
    }

    @Test
    void objects_where_texts_belong_do_not_become_elements() {
        Map<String, Object> queue = Snapshots.queue("email", 1);
        queue.put("waiting_reason", Map.of("type", "script", "props", Map.of("children", "globalThis.pwned=1")));
        api().say(only(queue));
        signIn(FakeApi.KEY);

        assertThat(page().getByTestId("queue-email-ready")).hasText("1");
        assertThat(page().locator("#app script")).hasCount(0);
        assertThat(errors()).isEmpty();
    }

    @Test
    void a_failure_opens_its_job_and_a_dead_job_is_redriven() {
        api().keep(Snapshots.deadJob(JOB, "550 no such mailbox"));
        api().say(Snapshots.of(
                List.of(Snapshots.queue("email", 0)),
                List.of(),
                List.of(Snapshots.failure(JOB, "550 no such mailbox"))));
        signIn(FakeApi.KEY);

        page().getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Job " + JOB))
                .click();
        assertThat(page().getByTestId("job-timeline")).containsText("the mail server was asleep");
        assertThat(page().getByTestId("job-timeline")).containsText("550 no such mailbox");
        page().getByTestId("job-redrive").click();

        assertThat(page().getByTestId("job-timeline")).containsText("Waits for a worker");
        assertThat(page().getByTestId("job-redrive")).hasCount(0);
        assertThat(api().redriven()).containsExactly(JOB);

        page().keyboard().press("Escape");
        assertThat(page().getByTestId("job-dialog")).hasCount(0);
        assertThat(page()).hasURL(api().url());
        assertThat(errors()).isEmpty();
    }

    @Test
    void a_queue_is_paused_and_resumed_by_its_button() {
        Map<String, Object> queue = Snapshots.queue("email", 5);
        api().say(only(queue));
        signIn(FakeApi.KEY);
        var button = page().getByTestId("queue-email-pause");

        assertThat(button).hasText("Pause");
        button.click();
        assertThat(button).hasText("Resume");
        assertThat(page().locator("#queues")).containsText("paused");

        queue.put("paused", true);
        queue.put("ready", 6);
        api().say(later(queue, 1));
        assertThat(page().getByTestId("queue-email-ready")).hasText("6");
        assertThat(button).hasAccessibleName("Resume email");
        button.click();
        assertThat(button).hasText("Pause");

        // Somebody else pauses it again: the newer snapshot counts.
        api().say(later(queue, 2));
        assertThat(button).hasText("Resume");
        queue.put("paused", false);
        api().say(later(queue, 3));
        assertThat(button).hasText("Pause");
        assertThat(page().locator("#queues")).not().containsText("paused");
        assertThat(api().paused()).containsExactly("email pause", "email resume");
        assertThat(errors()).isEmpty();
    }

    @Test
    void a_running_job_shows_its_progress_and_what_was_logged() {
        Map<String, Object> job = Snapshots.deadJob(JOB, "no");
        job.put("state", "running");
        job.put("progress", Map.of("fraction", 0.4, "message", "page 4 of 10"));
        api().keep(job);
        api().keepLog(JOB, List.of("read page 3", "read page 4"), 1_200);
        signIn(FakeApi.KEY);
        page().navigate(api().url() + "#job/" + JOB);

        assertThat(page().getByTestId("job-progress")).containsText("40 %");
        assertThat(page().getByTestId("job-progress")).containsText("page 4 of 10");
        assertThat(page().getByRole(AriaRole.PROGRESSBAR)).hasJSProperty("value", 0.4);
        assertThat(page().getByTestId("job-log").locator("li")).hasCount(2);
        assertThat(page().getByTestId("job-log")).containsText("read page 4");
        assertThat(page().getByTestId("job-dialog")).containsText("1,200 more lines");
        assertThat(errors()).isEmpty();
    }

    @Test
    void a_worker_is_made_quiet_and_stopped_only_when_that_is_confirmed() {
        Map<String, Object> worker = Snapshots.worker("w-1", "host");
        api().say(Snapshots.of(List.of(), List.of(worker), List.of()));
        signIn(FakeApi.KEY);

        page().getByTestId("worker-w-1-stop").click();
        assertThat(page().locator("#workers")).containsText("End this process in order?");
        page().getByText("No", new Page.GetByTextOptions().setExact(true)).click();
        assertThat(page().getByTestId("worker-w-1-confirm")).hasCount(0);
        page().getByTestId("worker-w-1-quiet").click();
        page().getByTestId("worker-w-1-confirm").click();
        assertThat(page().getByTestId("worker-w-1-quiet")).isVisible();

        worker.put("state", "quiet");
        worker.put("asked", "stopping");
        api().say(Snapshots.of(List.of(), List.of(worker), List.of()));
        assertThat(page().locator("#workers")).containsText("asked: stopping");
        assertThat(page().getByTestId("worker-w-1-resume")).isDisabled();
        assertThat(api().steered()).containsExactly("w-1 quiet");
        assertThat(errors()).isEmpty();
    }

    @Test
    void a_key_that_may_not_pause_a_queue_is_told_so() {
        api().say(only(Snapshots.queue(FakeApi.GUARDED, 5)));
        signIn(FakeApi.KEY);
        page().getByTestId("queue-guarded-pause").click();

        assertThat(page().getByTestId("queue-guarded-problem")).containsText("scope 'operate'");
        assertThat(page().getByTestId("queue-guarded-pause")).hasText("Pause");
    }

    @Test
    void an_id_is_looked_up_by_keyboard_alone() {
        api().keep(Snapshots.deadJob(JOB, "550 no such mailbox"));
        page().navigate(api().url());
        assertThat(page().getByTestId("signin-key")).isFocused();
        page().keyboard().type(FakeApi.KEY);
        page().keyboard().press("Enter");
        page().getByTestId("lookup-id").focus();
        page().keyboard().type(" " + JOB + " ");
        page().keyboard().press("Enter");

        assertThat(page().getByRole(AriaRole.DIALOG)).containsText("email.send");
        page().goBack();
        assertThat(page().getByTestId("job-dialog")).hasCount(0);
        page().getByTestId("lookup-id").fill("nothing");
        page().keyboard().press("Enter");
        assertThat(page().getByTestId("job-problem")).containsText("no job with this id");
    }

    @Test
    void a_lost_stream_is_shown_and_comes_back_by_itself() {
        api().say(only(Snapshots.queue("email", 5)));
        signIn(FakeApi.KEY);
        assertThat(page().getByTestId("connection-state")).hasText("Live");

        api().setAvailable(false);
        assertThat(page().getByTestId("connection-state")).containsText("Disconnected");
        assertThat(page().getByTestId("queue-email-ready")).hasText("5");

        api().setAvailable(true);
        assertThat(page().getByTestId("connection-state")).hasText("Live");
    }

    @Test
    void an_empty_system_says_what_to_do_next() {
        signIn(FakeApi.KEY);

        assertThat(page().locator("#queues"))
                .containsText("curl -X POST " + api().url().replace("dashboard", "v1/jobs"));
        assertThat(page().locator("#workers")).containsText("No worker is connected");
        assertThat(page().locator("#failures")).containsText("No attempt has failed");
        assertThat(errors()).isEmpty();
    }

    @Test
    void what_is_not_known_is_not_shown_as_zero() {
        Map<String, Object> queue = Snapshots.queue("email", 0);
        queue.put("indexed", false);
        api().say(only(queue));
        signIn(FakeApi.KEY);

        assertThat(page().getByTestId("queue-email-ready")).hasText("–");
        assertThat(page().getByTestId("queue-email-scheduled")).hasText("3");
        assertThat(page().locator("#queues")).containsText("index rebuilding");
    }

    @Test
    void nothing_overflows_a_narrow_screen() {
        api().keep(Snapshots.deadJob(JOB, "x".repeat(500)));
        api().say(Snapshots.of(
                List.of(Snapshots.queue("q".repeat(64), 123_456_789)),
                List.of(Snapshots.worker("w".repeat(60), "h".repeat(80))),
                List.of(Snapshots.failure(JOB, "m".repeat(300)))));
        for (int width : new int[] {320, 400, 700, 1000, 1300}) {
            page().setViewportSize(width, 800);
            signIn(FakeApi.KEY);
            assertThat(page().getByTestId("queue-" + "q".repeat(64) + "-ready")).hasText("123,456,789");
            assertThat((Integer) page().evaluate("() => document.documentElement.scrollWidth"))
                    .as("at %d pixels", width)
                    .isLessThanOrEqualTo(width);
            page().getByTestId("signout").click();
        }
    }

    @Test
    void events_are_read_wherever_the_network_cuts_them() {
        page().navigate(api().url());
        String module =
                page().locator("script[type=module]").getAttribute("src").replace("main.js", "sse.js");
        Object read = page().evaluate("""
                        async (module) => {
                          const { SseParser } = await import(new URL(module, location.href).href);
                          const stream = ': ping\\r\\n\\r\\nretry: 250\\nevent: snapshot\\ndata: a\\r\\ndata:  b\\r\\r'
                            + 'data\\n\\nevent: none\\n\\ndata: c: d\\nid: 7\\nunknown\\n\\ndata: unfinished';
                          const runs = new Set();
                          for (let size = 1; size <= stream.length; size++) {
                            const seen = [];
                            const parser = new SseParser({
                              onEvent: (name, data) => seen.push([name, data]),
                              onRetry: (ms) => seen.push(ms),
                            });
                            for (let at = 0; at < stream.length; at += size) parser.push(stream.slice(at, at + size));
                            runs.add(JSON.stringify(seen));
                          }
                          return [...runs].join(' or ');
                        }
                        """, module);

        assertThat(read).isEqualTo("[250,[\"snapshot\",\"a\\n b\"],[\"message\",\"\"],[\"message\",\"c: d\"]]");
    }

    @Test
    void a_hidden_tab_lets_go_of_the_stream() {
        signIn(FakeApi.KEY);
        assertThat(page().getByTestId("connection-state")).hasText("Live");

        hide(true);
        assertThat(page().getByTestId("connection-state")).hasText(Pattern.compile("Paused.*"));
        hide(false);
        assertThat(page().getByTestId("connection-state")).hasText("Live");
    }

    private void hide(boolean hidden) {
        page().evaluate("""
                        (hidden) => {
                          Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
                          document.dispatchEvent(new Event('visibilitychange'));
                        }
                        """, hidden);
    }

    private void signIn(String key) {
        page().navigate(api().url());
        page().getByTestId("signin-key").fill(key);
        page().getByTestId("signin-submit").click();
        page().waitForFunction(
                        "() => !document.querySelector('[data-testid=signin-key]:disabled')",
                        null,
                        new WaitForFunctionOptions());
    }

    private String storage(String kind) {
        return (String) page().evaluate("(kind) => JSON.stringify({...globalThis[kind]})", kind);
    }

    private FakeApi api() {
        return Objects.requireNonNull(visit).api;
    }

    private Page page() {
        return Objects.requireNonNull(visit).tab.page;
    }

    private List<String> errors() {
        return Objects.requireNonNull(visit).tab.errors;
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private static Map<String, Object> only(Map<String, Object> queue) {
        return Snapshots.of(List.of(queue), List.of(), List.of());
    }

    /** A picture that was taken some seconds after the first. */
    private static Map<String, Object> later(Map<String, Object> queue, int seconds) {
        Map<String, Object> picture = new HashMap<>(only(queue));
        picture.put("at", Snapshots.NOW.plusSeconds(seconds).toString());
        return picture;
    }

    private static Map<String, Object> hostileQueue(String text) {
        Map<String, Object> queue = Snapshots.queue(text, 1);
        queue.put("waiting_reason", text);
        return queue;
    }

    private static Map<String, Object> hostileWorker(String text) {
        Map<String, Object> worker = Snapshots.worker(text, text);
        worker.put("queues", List.of(Map.of("queue", text, "concurrency", text)));
        worker.put("types", List.of(text));
        worker.put("pid", text);
        worker.put("asked", text);
        worker.put("version", text);
        return worker;
    }

    private static Map<String, Object> hostileFailure(String text) {
        Map<String, Object> failure = Snapshots.failure(text, text);
        failure.putAll(Map.of("type", text, "queue", text, "reason", text, "at", text, "state", text));
        return failure;
    }

    /** A tab of its own with an API of its own. */
    private static final class Visit implements AutoCloseable {

        final FakeApi api = new FakeApi();
        private final Tab tab;

        Visit(Chromium chromium) {
            tab = new Tab(chromium);
        }

        @Override
        public void close() {
            tab.close();
            api.close();
        }
    }
}
