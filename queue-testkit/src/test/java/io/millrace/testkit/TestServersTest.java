package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

class TestServersTest {

    @Test
    void each_caller_has_a_database_and_a_prefix_of_its_own_on_the_same_servers() throws SQLException {
        Stores one = Stores.fresh();
        Stores two = Stores.fresh();
        assertThat(one.redisUri()).isEqualTo(two.redisUri());
        assertThat(one.keyPrefix()).isNotEqualTo(two.keyPrefix()).matches("t[a-z0-9]{12}");
        assertThat(one.jdbcUrl()).isNotEqualTo(two.jdbcUrl());
        try (var first = one.database().connect();
                var second = two.database().connect();
                var create = first.createStatement();
                var look = second.createStatement()) {
            create.execute("create table t (n int)");
            assertThatThrownBy(() -> look.execute("select n from t"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("does not exist");
        }
        try (var redis = RedisClient.create(one.redisUri())) {
            assertThat(redis.set(one.keyPrefix() + ":k", "v")).isEqualTo("OK");
        }
    }

    @Test
    void a_copy_has_what_its_template_has() throws SQLException {
        TestDatabase template = TestPostgres.freshDatabase();
        try (var connection = template.connect();
                var statement = connection.createStatement()) {
            statement.execute("create table t as select 42 as n");
        }
        try (var connection = TestPostgres.copyOf(template).connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select n from t")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(1)).isEqualTo(42);
        }
    }
}
