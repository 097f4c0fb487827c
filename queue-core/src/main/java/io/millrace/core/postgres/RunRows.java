package io.millrace.core.postgres;

import static io.millrace.core.postgres.Columns.array;
import static io.millrace.core.postgres.Columns.ids;

import io.millrace.core.job.ClaimRow;
import io.millrace.core.job.Entry;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.StartDeadline;
import io.millrace.core.job.StoredState;
import io.millrace.core.job.Verdict;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the rows of claimed jobs and records how their attempts ended. */
public final class RunRows {

    private static final Sql CLAIM_READ = Sql.named("claim_read");
    private static final Sql NOTE_BEGUN = Sql.named("note_begun");
    private static final Sql SUCCEEDED = Sql.named("finish_succeeded");
    private static final Sql FAILED = Sql.named("finish_failed");
    private static final Sql OUTCOME_READ = Sql.named("outcome_read");

    private final Database database;

    /**
     * The end of one attempt.
     *
     * @param entry what was claimed; its fence guards the record
     * @param verdict what is to be recorded
     * @param worker who ran it
     * @param ran how long ago it started
     */
    public record Ending(Entry entry, Verdict verdict, String worker, Duration ran) {

        @Nullable
        Long ranMillis() {
            return verdict instanceof Verdict.Expired ? null : ran.toMillis();
        }
    }

    /**
     * What PostgreSQL made of an ending.
     *
     * @param recorded false when the fence had moved on: somebody else settled the matter
     * @param dueMillis when the job may run again, where it does
     */
    public record Receipt(boolean recorded, OptionalLong dueMillis) {

        private static final Receipt REFUSED = new Receipt(false, OptionalLong.empty());
        private static final Receipt ENDED = new Receipt(true, OptionalLong.empty());
    }

    /** How a verdict is stored; a success counts by its row alone. */
    private record Stored(
            StoredState state,
            int counted,
            long dueInMillis,
            @Nullable FailureReason reason,
            @Nullable String message) {

        /** A handler may say what a text column cannot hold; refusing its outcome would make the job look crashed. */
        Stored {
            message = message == null ? null : message.replace('\0', '\ufffd');
        }

        static Stored of(Verdict verdict) {
            return switch (verdict) {
                case Verdict.Succeeded s -> new Stored(StoredState.SUCCEEDED, 0, 0, null, null);
                case Verdict.Retried r ->
                    new Stored(StoredState.WAITING, 1, r.delay().toMillis(), r.reason(), r.message());
                case Verdict.Died d -> new Stored(StoredState.DEAD, 1, 0, d.reason(), d.message());
                case Verdict.HandedBack h ->
                    new Stored(StoredState.WAITING, 0, h.delay().toMillis(), null, null);
                case Verdict.Cancelled c ->
                    new Stored(StoredState.CANCELLED, 0, 0, FailureReason.CANCELLED, c.message());
                case Verdict.Discarded d ->
                    new Stored(StoredState.CANCELLED, 0, 0, FailureReason.DISCARDED, d.message());
                case Verdict.Expired e -> new Stored(StoredState.CANCELLED, 0, 0, FailureReason.EXPIRED, e.message());
            };
        }
    }

    /** @param database where the rows are */
    public RunRows(Database database) {
        this.database = database;
    }

    /**
     * Reads the rows of claimed entries; one that is gone is left out.
     *
     * @param mostBytes once the payloads fill this, further rows come without theirs; the first has it in any case
     */
    public List<ClaimRow> read(List<Entry> entries, long mostBytes) {
        return database.query(
                CLAIM_READ,
                statement -> {
                    statement.setLong(1, mostBytes);
                    ids(statement, 2, entries, entry -> entry.id().value());
                },
                row -> new ClaimRow(
                        Columns.jobId(row, "id"),
                        row.getInt("fence"),
                        StoredState.ofCode(row.getInt("state")),
                        new JobType(row.getString("type")),
                        row.getInt("attempt"),
                        row.getInt("crashes"),
                        row.getBoolean("cancel_requested"),
                        StartDeadline.ofCode(row.getInt("deadline")),
                        OptionsText.read(row.getString("options")),
                        Columns.tags(row),
                        Optional.ofNullable(row.getBytes("payload")),
                        Columns.optionalLong(row, "due_ms")));
    }

