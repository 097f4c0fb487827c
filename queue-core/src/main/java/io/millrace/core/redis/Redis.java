package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.config.ConfigException;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * The connection to Redis: runs scripts by their digest and loads them when the server does not have them. A connection
 * that failed is thrown away, never used again, since it may still deliver the answer to an earlier question. Safe for
 * any number of threads.
 */
public final class Redis implements AutoCloseable {

    private static final int MOST_CONNECTIONS = 64;

    /** A script over so many queues keeps the server for a fraction of a millisecond. */
    private static final int MOST_QUEUES = 100;

    private static final Pattern USED_MEMORY = Pattern.compile("^used_memory:(\\d+)", Pattern.MULTILINE);
    private static final Pattern MOST_MEMORY = Pattern.compile("^maxmemory:(\\d+)", Pattern.MULTILINE);

    /** No command may block the server's connection for longer. */
    static final Duration LONGEST_BLOCK = Duration.ofSeconds(2);

    private final RedisClient client;
    private final RedisConfig config;
    private final RedisKeys keys;
    private final Map<LuaScript, byte[]> digests = new ConcurrentHashMap<>();

    /** Prepares the connection; nothing is sent yet, so this succeeds while Redis is away. */
    public Redis(RedisConfig config) {
        this.config = config;
        this.keys = new RedisKeys(config.prefix());
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(MOST_CONNECTIONS);
        pool.setMaxIdle(MOST_CONNECTIONS);
        pool.setMinIdle(0);
        pool.setMaxWait(config.timeout());
        pool.setTimeBetweenEvictionRuns(Duration.ofSeconds(30));
        this.client = RedisClient.builder()
                .hostAndPort(JedisURIHelper.getHostAndPort(config.uri()))
                .clientConfig(clientConfig(config).build())
                .poolConfig(pool)
                .build();
    }

    private static DefaultJedisClientConfig.Builder clientConfig(RedisConfig config) {
        int timeout = (int) config.timeout().toMillis();
        DefaultJedisClientConfig.Builder client = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(timeout)
                .socketTimeoutMillis(timeout)
                .blockingSocketTimeoutMillis(timeout + (int) LONGEST_BLOCK.toMillis())
                .user(JedisURIHelper.getUser(config.uri()))
                .password(JedisURIHelper.getPassword(config.uri()))
                .database(JedisURIHelper.getDBIndex(config.uri()))
                .clientName("millrace");
        if (JedisURIHelper.isRedisSSLScheme(config.uri())) {
            client.sslOptions(SslOptions.defaults());
        }
        return client;
    }

    /**
     * Refuses a server that would drop parts of the index by itself. Does nothing while Redis is away or hides its
     * memory policy.
     *
     * @throws ConfigException when {@code maxmemory-policy} is not {@code noeviction}
     */
    public void refuseEvictingServer() {
        String memory;
        try {
            memory = client.info("memory");
        } catch (JedisException e) {
            return;
        }
        boolean evicts = memory.contains("maxmemory_policy:") && !memory.contains("maxmemory_policy:noeviction");
        if (evicts) {
            throw new ConfigException(
                    List.of("Redis drops keys when it is full; set its maxmemory-policy to noeviction"));
        }
    }

    /** Whether Redis answers now. */
    public boolean isUp() {
        try {
            return "PONG".equals(client.ping());
        } catch (JedisException e) {
            return false;
        }
    }

    /** The settings it was made with. */
    public RedisConfig config() {
        return config;
    }

    RedisKeys keys() {
        return keys;
    }

    /**
     * Runs a script that may run twice, and answers what it returned, as Jedis reads it: Long, byte[] or a list of these.
     * It is repeated once on a fresh connection when the connection fails: after a restart of Redis every pooled one does.
     */
    Object run(LuaScript script, List<byte[]> scriptKeys, List<byte[]> arguments) {
        try {
            return evaluate(script, scriptKeys, arguments);
        } catch (JedisConnectionException e) {
            client.getPool().clear();
        } catch (JedisException e) {
            throw new IndexUnavailableException(script.name(), e);
        }
        return runOnce(script, scriptKeys, arguments);
    }

