package io.millrace.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.job.JobDetails;
import io.millrace.core.job.LogLine;
import io.millrace.core.job.NewJob;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.testkit.Stores;
import io.millrace.worker.handler.HandlerRules;
import io.millrace.worker.handler.JobContext;
import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.handler.JobHandler;
import io.millrace.worker.handler.Reaction;
import io.millrace.worker.handler.RetryHint;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The handlers that docs/handlers.md shows; its lines there are from here. */
final class HandlerExamplesTest {

    record Payment(String invoice, int cents) {}

    record Booking(String reference) {}

    /** A bank of the example: what it answers depends on the invoice. */
    static final class Bank {

        Booking transfer(String invoice, int cents, String key) throws Exception {
            return switch (invoice) {
                case "busy" -> throw new BankBusyException(Optional.of(Duration.ofMinutes(90)));
                case "closed" -> throw new BankClosedException();
                case "refused" -> throw new BankRefusedException(422);
                case "overloaded" -> throw new BankRefusedException(529);
                default -> new Booking(invoice + " of " + cents + " by " + key);
            };
        }

        boolean isPaid(String invoice) {
            return invoice.equals("paid");
        }

        Instant opensAt() {
            return Instant.now().plus(Duration.ofHours(8));
        }

        boolean isClosed(String invoice) {
            return invoice.equals("weekend");
        }
    }

    private static final class BankClosedException extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;
    }

    private static final class BankRefusedException extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        private final int status;

        BankRefusedException(int status) {
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    static final class BankBusyException extends IOException implements RetryHint {
        @Serial
        private static final long serialVersionUID = 1L;

        private final transient Optional<Duration> retryAfter;

        BankBusyException(Optional<Duration> retryAfter) {
            this.retryAfter = retryAfter;
        }

        @Override
        public Optional<Duration> retryAfter() {
            return retryAfter;
        }
    }

    static final class PaymentHandler implements JobHandler<Payment> {

        private final Bank bank;

        PaymentHandler(Bank bank) {
            this.bank = bank;
        }

        @Override
        public Booking handle(Payment payment, JobContext job) throws Exception {
            if (bank.isPaid(payment.invoice())) {
                throw JobFailure.discard("invoice " + payment.invoice() + " is paid already");
            }
            if (bank.isClosed(payment.invoice())) {
                throw JobFailure.retryAt(bank.opensAt(), "the bank is closed");
            }
            return bank.transfer(payment.invoice(), payment.cents(), job.jobId().toString());
        }

        @Override
        public HandlerRules rules() {
            return HandlerRules.none()
                    .timeout(Duration.ofMinutes(2))
                    .attempts(5)
                    .backoff(Duration.ofSeconds(10), 3.0, Duration.ofHours(1))
                    .on(BankClosedException.class, Reaction.handBack(Duration.ofHours(1)))
                    .on(BankRefusedException.class, refused -> refused.status() < 500, Reaction.die())
                    .on(BankRefusedException.class, Reaction.retryAfter(Duration.ofMinutes(15)));
        }
    }

    @Test
    void the_handler_of_the_page_steers_as_the_page_says() {
        Bank bank = new Bank();
        try (WorkerStack stack = WorkerStack.open(Stores.fresh());
                Worker worker = stack.worker()
                        .handle("payment.send", Payment.class, new PaymentHandler(bank))
                        .start()) {
            assertThat(worker.view().types()).containsExactly("payment.send");
            assertThat(ended(stack, "A-1", JobState.SUCCEEDED).result())
                    .hasValueSatisfying(
                            result -> assertThat(result).asString(UTF_8).contains("A-1 of 4200 by "));
            assertThat(ended(stack, "paid", JobState.CANCELLED)
                            .failure()
                            .orElseThrow()
                            .message())
                    .contains("paid already");
            assertThat(ended(stack, "refused", JobState.DEAD).attempt()).isEqualTo(1);
            assertThat(ended(stack, "weekend", JobState.SCHEDULED).runAt()).isAfter(inHours(7));
            assertThat(ended(stack, "busy", JobState.SCHEDULED).runAt()).isBetween(inHours(1), inHours(2));
            assertThat(ended(stack, "overloaded", JobState.SCHEDULED).attempt()).isEqualTo(1);
            assertThat(ended(stack, "closed", JobState.SCHEDULED).attempt()).isZero();
        }
    }

    private static Instant inHours(long hours) {
        return Instant.now().plus(Duration.ofHours(hours));
    }

    private static JobDetails ended(WorkerStack stack, String invoice, JobState state) {
        byte[] payload = ("{\"invoice\":\"" + invoice + "\",\"cents\":4200}").getBytes(UTF_8);
        JobId id = stack.submit(NewJob.of(new JobType("payment.send"), payload));
        return stack.await(id, state);
    }

    record Document(int pages) {}

    private static final AtomicInteger rendered = new AtomicInteger();

    private static void render(int page) {
        rendered.addAndGet(page);
    }

    private static String draw(Document document, JobContext job) {
        int pages = document.pages();
        for (int page = 1; page <= pages; page++) {
            render(page);
            job.progress((double) page / pages, "page " + page + " of " + pages);
        }
        job.log("rendered " + pages + " pages");
        return "done";
    }

    @Test
    void a_handler_says_how_far_it_is() {
        try (WorkerStack stack = WorkerStack.open(Stores.fresh())) {
            JobId id;
            try (Worker worker = stack.worker()
                    .handle("draw", Document.class, HandlerExamplesTest::draw)
                    .start()) {
                id = stack.submit("draw", "{\"pages\":4}");
                stack.await(id, JobState.SUCCEEDED);
                assertThat(worker.view().types()).containsExactly("draw");
            }
            assertThat(rendered).hasValue(10);
            assertThat(stack.engine.logs().last(id, 10).orElseThrow().lines())
                    .extracting(LogLine::text)
                    .containsExactly("rendered 4 pages");
        }
    }

    @Test
    void rules_given_with_a_handler_replace_its_own() {
        Bank bank = new Bank();
        try (WorkerStack stack = WorkerStack.open(Stores.fresh())) {
            HandlerRules rules = HandlerRules.none().on(IOException.class, Reaction.die());
            try (Worker worker = stack.worker()
                    .handle("payment.send", Payment.class, new PaymentHandler(bank), rules)
                    .start()) {
                assertThat(ended(stack, "closed", JobState.DEAD).attempt()).isEqualTo(1);
                assertThat(worker.view().types()).containsExactly("payment.send");
            }
        }
    }

    @Test
    void every_java_line_of_the_page_is_compiled_here() throws IOException {
        var example = Files.readString(Path.of("src/test/java/io/millrace/worker/HandlerExamplesTest.java"))
                .lines()
                .map(String::strip)
                .toList();
        var shown = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/handlers.md")))
                .results()
                .flatMap(block -> block.group(1).lines())
                .map(String::strip)
                .toList();
        assertThat(shown).hasSizeGreaterThan(20).allMatch(example::contains);
    }
}
