package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.contract.Contract;
import io.millrace.core.access.Grant;
import io.millrace.core.access.Scope;
import io.millrace.core.job.QueuePatterns;
import io.millrace.testkit.LogCanaries;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sends what the contract allows, and what it does not, to every route at once for a while: no answer may be a defect, none
 * may stay away, and each must be as the contract says. The seed is printed; {@code -Dmillrace.fuzz.seed} and
 * {@code -Dmillrace.fuzz.seconds} repeat it, and make it longer.
 */
class FuzzTest extends ServiceCase {

    private static final int SECONDS = Integer.getInteger("millrace.fuzz.seconds", 15);
    private static final long SEED = Long.getLong("millrace.fuzz.seed", System.nanoTime());
    private static final int THREADS = 4;

    /** Far more than any answer takes, since the machine may be busy; the service gives up on its stores after seconds. */
    private static final int HANGS_AFTER_MILLIS = 180_000;

    /** What is closed after so long may have met a time-out of the service; what is closed sooner has not. */
    private static final long CLOSED_LATE_NANOS = 5_000_000_000L;

    private static final int MOST_FINDINGS = 40;

    /** By which a key is looked up, and may be named. */
    private static final int PUBLIC_PART_OF_KEY = "mr_0123456789ab_".length();

    /** Where the time is over and a route has let nobody in yet, as may be on a busy machine, it is asked on for so long. */
    private static final int MOST_SECONDS_MORE = 600;

    /** Ask for artifacts and workers, of which there are none. */
    private static final Set<String> NOTHING_TO_FIND =
            Set.of("get_artifact", "get_worker", "quiet_worker", "resume_worker", "stop_worker");

    private final LongAdder requests = new LongAdder();
    private final Map<Integer, LongAdder> statuses = new ConcurrentSkipListMap<>();
    private final Map<String, LongAdder> routes = new ConcurrentSkipListMap<>();
    private final Queue<String> findings = new ConcurrentLinkedQueue<>();

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void whatever_is_asked_is_answered_as_the_contract_says() throws InterruptedException {
        System.out.println("fuzz: seed " + SEED + ", for " + SECONDS + " s");
        Map<String, List<String>> known = known();
        try (var canaries = LogCanaries.listen(secrets(known.getOrDefault("Authorization", List.of())))) {
            askAll(known);
            canaries.assertSilent();
        }
    }

    /** Parts of what was sent that must not be in the log. */
    private static List<String> secrets(List<String> keys) {
        return Stream.concat(
                        keys.stream().distinct().map(key -> key.substring(PUBLIC_PART_OF_KEY)),
                        Stream.of(SchemaValues.CANARY))
                .toList();
    }

    private void askAll(Map<String, List<String>> known) throws InterruptedException {
        List<Thread> threads = IntStream.range(0, THREADS)
                .mapToObj(i ->
                        Thread.ofPlatform().name("fuzz-" + i).start(() -> ask(new RequestMaker(random(i), known))))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println("fuzz: " + requests + " requests, by status " + statuses + ", " + routes.size() + " of "
                + Contract.operations().size() + " routes let some in, " + findings.size() + " findings");
        assertThat(findings).as("seed %d", SEED).isEmpty();
        assertThat(closedRoutes())
                .as("what lets nobody in is not tested behind its door; seed %d", SEED)
                .isEmpty();
    }

    /** Those that have let none in yet, but for those that cannot: there is no such thing. */
    private Set<String> closedRoutes() {
        return Contract.operations().stream()
                .filter(operation -> !NOTHING_TO_FIND.contains(
                        operation.node().get("operationId").asString()))
                .map(Contract.Operation::toString)
                .filter(route -> !routes.containsKey(route))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static RandomGenerator random(int thread) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(SEED + thread);
    }

    private void ask(RequestMaker maker) {
        List<Contract.Operation> operations = Contract.operations();
        long end = System.nanoTime() + SECONDS * 1_000_000_000L;
        try (var connection = new RawConnection(api.server.port(), HANGS_AFTER_MILLIS)) {
            while (goesOn(end) && findings.size() < MOST_FINDINGS) {
                for (Contract.Operation operation : operations) {
                    judge(connection, maker.next(operation));
                }
            }
        } catch (IOException e) {
            findings.add("a connection could not be closed: " + e);
        }
    }

    private boolean goesOn(long end) {
        long over = System.nanoTime() - end;
        return over < 0
                || (over < MOST_SECONDS_MORE * 1_000_000_000L && !closedRoutes().isEmpty());
    }

