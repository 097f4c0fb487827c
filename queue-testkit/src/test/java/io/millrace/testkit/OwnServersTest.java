package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisConnectionException;

class OwnServersTest {

    private static final int NO_ANSWER_MILLIS = 4_000;

    private static RedisClient impatient(OwnRedis redis) {
        return RedisClient.builder()
                .hostAndPort("127.0.0.1", redis.port())
                .clientConfig(DefaultJedisClientConfig.builder()
                        .password(redis.password())
                        .socketTimeoutMillis(NO_ANSWER_MILLIS)
                        .build())
                .build();
    }

    @Test
    void a_redis_keeps_its_data_over_kill_and_loses_it_by_flush() {
        try (var redis = OwnRedis.start()) {
            try (var client = RedisClient.create(redis.uri())) {
                client.set("k", "v");
            }
            redis.kill();
            assertThat(redis.isAlive()).isFalse();
            redis.restart();
            try (var client = RedisClient.create(redis.uri())) {
                assertThat(client.get("k")).isEqualTo("v");
                redis.flush();
                assertThat(client.get("k")).isNull();
            }
        }
    }

    @Test
    void a_frozen_redis_answers_when_it_is_thawed() {
        try (var redis = OwnRedis.start();
                var before = impatient(redis)) {
            assertThat(before.ping()).isEqualTo("PONG");
            redis.pause();
            assertThatThrownBy(before::ping).isInstanceOf(JedisConnectionException.class);
            assertThat(redis.isAlive()).isTrue();
            redis.resume();
            try (var after = RedisClient.create(redis.uri())) {
                assertThat(after.ping()).isEqualTo("PONG");
            }
        }
    }

    @Test
    void a_frozen_redis_can_be_closed() {
        var redis = OwnRedis.start();
        redis.pause();
        redis.close();
        assertThat(redis.isAlive()).isFalse();
    }

    @Test
    void a_redis_can_be_reached_by_way_of_a_proxy() {
        try (var redis = OwnRedis.start();
                var proxy = FaultProxy.to(redis.port());
                var client = RedisClient.create(redis.uriVia(proxy.port()))) {
            assertThat(client.ping()).isEqualTo("PONG");
            proxy.reset();
            assertThatThrownBy(client::ping).isInstanceOf(JedisConnectionException.class);
            assertThat(client.ping()).isEqualTo("PONG");
        }
    }

    @Test
    void a_postgres_keeps_its_data_over_kill_and_immediate_stop() throws SQLException {
        try (var postgres = OwnPostgres.start()) {
            run(postgres, "create table t as select 42 as n");
            postgres.kill();
            postgres.restart();
            run(postgres, "insert into t values (43)");
            postgres.stopImmediate();
            assertThat(postgres.isAlive()).isFalse();
            postgres.restart();
            try (var connection = postgres.database().connect();
                    var statement = connection.createStatement();
                    var row = statement.executeQuery("select sum(n) from t")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getInt(1)).isEqualTo(85);
            }
        }
    }

    @Test
    void a_frozen_postgres_answers_nobody_until_it_is_thawed() throws SQLException {
        try (var postgres = OwnPostgres.start();
                var connection = postgres.database().connect();
                var statement = connection.createStatement()) {
            postgres.pause();
            try {
                assertThatThrownBy(() -> impatient(postgres)).isInstanceOf(SQLException.class);
                var answer = CompletableFuture.supplyAsync(() -> isAnswered(statement), Thread::startVirtualThread);
                assertThatThrownBy(() -> answer.get(NO_ANSWER_MILLIS, TimeUnit.MILLISECONDS))
                        .isInstanceOf(TimeoutException.class);
                postgres.resume();
                Awaitility.await().until(answer::isDone);
                assertThat(answer.join()).isTrue();
            } finally {
                postgres.resume();
            }
        }
    }

    private static boolean isAnswered(Statement statement) {
        try {
            return statement.execute("select 1");
        } catch (SQLException e) {
            return false;
        }
    }

    private static void impatient(OwnPostgres postgres) throws SQLException {
        var properties = new Properties();
        TestDatabase database = postgres.database();
        properties.setProperty("user", database.user());
        properties.setProperty("password", database.password());
        properties.setProperty("loginTimeout", "1");
        properties.setProperty("socketTimeout", "1");
        DriverManager.getConnection(database.jdbcUrl(), properties).close();
    }

    private static void run(OwnPostgres postgres, String sql) throws SQLException {
        try (var connection = postgres.database().connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
