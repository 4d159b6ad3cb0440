package io.millrace.source;

import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Slot;
import io.millrace.source.catalog.WalEnd;
import io.millrace.source.position.Lsn;
import io.millrace.source.position.Phase;
import io.millrace.source.position.StreamPosition;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Whether offsets that a user gives by Connect's REST interface can be gone on from. Each refusal says what to give
 * instead, and nothing has changed by then.
 *
 * @see <a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-875%3A+First-class+offsets+support+in+Kafka+Connect">
 *     KIP-875</a>
 */
final class OffsetChanges {
    private static final List<String> LSNS = List.of("lsn_commit", "lsn_proc", "lsn");
    private static final Set<String> NUMBERS = Set.of(
            "lsn_commit",
            "lsn_proc",
            "lsn",
            "ts_usec",
            "txId",
            "xmin",
            "lsn_events_processed",
            "millrace.commit_lsn",
            "millrace.ordinal",
            "millrace.lanes");
    private static final Set<String> OTHERS = Set.of(
            "messageType",
            "snapshot",
            "snapshot_completed",
            "last_snapshot_record",
            "transaction_id",
            "millrace.stream");
    private static final List<String> PREFIXES = List.of("transaction_data_collection_order_", "incremental_snapshot_");

    private final CdcConfig config;

    OffsetChanges(CdcConfig config) {
        this.config = config;
    }

    /** @throws ConnectException for a change that cannot be gone on from */
    void check(Map<Map<String, ?>, Map<String, ?>> offsets) {
        offsets.forEach((partition, offset) -> {
            if (!config.topicPrefix().equals(partition.get("server"))) {
                throw new ConnectException("a partition of this connector is {\"server\": \"" + config.topicPrefix()
                        + "\"} (its topic.prefix), not " + partition);
            }
            if (offset != null) {
                if (!partition.equals(Phase.partition(config.topicPrefix()))) {
                    throw new ConnectException("the progress of a copy, " + partition
                            + ", cannot be set; give null for it to copy the table again");
                }
                position(offset);
            }
        });
    }

    private void position(Map<String, ?> offset) {
        offset.forEach(OffsetChanges::known);
        if (!(Phase.of(offset) instanceof Phase.Streaming streaming)) {
            throw new ConnectException("an offset says where the stream goes on: give lsn_commit, the end of the last"
                    + " transaction that need not be sent again, as a number (SELECT '16/B374D848'::pg_lsn - '0/0'), and"
                    + " no snapshot that is not complete");
        }
        if (offset.containsKey("millrace.ordinal") != offset.containsKey("millrace.commit_lsn")) {
            throw new ConnectException(
                    "millrace.ordinal counts in the transaction of millrace.commit_lsn: give both or" + " neither");
        }
        if (!config.streams()) {
            return;
        }
        Database database = config.database();
        try (Connection connection = database.connect("millrace check")) {
            reachable(connection, streaming.position());
        } catch (SQLException e) {
            throw new ConnectException("cannot compare the offset with " + database + ": " + e.getMessage(), e);
        }
    }

    private static void known(String key, @Nullable Object value) {
        boolean known = NUMBERS.contains(key)
                || OTHERS.contains(key)
                || PREFIXES.stream().anyMatch(key::startsWith);
        if (!known) {
            throw new ConnectException("an offset has no key " + key + "; it has " + String.join(", ", LSNS)
                    + " and what GET /connectors/NAME/offsets shows");
        }
        boolean whole = value instanceof Long || value instanceof Integer;
        if (NUMBERS.contains(key) && value != null && !whole) {
            throw new ConnectException(key + " has to be a whole number, not \"" + value
                    + "\"; an LSN's is SELECT '16/B374D848'::pg_lsn - '0/0'");
        }
    }

    private void reachable(Connection connection, StreamPosition position) throws SQLException {
        long wanted = position.wholeLsn();
        Optional<Slot> found = Slot.find(connection, config.slot());
        if (found.isEmpty()) {
            throw new ConnectException("slot.name: slot \"" + config.slot() + "\" does not exist, so nothing after "
                    + Lsn.text(wanted) + " is kept for this mirror. Delete the offsets instead, to copy the tables"
                    + " again");
        }
        long confirmed = found.orElseThrow().confirmedLsn();
        if (Long.compareUnsigned(wanted, confirmed) < 0) {
            throw new ConnectException("slot \"" + config.slot() + "\" has confirmed what lies before "
                    + Lsn.text(confirmed) + " (" + confirmed + "), and the server sends none of it again: "
                    + Lsn.text(wanted) + " (" + wanted + ") is too early. Give " + confirmed
                    + " or later, or delete the offsets to copy the tables again");
        }
        long end = WalEnd.read(connection);
        if (Long.compareUnsigned(wanted, end) > 0) {
            throw new ConnectException("the server's WAL ends at " + Lsn.text(end) + " (" + end + "): "
                    + Lsn.text(wanted) + " (" + wanted + ") is not written yet");
        }
    }
}
