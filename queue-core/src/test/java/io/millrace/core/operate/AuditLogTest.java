package io.millrace.core.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.TestEngine;
import io.millrace.core.job.Actor;
import io.millrace.core.job.AuditEntry;
import io.millrace.core.job.AuditFilter;
import io.millrace.core.job.JobEdit;
import io.millrace.core.job.QueuePatterns;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Stores;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AuditLogTest {

    private static final Actor ANN = new Actor("0a0a0a0a0a0a", "ann");
    private static final Actor BOB = new Actor("0b0b0b0b0b0b", "bob");
    private static final AuditFilter ANY =
            new AuditFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private static Stores stores;
    private static TestEngine engine;

    @BeforeAll
    static void open() {
        stores = Stores.fresh();
        engine = TestEngine.on(stores, "worker-1");
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void an_act_that_cannot_be_noted_is_not_done() throws SQLException {
        QueueName queue = TestEngine.freshQueue();
        JobId job = engine.submit(TestEngine.jobIn(queue));
        sql("ALTER TABLE audit RENAME TO audit_is_away");
        try {
            assertThatThrownBy(() -> engine.engine().queueOperator().setPaused(queue, true, ANN))
                    .isInstanceOf(StoreUnavailableException.class);
            assertThatThrownBy(() -> engine.engine().operator().cancel(job, ANN))
                    .isInstanceOf(StoreUnavailableException.class);
        } finally {
            sql("ALTER TABLE audit_is_away RENAME TO audit");
        }
        assertThat(engine.engine().depths().find(queue).orElseThrow().paused()).isFalse();
        assertThat(engine.find(job).state().isFinal()).isFalse();
        assertThat(targets(QueuePatterns.ALL, ANN)).doesNotContain(queue.value(), job.toString());
    }

    @Test
    void entries_are_shown_by_the_queues_that_one_knows_of_and_by_what_one_did_oneself() {
        QueueName mine = TestEngine.freshQueue();
        QueueName theirs = TestEngine.freshQueue();
        QueueName alsoTheirs = TestEngine.freshQueue();
        List.of(mine, theirs, alsoTheirs).forEach(queue -> engine.submit(TestEngine.jobIn(queue)));
        engine.engine().queueOperator().setPaused(mine, true, BOB);
        engine.engine().queueOperator().setPaused(theirs, true, BOB);
        engine.engine().queueOperator().setPaused(alsoTheirs, true, ANN);

        QueuePatterns known = QueuePatterns.of(List.of(mine.value()));
        assertThat(targets(known, ANN))
                .contains(mine.value(), alsoTheirs.value())
                .doesNotContain(theirs.value());
        assertThat(targets(QueuePatterns.ALL, ANN)).contains(mine.value(), theirs.value(), alsoTheirs.value());
    }

    @Test
    void an_edit_that_loses_its_race_is_not_noted() {
        QueueName queue = TestEngine.freshQueue();
        JobId job = engine.submit(TestEngine.jobIn(queue));
        var edit = new JobEdit(Optional.empty(), Optional.of(3), Optional.empty());
        assertThat(engine.engine().editor().edit(job, engine.find(job).version() + 1, edit, ANN))
                .isEqualTo(JobEditor.Result.CHANGED);
        assertThat(targets(QueuePatterns.ALL, ANN)).doesNotContain(job.toString());
    }

    private static List<String> targets(QueuePatterns known, Actor asking) {
        return engine.engine().auditLog().page(ANY, known, asking.keyId(), OptionalLong.empty(), 200).entries().stream()
                .map(AuditEntry::target)
                .toList();
    }

    private static void sql(String text) throws SQLException {
        try (Connection connection = stores.database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }
}
