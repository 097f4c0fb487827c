package io.millrace.api.worker;

import io.millrace.api.http.JsonText;
import io.millrace.protocol.WorkerView;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Writes workers in the form of {@link WorkerView}; a test reads them back as such. */
public final class WorkerJson {

    private WorkerJson() {}

    /** Writes the member {@code workers}, without their jobs, into an object that is open. */
    public static void workers(JsonGenerator out, List<WorkerView> workers) {
        list(out, workers, false);
    }

    /** Writes the member {@code workers}, with their jobs, into an object that is open. */
    static void workersWithJobs(JsonGenerator out, List<WorkerView> workers) {
        list(out, workers, true);
    }

    private static void list(JsonGenerator out, List<WorkerView> workers, boolean withJobs) {
        out.writeName("workers");
        out.writeStartArray();
        workers.forEach(worker -> worker(out, worker, withJobs));
        out.writeEndArray();
    }

    /** Writes one worker as an object. */
    static void worker(JsonGenerator out, WorkerView worker, boolean withJobs) {
        out.writeStartObject();
        out.writeStringProperty("id", worker.id());
        out.writeStringProperty("host", worker.host());
        out.writeNumberProperty("pid", worker.pid());
        out.writeStringProperty("version", worker.version());
        out.writeStringProperty("started_at", JsonText.time(worker.startedAt()));
        out.writeStringProperty("seen_at", JsonText.time(worker.seenAt()));
        out.writeStringProperty("state", worker.state());
        String asked = worker.asked();
        if (asked != null) {
            out.writeStringProperty("asked", asked);
        }
        out.writeName("queues");
        out.writeStartArray();
        for (WorkerView.Slots slots : worker.queues()) {
            out.writeStartObject();
            out.writeStringProperty("queue", slots.queue());
            out.writeNumberProperty("concurrency", slots.concurrency());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeName("types");
        out.writeStartArray();
        worker.types().forEach(out::writeString);
        out.writeEndArray();
        out.writeNumberProperty("running", worker.running());
        if (withJobs) {
            jobs(out, worker.jobs());
        }
        out.writeEndObject();
    }

    private static void jobs(JsonGenerator out, List<WorkerView.RunningJob> jobs) {
        out.writeName("jobs");
        out.writeStartArray();
        for (WorkerView.RunningJob job : jobs) {
            out.writeStartObject();
            out.writeStringProperty("id", job.id());
            out.writeStringProperty("type", job.type());
            out.writeStringProperty("queue", job.queue());
            out.writeNumberProperty("attempt", job.attempt());
            out.writeStringProperty("since", JsonText.time(job.since()));
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
