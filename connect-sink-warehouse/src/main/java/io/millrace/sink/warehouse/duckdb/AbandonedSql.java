package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.warehouse.copies.CopyLog;

/**
 * The queries for copies that nobody goes on with; rows are ledger id, target and generation. Pure.
 *
 * @param waiting the table of states, see {@link OperationsLog}
 */
record AbandonedSql(CopyLog log, Ledger ledger, String waiting) {
    /**
     * Generations of which nothing has come for this long: this connector's, unless their tables wait, and those of
     * connectors that the ledger knows nothing of any more.
     */
    String abandoned(long millis) {
        String since = " >= now() - to_milliseconds(" + millis + ")";
        return "SELECT ledger_id, target, generation FROM " + log.table() + " AS g WHERE state IN ('open', 'ended')"
                + " AND NOT updated_at" + since + " AND NOT EXISTS (SELECT 1 FROM " + ledger.table()
                + " AS l WHERE l.ledger_id = g.ledger_id AND (g.ledger_id <> " + Sql.text(ledger.id())
                + " OR l.target = g.target AND (l.updated_at" + since + " OR EXISTS (SELECT 1 FROM " + waiting
                + " AS w WHERE w.ledger_id = g.ledger_id AND w.target = g.target AND w.state IS NOT NULL))))";
    }

    /** Generations of other connectors that nobody wants, and whose rows still lie there. */
    String leftByOthers() {
        return "SELECT ledger_id, target, generation FROM " + log.table() + " WHERE ledger_id <> "
                + Sql.text(ledger.id()) + " AND state IN ('superseded', 'aborted', 'done') AND NOT cleared";
    }
}