    /**
     * Notes that handlers are about to begin.
     *
     * @return the jobs whose handlers may; of the others the fence has moved on
     */
    public Set<JobId> noteBegun(List<Entry> entries) {
        return new HashSet<>(database.query(
                NOTE_BEGUN,
                statement -> {
                    ids(statement, 1, entries, entry -> entry.id().value());
                    array(statement, 2, "int4", entries, Entry::fence);
                },
                row -> Columns.jobId(row, "id")));
    }

    /**
     * Records how attempts ended, each under its fence. Safe to repeat: what was recorded before is read back and
     * answered as recorded.
     *
     * @return one record for each ending, in their order
     */
    public List<Receipt> finish(List<Ending> endings) {
        Map<JobId, Receipt> records = new HashMap<>();
        List<Ending> succeeded = new ArrayList<>();
        List<Ending> failed = new ArrayList<>();
        for (Ending ending : endings) {
            (ending.verdict instanceof Verdict.Succeeded ? succeeded : failed).add(ending);
        }
        if (!succeeded.isEmpty()) {
            recordSuccesses(succeeded).forEach(id -> records.put(id, Receipt.ENDED));
        }
        if (!failed.isEmpty()) {
            records.putAll(recordFailures(failed));
        }
        List<Ending> refused = endings.stream()
                .filter(ending -> !records.containsKey(ending.entry.id()))
                .toList();
        if (!refused.isEmpty()) {
            records.putAll(readBack(refused));
        }
        return endings.stream()
                .map(ending -> records.getOrDefault(ending.entry.id(), Receipt.REFUSED))
                .toList();
    }

    private List<JobId> recordSuccesses(List<Ending> endings) {
        return database.query(
                SUCCEEDED,
                statement -> {
                    ids(statement, 1, endings, e -> e.entry.id().value());
                    array(statement, 2, "int4", endings, e -> e.entry.fence());
                    array(statement, 3, "text", endings, Ending::worker);
                    array(statement, 4, "int8", endings, e -> e.ran.toMillis());
                    array(statement, 5, "bytea", endings, RunRows::resultOf);
                },
                row -> Columns.jobId(row, "id"));
    }

    private static byte @Nullable [] resultOf(Ending ending) {
        byte[] result = ((Verdict.Succeeded) ending.verdict).result();
        return result.length == 0 ? null : result;
    }

    private Map<JobId, Receipt> recordFailures(List<Ending> endings) {
        List<Stored> failed =
                endings.stream().map(ending -> Stored.of(ending.verdict)).toList();
        Map<JobId, Receipt> records = new HashMap<>();
        database.query(
                FAILED,
                statement -> {
                    ids(statement, 1, endings, e -> e.entry.id().value());
                    array(statement, 2, "int4", endings, e -> e.entry.fence());
                    array(statement, 3, "int2", failed, f -> f.state.code());
                    array(statement, 4, "int2", failed, f -> (short) f.counted);
                    array(statement, 5, "int8", failed, Stored::dueInMillis);
                    array(statement, 6, "text", failed, f -> f.reason == null ? null : f.reason.wireName());
                    array(statement, 7, "text", failed, Stored::message);
                    array(statement, 8, "text", endings, Ending::worker);
                    array(statement, 9, "int8", endings, Ending::ranMillis);
                },
                row -> records.put(Columns.jobId(row, "id"), new Receipt(true, Columns.optionalLong(row, "due_ms"))));
        return records;
    }

    /** The answer to an earlier try may have been lost, or another row of its batch was refused after it. */
    private Map<JobId, Receipt> readBack(List<Ending> endings) {
        List<Stored> stored =
                endings.stream().map(ending -> Stored.of(ending.verdict)).toList();
        Map<JobId, Receipt> records = new HashMap<>();
        database.query(
                OUTCOME_READ,
                statement -> {
                    ids(statement, 1, endings, e -> e.entry.id().value());
                    array(statement, 2, "int4", endings, e -> e.entry.fence());
                    array(statement, 3, "int2", stored, s -> s.state.code());
                    array(statement, 4, "int2", stored, s -> (short) s.counted);
                    array(statement, 5, "text", stored, s -> s.reason == null ? null : s.reason.wireName());
                    array(statement, 6, "text", endings, Ending::worker);
                },
                row -> records.put(Columns.jobId(row, "id"), new Receipt(true, Columns.optionalLong(row, "due_ms"))));
        return records;
    }
}
