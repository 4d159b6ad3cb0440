package io.millrace.sink;

import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.Locked;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.TableId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** Gathers how the tables of one flush fared, each in a transaction of its own. */
final class TableByTable {
    private final boolean parks;
    private final boolean deadLetters;
    private final Map<TableId, String> parked = new LinkedHashMap<>();
    private final List<FlushResult.Refusal> refused = new ArrayList<>();
    private Outcome.Applied applied = new Outcome.Applied(0, 0, 0, 0);
    private int tables;
    private int done;
    private final Set<TableId> failing = new HashSet<>();
    private final Map<TableId, FlushResult.Blocked> blocked = new LinkedHashMap<>();
    private @Nullable String again;
    private @Nullable ConnectException first;

    /** The flush of one table. */
    interface One {
        FlushResult run() throws Destination.RefusedRow;
    }

    TableByTable(boolean parks, boolean deadLetters) {
        this.parks = parks;
        this.deadLetters = deadLetters;
    }

    void run(TableId table, One one, Flush flush) {
        tables++;
        try {
            take(table, one.run());
        } catch (Destination.RefusedRow e) {
            refused(table, List.of(FlushResult.refusal(flush, e.bad())));
        } catch (Locked e) {
            blocked.put(table, FlushResult.Blocked.of(e));
        } catch (RetriableException e) {
            again = e.getMessage();
            failing.add(table);
        } catch (ConnectException e) {
            first = first == null ? e : first;
            if (!parks) {
                throw e;
            }
            parked.put(table, String.valueOf(e.getMessage()));
        }
    }

    /** The outcome of what belongs to no table of the flush. */
    void others(FlushResult result) {
        if (result instanceof FlushResult.Again gone) {
            again = gone.reason();
        }
    }

    FlushResult result(Flush flush, Map<Feed, Claim> begun) {
        // Nothing works for any of several tables: that is no table's fault.
        if (first != null && done == 0 && blocked.isEmpty() && tables > 1) {
            throw first;
        }
        if (again != null) {
            // Nothing works for any of several tables: that is no table's fault.
            return new FlushResult.Again(again, done > 0 || tables == 1 ? failing : Set.of(), false);
        }
        return refused.isEmpty()
                ? new FlushResult.Done(flush, begun, applied, parked, Map.of(), blocked, Map.of())
                : new FlushResult.Refused(refused);
    }

    private void take(TableId table, FlushResult result) {
        if (result instanceof FlushResult.Done one) {
            done++;
            applied = applied.plus(one.applied());
        } else if (result instanceof FlushResult.Again gone) {
            again = gone.reason();
        } else if (result instanceof FlushResult.Refused rows) {
            refused(table, rows.rows());
        }
    }

    private void refused(TableId table, List<FlushResult.Refusal> rows) {
        if (parks && !deadLetters) {
            parked.put(
                    table,
                    rows.get(0).reason() + " (" + rows.size() + " rows, the first at offset "
                            + rows.get(0).offset() + ")");
        } else {
            refused.addAll(rows);
        }
    }
}
