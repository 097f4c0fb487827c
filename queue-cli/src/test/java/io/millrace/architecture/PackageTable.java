package io.millrace.architecture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The packages, and what each may use. Read it from top to bottom: a row may use only rows above it. A name that ends in
 * {@code .*} stands for every package above that begins so. A new package is a decision, and this is where it is written.
 */
final class PackageTable {

    private static final String ROWS = """
            protocol          |
            protocol.payload  | protocol
            client            | protocol
            client.testing    | protocol protocol.payload client
            embedded          |
            testkit           | embedded
            testkit.history   | testkit

            core.job          | protocol
            core.thread       | core.job
            core.config       | protocol core.job
            core.batch        | core.job core.thread
            core.retry        | core.job
            core.artifact     | protocol
            core.metrics      | protocol core.job
            core.postgres     | protocol core.job core.config core.thread
            core.redis        | protocol core.job core.config core.thread core.batch
            core.limit        | core.redis
            core.queue        | protocol core.job core.config core.thread core.postgres core.redis
            core.access       | protocol core.job core.postgres
            core.lease        | protocol core.job core.thread core.redis core.metrics
            core.finish       | protocol core.job core.batch core.retry core.postgres core.redis core.lease core.metrics
            core.dispatch     | protocol core.job core.thread core.postgres core.redis core.lease core.finish core.queue core.metrics
            core.operate      | protocol core.job core.artifact core.thread core.postgres core.redis core.queue core.metrics
            core.accept       | protocol core.job core.thread core.batch core.postgres core.redis core.queue core.operate core.access core.metrics
            core.upkeep       | protocol core.operate core.job core.config core.thread core.postgres core.redis core.queue core.finish core.artifact core.metrics
            core              | protocol core.*

            worker.handler    | protocol protocol.payload core.job core.artifact
            worker.fetch      | core.thread
            worker.email      | protocol protocol.payload core.thread core.config core.artifact worker.handler
            worker.report     | protocol protocol.payload core.thread core.config core.artifact worker.handler
            worker.image      | protocol protocol.payload core.thread core.config core.artifact worker.handler worker.fetch
            worker.diagnostic | protocol protocol.payload core.thread core.config worker.handler
            worker.run        | protocol core core.* worker.handler
            worker            | protocol protocol.payload core core.* worker.*

            dashboard         |
            api.http          | protocol core.job core.access core.config core.limit core.thread core.redis core.metrics
            api.access        | protocol core.job core.access core.operate api.http
            api.contract      | api.http
            api.job           | protocol protocol.payload core core.* api.http
            api.queue         | protocol core core.* api.http
            api.worker        | protocol core core.* api.http
            api.operation     | protocol core core.* api.http
            api.health        | protocol core core.* api.http
            api.events        | protocol core core.* api.http api.queue api.worker
            api               | protocol protocol.payload core core.* dashboard api.*

            cli.demo          | protocol client
            cli.operate       | protocol client
            cli.up            | protocol core.access core.thread embedded worker.email cli.demo
            cli               | protocol core core.job core.config core.thread core.upkeep worker worker.email api cli.up cli.operate
            """;

    private final Map<String, Set<String>> rows = new LinkedHashMap<>();

    /** Reads the table; fails when a row uses one that does not stand above it, so that no cycle can be written down. */
    PackageTable() {
        ROWS.lines().filter(line -> !line.isBlank()).forEach(line -> {
            String[] cells = line.split("\\|", -1);
            List<String> uses = new ArrayList<>();
            Arrays.stream(cells[1].strip().split(" +"))
                    .filter(use -> !use.isEmpty())
                    .forEach(use -> uses.addAll(meant(use)));
            rows.put(cells[0].strip(), Set.copyOf(uses));
        });
    }

    private List<String> meant(String use) {
        List<String> found = rows.keySet().stream()
                .filter(row ->
                        use.endsWith(".*") ? row.startsWith(use.substring(0, use.length() - 1)) : row.equals(use))
                .toList();
        if (found.isEmpty()) {
            throw new IllegalStateException("the table of packages uses '" + use + "' before it has a row");
        }
        return found;
    }

    boolean knows(String name) {
        return rows.containsKey(name);
    }

    boolean allows(String from, String to) {
        return rows.getOrDefault(from, Set.of()).contains(to);
    }

    /** The first words of the packages, such as {@code core} and {@code api}. */
    Set<String> parts() {
        return rows.keySet().stream().map(row -> row.split("\\.", -1)[0]).collect(Collectors.toUnmodifiableSet());
    }
}
