package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.TableId;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables in which rows wait that have to be completed or converted before they go where readers look. They are ordinary
 * tables, since a temporary one lives in a session, which a load balancer does not keep; so whoever dies leaves his, and
 * the next task that claims drops them when they are old.
 */
final class Stages {
    private static final Logger LOG = LoggerFactory.getLogger(Stages.class);

    static final String PREFIX = "millrace_stage_";

    /** No flush takes so long. */
    private static final long OLD_SECONDS = 3600;

    private final Server server;
    private final Set<String> filled = new HashSet<>();

    Stages(Server server) {
        this.server = server;
    }

    /** Loads a batch; the quoted name of the table that holds it. */
    String load(Batch batch) {
        String name = name(PREFIX + UUID.randomUUID().toString().replace("-", ""));
        filled.add(name);
        server.execute(StageSql.create(batch, name));
        // Under a token, so that an insert that is repeated, as its answer was lost, does not bring its rows twice.
        Apply.insert(server, name, InsertRows.staged(batch), batch.rows().count(), name);
        return name;
    }

    /** The rows are in their tables, or are not wanted any more. */
    void clear() {
        for (String name : Set.copyOf(filled)) {
            server.execute("DROP TABLE IF EXISTS " + name + " SYNC");
            filled.remove(name);
        }
    }

    /** Drops what this task has staged, if the server is there. */
    void abandon() {
        try {
            for (String name : Set.copyOf(filled)) {
                server.once("DROP TABLE IF EXISTS " + name + " SYNC");
                filled.remove(name);
            }
        } catch (ConnectException e) {
            LOG.warn("Tables {} are left; the next task drops them: {}", filled, e.getMessage());
        }
    }

    /** Drops what dead tasks have left. */
    void sweep() {
        String database = server.settings().database();
        for (String left : new Catalog(server).oldNames(database, PREFIX, OLD_SECONDS)) {
            LOG.info("Dropping {}, which a task has left", left);
            server.execute("DROP TABLE IF EXISTS " + name(left) + " SYNC");
        }
    }

    private String name(String name) {
        return Sql.table(TableId.of(server.settings().database(), name));
    }
}
