package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.Advance;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The statements on the table beside the ledger that says which commits in the source a feed has passed, and on the view
 * of it that people look at. Pure. A table of its own: the ledger of a file that exists need not be altered.
 */
record Commits(String table, Ledger ledger) {
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSxxx").withZone(ZoneOffset.UTC);

    String create() {
        return "CREATE TABLE IF NOT EXISTS " + table + " (\n"
                + "  ledger_id VARCHAR NOT NULL,\n  target VARCHAR NOT NULL,\n  topic VARCHAR NOT NULL,\n  \"partition\" INTEGER NOT NULL,\n"
                + "  committed_at TIMESTAMP WITH TIME ZONE NOT NULL,\n"
                + "  PRIMARY KEY (ledger_id, target, topic, \"partition\")\n)";
    }

    /** In the transaction of these advances; empty where none of them knows of a commit. */
    Optional<String> note(List<Advance> advances) {
        List<Advance> known = advances.stream()
                .filter(advance -> advance.last().committed() >= 0)
                .toList();
        return known.isEmpty()
                ? Optional.empty()
                : Optional.of("INSERT INTO " + table + " VALUES "
                        + known.stream().map(this::row).collect(Collectors.joining(", "))
                        + " ON CONFLICT DO UPDATE SET committed_at = greatest(committed_at, excluded.committed_at)");
    }

    private String row(Advance advance) {
        long micros = advance.last().committed();
        Instant committed = Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
        return "(" + Sql.text(ledger.id()) + ", "
                + Sql.text(advance.feed().table().toString()) + ", "
                + Sql.text(advance.feed().partition().topic()) + ", "
                + advance.feed().partition().partition() + ", " + Sql.text(MICROS.format(committed))
                + "::TIMESTAMP WITH TIME ZONE)";
    }

    /**
     * Per table the latest moment in the source that all its partitions have passed, as far as they have brought changes,
     * and whether it waits and why.
     *
     * @param waiting the table of states, see {@link OperationsLog}
     */
    String freshness(String view, String waiting) {
        return "CREATE VIEW IF NOT EXISTS " + view + " AS SELECT l.ledger_id, l.target AS table_name,"
                + " min(c.committed_at) AS fresh_to, max(l.updated_at) AS applied_at, count(*) AS partitions,"
                + " coalesce(any_value(w.state), 'active') AS state, any_value(w.reason) AS reason FROM "
                + ledger.table() + " AS l LEFT JOIN " + table
                + " AS c USING (ledger_id, target, topic, \"partition\") LEFT JOIN " + waiting
                + " AS w ON w.ledger_id = l.ledger_id AND w.target = l.target GROUP BY l.ledger_id, l.target";
    }
}
