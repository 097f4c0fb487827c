package io.millrace.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.contract.Contract;
import io.millrace.client.AuditFilter;
import io.millrace.client.BulkChange;
import io.millrace.client.Carrier;
import io.millrace.client.Job;
import io.millrace.client.JobEdit;
import io.millrace.client.JobFilter;
import io.millrace.client.JobHandle;
import io.millrace.client.KeyRequest;
import io.millrace.client.Millrace;
import io.millrace.client.MillraceClientConfig;
import io.millrace.client.QueueSettings;
import io.millrace.client.RejectedException;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whoever has the SDK needs no other way to the service. */
class SdkRoutesTest {

    private static final String ID = "01890a5d-ac96-774b-bcce-b302099a8057";

    /** Streams are for pages; the SDK waits for jobs. The rest is asked by machines that watch over machines. */
    private static final Set<String> NOT_FOR_THE_SDK =
            Set.of("GET /v1/jobs/{id}/events", "GET /v1/events", "GET /livez", "GET /readyz", "GET /metrics");

    private static final List<Consumer<Millrace>> CALLS = List.of(
            sdk -> sdk.enqueue("a", Map.of()),
            sdk -> sdk.enqueueAll(List.of(Job.of("a"))),
            sdk -> sdk.page(JobFilter.all()),
            job(JobHandle::view),
            job(job -> job.edit(JobEdit.unchanged().priority(1))),
            job(JobHandle::delete),
            job(JobHandle::cancel),
            job(JobHandle::redrive),
            job(JobHandle::logs),
            job(job -> job.artifact("a.pdf")),
            Millrace::queues,
            sdk -> sdk.queue("q").view(),
            sdk -> sdk.queue("q").change(QueueSettings.unchanged().backlogLimit(1)),
            sdk -> sdk.queue("q").stats(),
            sdk -> sdk.queue("q").pause(),
            sdk -> sdk.queue("q").resume(),
            sdk -> sdk.queue("q").purge(BulkChange.of(JobFilter.all())),
            sdk -> sdk.deadLetters().groups(JobFilter.all()),
            sdk -> sdk.deadLetters().redrive(BulkChange.of(JobFilter.all())),
            sdk -> sdk.deadLetters().discard(BulkChange.of(JobFilter.all())),
            sdk -> sdk.operations().list(),
            sdk -> sdk.operations().view(ID),
            sdk -> sdk.operations().abort(ID),
            Millrace::workers,
            sdk -> sdk.worker("w").view(),
            sdk -> sdk.worker("w").quiet(),
            sdk -> sdk.worker("w").resume(),
            sdk -> sdk.worker("w").stop(),
            sdk -> sdk.keys().create(KeyRequest.scopes("read")),
            sdk -> sdk.keys().list(),
            sdk -> sdk.keys().revoke("0123456789ab"),
            sdk -> sdk.audit().page(AuditFilter.all()));

    private static Consumer<Millrace> job(Consumer<JobHandle> act) {
        return sdk -> act.accept(sdk.job(ID));
    }

    @Test
    void every_route_of_the_contract_has_a_call() {
        Set<String> asked = new ConcurrentSkipListSet<>();
        Carrier refusing = request -> {
            asked.add(request.method() + " " + request.path().replaceFirst("\\?.*", ""));
            return CompletableFuture.completedFuture(
                    new Carrier.Answer(404, Map.of(), new ByteArrayInputStream("{}".getBytes(UTF_8))));
        };
        try (Millrace sdk = Millrace.connect(MillraceClientConfig.of("http://none.invalid", "key"), refusing)) {
            for (Consumer<Millrace> call : CALLS) {
                try {
                    call.accept(sdk);
                } catch (RejectedException e) {
                    assertThat(e.status()).isEqualTo(404);
                }
            }
        }
        Set<String> missing = Contract.operations().stream()
                .filter(operation -> asked.stream().noneMatch(one -> one.matches(pattern(operation))))
                .map(Contract.Operation::toString)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(missing).containsExactlyInAnyOrderElementsOf(NOT_FOR_THE_SDK);
    }

    private static String pattern(Contract.Operation operation) {
        String path = operation.path().replaceAll("\\{[^}]*}", "[^/]+");
        // The id of a job is none that a route has for itself.
        return operation.method().toUpperCase(Locale.ROOT) + " "
                + path.replace("/v1/jobs/[^/]+", "/v1/jobs/(?!bulk)[^/]+");
    }
}
