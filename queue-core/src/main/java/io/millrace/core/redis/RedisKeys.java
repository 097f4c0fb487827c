package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.util.List;

/** Builds every key. Those of one queue share a hash tag, so that they live in one slot of a cluster. */
final class RedisKeys {

    private final String prefix;

    RedisKeys(String prefix) {
        this.prefix = prefix;
    }

    /** The keys that a script names in its header, in that order, for one queue. */
    List<byte[]> of(LuaScript script, QueueName queue) {
        return script.keyNames().stream().map(name -> ofQueue(queue, name)).toList();
    }

    /** The keys that a script about many queues names in its header, in that order, for one queue after the other. */
    List<byte[]> of(LuaScript script, List<QueueName> queues) {
        return queues.stream().flatMap(queue -> of(script, queue).stream()).toList();
    }

    /** The keys that a script about workers names in its header, in that order. */
    List<byte[]> ofWorkers(LuaScript script) {
        return script.keyNames().stream().map(this::ofWorkers).toList();
    }

    /** What each worker runs. */
    byte[] workerJobs() {
        return ofWorkers("worker_jobs");
    }

    private byte[] ofWorkers(String name) {
        return (prefix + ":{workers}:" + name).getBytes(UTF_8);
    }

    /** The keys that a script about one job's notes names in its header, in that order. */
    List<byte[]> ofJob(LuaScript script, JobId job) {
        return script.keyNames().stream()
                .map(name -> ofJob(job, name).getBytes(UTF_8))
                .toList();
    }

    /** The keys that a script about request limits names in its header, for one that is limited. */
    List<byte[]> ofLimit(LuaScript script, String kind, String subject) {
        return script.keyNames().stream()
                .map(name -> (prefix + ":limit:{" + kind + ":" + subject + "}:" + name).getBytes(UTF_8))
                .toList();
    }

    /** How far a job is. */
    String progress(JobId job) {
        return ofJob(job, "progress");
    }

    /** What was logged for a job. */
    String log(JobId job) {
        return ofJob(job, "log");
    }

    private String ofJob(JobId job, String name) {
        return prefix + ":{" + job + "}:" + name;
    }

    /** The list on which a queue's workers wait for a mark. */
    byte[] wake(QueueName queue) {
        return ofQueue(queue, "wake");
    }

    /** The settings of one queue. */
    byte[] settings(QueueName queue) {
        return ofQueue(queue, "settings");
    }

    /** The set of queue names, on which new queues are announced. */
    byte[] queues() {
        return (prefix + ":queues").getBytes(UTF_8);
    }

    /** The channel on which workers hear that a lease was marked to be cancelled. */
    byte[] cancels() {
        return (prefix + ":cancels").getBytes(UTF_8);
    }

    private byte[] ofQueue(QueueName queue, String name) {
        return (prefix + ":{" + queue.value() + "}:" + name).getBytes(UTF_8);
    }
}
