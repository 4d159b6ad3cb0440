package io.millrace.sink.pg;

import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies that another session is putting in place. It belongs to a live task; or to one that has died in the middle, whose
 * statement the server goes on with, or to one that is stopped, whose transaction stays open: nobody else would end those.
 */
final class HeldCopies {
    private static final Logger LOG = LoggerFactory.getLogger(HeldCopies.class);

    private final Session session;
    private final GenerationLog log;
    private final Supplier<Set<String>> predecessors;
    private final long limitMillis;
    private final Map<DueCopies.Due, Long> since = new HashMap<>();
    private final Set<DueCopies.Due> told = new HashSet<>();

    /**
     * @param predecessors sessions that this task has taken partitions over from, as {@link Ledger#session} names them
     * @param limitMillis what a replacement may take
     */
    HeldCopies(Session session, GenerationLog log, Supplier<Set<String>> predecessors, long limitMillis) {
        this.session = session;
        this.log = log;
        this.predecessors = predecessors;
        this.limitMillis = limitMillis;
    }

    /** Forgets what is not due any more. */
    void retain(Collection<DueCopies.Due> due) {
        since.keySet().retainAll(due);
        told.retainAll(due);
    }

    /**
     * Whether a copy that this task could not take is still to replace its table, so that it has to be looked at again.
     * After lock.timeout.ms sessions are ended that have begun with it and that nobody is behind.
     */
    boolean isHeld(DueCopies.Due due) throws SQLException {
        if (!Statements.isAny(session.open().connection(), log.isComplete(due.target(), due.generation()))) {
            return false;
        }
        long now = System.nanoTime();
        Long first = since.putIfAbsent(due, now);
        long millis = first == null ? 0 : (now - first) / 1_000_000;
        if (millis >= session.lockTimeoutMillis()) {
            end(due);
        }
        if (millis >= limitMillis && told.add(due)) {
            LOG.warn(
                    "Another session has been replacing table {} by copy {} for {} ms: look for sessions that block it, or end it",
                    due.target(),
                    due.generation(),
                    millis);
        }
        return true;
    }

    private void end(DueCopies.Due due) throws SQLException {
        try {
            String sql = log.terminate(due.target(), predecessors.get(), session.lockTimeoutMillis());
            if (!Statements.strings(session.open().connection(), sql).isEmpty()) {
                LOG.warn(
                        "A session was ended that had begun to replace table {} by a copy and belongs to no task any more, or to one that is stopped",
                        due.target());
            }
        } catch (SQLException e) {
            if (SqlErrors.isConnection(e)) {
                throw e;
            }
            LOG.warn("The session that replaces table {} cannot be ended: {}", due.target(), e.getMessage());
        }
    }
}
