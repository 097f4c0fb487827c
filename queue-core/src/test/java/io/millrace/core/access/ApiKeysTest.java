package io.millrace.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.TestEngine;
import io.millrace.testkit.Stores;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {

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
    void a_key_opens_what_its_scopes_allow() {
        ApiKeys keys = engine.engine().apiKeys();
        String token = ApiKeys.generate();
        assertThat(ApiKeys.isWellFormed(token)).isTrue();
        assertThat(keys.authenticate(token)).isEmpty();

        keys.ensure(token, "ann", Set.of(Scope.PRODUCE, Scope.READ));
        for (int i = 0; i < 2; i++) {
            assertThat(keys.authenticate(token)).hasValueSatisfying(key -> {
                assertThat(key.owner()).isEqualTo("ann");
                assertThat(key.may(Scope.PRODUCE)).isTrue();
                assertThat(key.may(Scope.OPERATE)).isFalse();
            });
        }
    }

    @Test
    void an_admin_may_do_everything() {
        String token = ApiKeys.generate();
        engine.engine().apiKeys().ensure(token, "root", Set.of(Scope.ADMIN));
        assertThat(engine.engine().apiKeys().authenticate(token))
                .hasValueSatisfying(key -> assertThat(Scope.values()).allMatch(key::may));
    }

    @Test
    void a_wrong_secret_under_a_known_id_is_refused_before_and_after_the_right_one_was_seen() {
        ApiKeys keys = engine.engine().apiKeys();
        String token = ApiKeys.generate();
        keys.ensure(token, "ann", Set.of(Scope.READ));
        String wrong = token.substring(0, 16) + ApiKeys.generate().substring(16);

        assertThat(keys.authenticate(wrong)).isEmpty();
        assertThat(keys.authenticate(token)).isPresent();
        assertThat(keys.authenticate(wrong)).isEmpty();
        assertThat(keys.authenticate(token)).isPresent();
    }

    @Test
    void a_key_without_scopes_opens_nothing_in_particular() {
        String token = ApiKeys.generate();
        engine.engine().apiKeys().ensure(token, "ann", Set.of());
        assertThat(engine.engine().apiKeys().authenticate(token))
                .hasValueSatisfying(key -> assertThat(Scope.values()).noneMatch(key::may));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mr_", "mr_0123456789ab_", "Bearer x", "mr_0123456789ab_short", "' OR 1=1 --"})
    void what_does_not_look_like_a_key_is_refused(String token) {
        ApiKeys keys = engine.engine().apiKeys();
        assertThat(keys.authenticate(token)).isEmpty();
        assertThatThrownBy(() -> keys.ensure(token, "ann", Set.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_key_that_is_revoked_or_expired_opens_nothing() throws SQLException {
        String revoked = ApiKeys.generate();
        String expired = ApiKeys.generate();
        engine.engine().apiKeys().ensure(revoked, "bob", Set.of(Scope.READ));
        engine.engine().apiKeys().ensure(expired, "bob", Set.of(Scope.READ));
        try (Connection connection = stores.database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE api_key SET revoked_at = now() WHERE id = '" + revoked.substring(3, 15) + "'");
            statement.execute("UPDATE api_key SET expires_at = now() WHERE id = '" + expired.substring(3, 15) + "'");
        }
        assertThat(engine.engine().apiKeys().authenticate(revoked)).isEmpty();
        assertThat(engine.engine().apiKeys().authenticate(expired)).isEmpty();
    }

    @Test
    void the_text_of_a_key_is_not_stored() throws SQLException {
        String token = ApiKeys.generate();
        engine.engine().apiKeys().ensure(token, "ann", Set.of(Scope.READ));
        try (Connection connection = stores.database().connect();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "SELECT count(*) FROM api_key k WHERE k::text LIKE '%" + token.substring(16) + "%'")) {
            rows.next();
            assertThat(rows.getInt(1)).isZero();
        }
    }
}
