package io.millrace.core.postgres;

import io.millrace.core.job.Actor;
import io.millrace.core.job.AuditEntry;
import io.millrace.core.job.AuditFilter;
import io.millrace.core.job.QueuePatterns;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who did what. An entry is written in the transaction of the act, so that there is neither without the other; what was
 * before and after is read by PostgreSQL from the row itself, without payloads and secrets.
 */
public final class AuditRows {

    private static final Sql WRITE = Sql.named("audit_write");
    private static final String PAGE = "SELECT id, at, key_id, owner, action, target, queue, before::text AS before,"
            + " after::text AS after FROM audit WHERE ";
    private static final Sql FORGET = new Sql(
            "audit_forget",
            "DELETE FROM audit a USING (SELECT id FROM audit WHERE at < ? ORDER BY at LIMIT ?) old WHERE a.id = old.id");

    private final Database database;

    /**
     * What is acted upon.
     *
     * @param picture the statement that shows it
     * @param id as that statement takes it
     */
    record Target(Sql picture, Object id) {

        private static final Sql JOB = Sql.named("audit_job");
        private static final Sql QUEUE = Sql.named("audit_queue");
        private static final Sql OPERATION = Sql.named("audit_operation");
        private static final Sql KEY = Sql.named("audit_key");

        static Target job(JobId id) {
            return new Target(JOB, id.value());
        }

        static Target queue(QueueName name) {
            return new Target(QUEUE, name.value());
        }

        static Target operation(UUID id) {
            return new Target(OPERATION, id);
        }

        static Target key(String id) {
            return new Target(KEY, id);
        }
    }

    private record Picture(@Nullable String queue, String json) {}

    /** @param database where the rows are */
    public AuditRows(Database database) {
        this.database = database;
    }

    /**
     * Acts upon something and notes it, both or neither.
     *
     * @param act empty when it did nothing, which is not noted
     */
    <R> Optional<R> noted(Actor actor, AuditEntry.Action action, Target target, Database.Work<Optional<R>> act) {
        return database.transaction(action.wireName(), connection -> {
            Picture before = picture(connection, target);
            Optional<R> done = act.run(connection);
            if (done.isPresent()) {
                write(connection, actor, action, target, before, picture(connection, target));
            }
            return done;
        });
    }

    /**
     * Asks something of a worker and notes it, both or neither but for a commit that fails at the very end. Workers have no
     * row, so what is told of them before and after is given.
     *
     * @param act false when nothing was asked, which is not noted
     */
    public boolean notedOfWorker(
            Actor actor, AuditEntry.Action action, String worker, StateChange change, BooleanSupplier act) {
        return database.transaction(action.wireName(), connection -> {
            write(connection, actor, action, worker, null, change.before, change.after);
            if (act.getAsBoolean()) {
                return true;
            }
            connection.rollback();
            return false;
        });
    }

    /**
     * A change of a worker's state.
     *
     * @param before as a JSON object
     * @param after as a JSON object
     */
    public record StateChange(String before, String after) {}

    private static @Nullable Picture picture(Connection connection, Target target) throws SQLException {
        return Database.query(
                        connection,
                        target.picture,
                        statement -> statement.setObject(1, target.id),
                        row -> new Picture(row.getString("queue"), row.getString("picture")))
                .stream()
                .findFirst()
                .orElse(null);
    }

    private static void write(
            Connection connection,
            Actor actor,
            AuditEntry.Action action,
            Target target,
            @Nullable Picture before,
            @Nullable Picture after)
            throws SQLException {
        Picture either = before == null ? after : before;
        write(
                connection,
                actor,
                action,
                target.id.toString(),
                either == null ? null : either.queue,
                before == null ? null : before.json,
                after == null ? null : after.json);
    }

    private static void write(
            Connection connection,
            Actor actor,
            AuditEntry.Action action,
            String target,
            @Nullable String queue,
            @Nullable String before,
            @Nullable String after)
            throws SQLException {
        Database.update(connection, WRITE, statement -> {
            statement.setString(1, actor.keyId());
            statement.setString(2, actor.owner());
            statement.setString(3, action.wireName());
            statement.setString(4, target);
            statement.setString(5, queue);
            statement.setString(6, before);
            statement.setString(7, after);
        });
    }

    /**
     * The entries that match, newest first: about queues that are covered, and whatever the asking key did itself. What is
     * about no queue is shown to those who know of all.
     *
     * @param after the number of the last entry of the page before; empty for the first
     * @param asking the id of the key that asks
     */
    public List<AuditEntry> page(
            AuditFilter filter, QueuePatterns queues, String asking, OptionalLong after, int most) {
        Conditions wanted = new Conditions();
        wanted.add("true");
        after.ifPresent(number -> wanted.add("id < ?", number));
        filter.action().ifPresent(action -> wanted.add("action = ?", action.wireName()));
        filter.target().ifPresent(target -> wanted.add("target = ?", target));
        filter.from().ifPresent(at -> wanted.add("at >= ?", at.atOffset(ZoneOffset.UTC)));
        filter.before().ifPresent(at -> wanted.add("at < ?", at.atOffset(ZoneOffset.UTC)));
        if (!queues.areAll()) {
            wanted.add("(queue LIKE ANY (?) OR key_id = ?)", queues, asking);
        }
        wanted.add("true ORDER BY id DESC LIMIT ?", most);
        return database.query(
                new Sql("audit_page", PAGE + wanted.joined()),
                statement -> Conditions.bind(statement, 1, wanted.values()),
                AuditRows::entry);
    }

    /** Removes up to so many entries from before a moment; answers how many. */
    public int forget(Instant before, int most) {
        return database.update(FORGET, statement -> {
            statement.setObject(1, before.atOffset(ZoneOffset.UTC));
            statement.setInt(2, most);
        });
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getLong("id"),
                Columns.instant(row, "at").orElseThrow(),
                new Actor(row.getString("key_id"), row.getString("owner")),
                AuditEntry.Action.parse(row.getString("action")).orElseThrow(),
                row.getString("target"),
                Columns.text(row, "queue").map(QueueName::new),
                Columns.text(row, "before"),
                Columns.text(row, "after"));
    }
}