    private void judge(RawConnection connection, RequestMaker.Request request) throws IOException {
        requests.increment();
        try {
            Contract.Answer answer = answer(connection, request);
            statuses.computeIfAbsent(answer.statusCode(), status -> new LongAdder())
                    .increment();
            if (answer.statusCode() < 400 && isAsked(request)) {
                routes.computeIfAbsent(request.operation().toString(), route -> new LongAdder())
                        .increment();
            }
            check(request, answer);
        } catch (SocketTimeoutException e) {
            found("no answer within " + HANGS_AFTER_MILLIS + " ms", request);
            connection.close();
        } catch (IOException e) {
            found("no answer: " + e, request);
            connection.close();
        } catch (AssertionError e) {
            found(String.valueOf(e.getMessage()), request);
        }
    }

    /** The answer; one more try where a connection is closed so late that only a machine that stood still explains it. */
    private static Contract.Answer answer(RawConnection connection, RequestMaker.Request request) throws IOException {
        long begun = System.nanoTime();
        try {
            return connection.ask(request);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            if (System.nanoTime() - begun < CLOSED_LATE_NANOS) {
                throw e;
            }
            connection.close();
            return connection.ask(request);
        }
    }

    private static void check(RequestMaker.Request request, Contract.Answer answer) {
        assertThat(answer.statusCode()).as("a defect: %s", answer.body()).isNotIn(500, 501, 502, 504, 505);
        if (!request.method().equals("HEAD") && answer.statusCode() >= 400) {
            assertThat(TestApi.JSON.readTree(answer.body()).path("status").asInt())
                    .as("the problem says its status: %s", answer.body())
                    .isEqualTo(answer.statusCode());
        }
        if (request.straight() && isAsked(request)) {
            Contract.check(request.method(), request.operation().path(), answer);
        } else if (answer.statusCode() >= 400) {
            Contract.checkProblem(answer, request.method().toLowerCase(Locale.ROOT), request.target());
        }
    }

    private static boolean isAsked(RequestMaker.Request request) {
        String wanted = request.operation().method().toUpperCase(Locale.ROOT);
        return request.method().equals(wanted) || (request.method().equals("HEAD") && wanted.equals("GET"));
    }

    private void found(String what, RequestMaker.Request request) {
        String finding = what + "\n  " + request.shown();
        findings.add(finding);
        System.out.println("fuzz: found " + finding);
    }

    /** Things that are there to be asked about; keys that the fuzz may revoke are none of those that it uses. */
    private Map<String, List<String>> known() {
        var jobs = new ArrayList<String>();
        var known = new TreeMap<String, List<String>>();
        for (int i = 0; i < 40; i++) {
            String body = "{\"type\": \"fuzz.job\", \"payload\": {\"n\": \"" + SchemaValues.CANARY
                    + "\"}, \"unique_key\": \"" + SchemaValues.CANARY + i + "\", \"queue\": \"fuzz-" + i % 4 + "\""
                    + (i % 3 == 0 ? ", \"delay\": \"1h\"}" : "}");
            jobs.add(TestApi.json(api.submit(body)).get("id").asString());
        }
        known.put("operations.id", operations());
        known.put("keys.id", victims());
        known.put("id", jobs);
        known.put("queue", List.of("fuzz-0", "fuzz-1", "fuzz-2", "fuzz-3", "never"));
        known.put("name", List.of("made.txt", "report.pdf"));
        known.put("QueueName", List.of("fuzz-0", "fuzz-1", "fuzz-2"));
        known.put("QueuePattern", List.of("fuzz-0", "fuzz-*", "*"));
        known.put("JobType", List.of("fuzz.job", "diagnostic.noop", "email.send", "image.resize", "report.render"));
        known.put("Duration", List.of("0s", "10ms", "1h", "PT1H", "2d", "365d"));
        known.put("Authorization", keys());
        return known;
    }

    /** Operations that go on for longer than this test, so that there is something to abort. */
    private List<String> operations() {
        String job = "{\"type\": \"fuzz.job\", \"payload\": {}, \"queue\": \"fuzz-long\", \"delay\": \"1h\"}";
        api.send(api.post("/v1/jobs/bulk", Collections.nCopies(3_000, job).toString()));
        return Stream.generate(() -> api.act("/v1/queues/fuzz-long/purge?rate=1"))
                .limit(4)
                .map(begun -> TestApi.json(begun).get("id").asString())
                .toList();
    }

    private List<String> victims() {
        Grant grant = new Grant("fuzz", Set.of(Scope.READ), QueuePatterns.ALL, Optional.empty());
        return IntStream.range(0, 20)
                .mapToObj(i -> stack.addKey("victim " + i, grant))
                .toList();
    }

    private List<String> keys() {
        var keys = new ArrayList<String>(Arrays.asList(stack.key("admin"), stack.key("admin"), stack.key("admin")));
        for (Scope scope : Scope.values()) {
            Grant grant =
                    new Grant("fuzz", Set.of(scope), QueuePatterns.of(List.of("fuzz-1", "fuzz-2*")), Optional.empty());
            stack.addKey("fuzz " + scope, grant);
            keys.add(stack.key("fuzz " + scope));
        }
        return keys;
    }
}