    /** Runs a script that answers for many queues at once, and gives its answer for each, in their order. */
    List<Object> runOver(LuaScript script, List<QueueName> queues) {
        List<Object> answers = new ArrayList<>(queues.size());
        for (int from = 0; from < queues.size(); from += MOST_QUEUES) {
            List<QueueName> some = queues.subList(from, Math.min(queues.size(), from + MOST_QUEUES));
            answers.addAll((List<?>) run(script, keys.of(script, some), List.of()));
        }
        return answers;
    }

    /** Runs a script that must not run twice for one question: the first answer would be lost with what it says. */
    Object runOnce(LuaScript script, List<byte[]> scriptKeys, List<byte[]> arguments) {
        try {
            return evaluate(script, scriptKeys, arguments);
        } catch (JedisConnectionException e) {
            client.getPool().clear();
            throw new IndexUnavailableException(script.name(), e);
        } catch (JedisException e) {
            throw new IndexUnavailableException(script.name(), e);
        }
    }

    private Object evaluate(LuaScript script, List<byte[]> scriptKeys, List<byte[]> arguments) {
        byte[] digest = digests.computeIfAbsent(script, LuaScript::sha);
        try {
            return client.evalsha(digest, scriptKeys, arguments);
        } catch (JedisNoScriptException e) {
            return client.eval(script.text().getBytes(UTF_8), scriptKeys, arguments);
        }
    }

    /**
     * One run of a script among many.
     *
     * @param keys its keys
     * @param arguments its arguments
     */
    record Run(List<byte[]> keys, List<byte[]> arguments) {}

    /** Runs a script many times, all sent before the first answer is read; nothing is repeated when that fails. */
    List<Object> runAll(LuaScript script, List<Run> runs) {
        try {
            return sendAll(script, runs);
        } catch (JedisNoScriptException e) {
            // The first one was not run, so none was: this loads the script.
            List<Object> answers = new ArrayList<>();
            answers.add(runOnce(script, runs.getFirst().keys, runs.getFirst().arguments));
            answers.addAll(sendAll(script, runs.subList(1, runs.size())));
            return answers;
        }
    }

    private List<Object> sendAll(LuaScript script, List<Run> runs) {
        byte[] digest = digests.computeIfAbsent(script, LuaScript::sha);
        try (AbstractPipeline pipeline = client.pipelined()) {
            List<Response<Object>> answers = runs.stream()
                    .map(run -> pipeline.evalsha(digest, run.keys, run.arguments))
                    .toList();
            pipeline.sync();
            return answers.stream().map(Response::get).toList();
        } catch (JedisNoScriptException e) {
            throw e;
        } catch (JedisException e) {
            throw new IndexUnavailableException(script.name(), e);
        }
    }

    /** Whether more than four fifths of the memory that it may use are used; false where it has no limit. */
    boolean isFilling() {
        String memory = call("read of its memory", jedis -> jedis.info("memory"));
        long most = number(MOST_MEMORY, memory);
        return most > 0 && number(USED_MEMORY, memory) > most / 5 * 4;
    }

    private static long number(Pattern field, String info) {
        Matcher found = field.matcher(info);
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }

    /** Runs a command. */
    <R> R call(String what, Function<UnifiedJedis, R> command) {
        try {
            return command.apply(client);
        } catch (JedisConnectionException e) {
            IndexUnavailableException away = new IndexUnavailableException(what, e);
            if (!away.isSilence()) {
                // The idle ones are as dead, when the server has restarted: each would fail a call of its own.
                client.getPool().clear();
            }
            throw away;
        } catch (JedisException e) {
            throw new IndexUnavailableException(what, e);
        }
    }

    /**
     * Runs a command on a connection that nobody else has used or will use: after a subscription it may still deliver what
     * was said to its listener.
     */
    void callAlone(String what, Consumer<Jedis> command) {
        JedisClientConfig settings =
                clientConfig(config).autoNegotiateProtocol(false).build();
        try (Jedis own = new Jedis(JedisURIHelper.getHostAndPort(config.uri()), settings)) {
            command.accept(own);
        } catch (JedisException e) {
            throw new IndexUnavailableException(what, e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
