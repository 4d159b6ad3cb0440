package io.millrace.sink.sql;

import io.millrace.sink.destination.Generations.Awaited;
import io.millrace.sink.destination.Generations.Missing;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Reads what copies wait for: a row a copy and partition, those of a copy behind each other. */
public final class AwaitedRows {
    private AwaitedRows() {}

    /**
     * @param query answers target, generation, milliseconds since it ended, topic, partition, the last offset of its rows
     *     there, and the ledger's next offset or NULL
     */
    public static List<Awaited> read(Connection connection, String query) throws SQLException {
        Map<Copy, List<Missing>> copies = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                Copy copy = new Copy(rows.getString(1), rows.getString(2), rows.getLong(3));
                TopicPartition partition = new TopicPartition(rows.getString(4), rows.getInt(5));
                long last = rows.getLong(6);
                long next = rows.getLong(7);
                copies.computeIfAbsent(copy, ignored -> new ArrayList<>())
                        .add(new Missing(partition, last, rows.wasNull() ? -1 : next));
            }
        }
        List<Awaited> awaited = new ArrayList<>();
        copies.forEach((copy, missing) -> awaited.add(
                new Awaited(new TableId(Router.split(copy.target)), copy.generation, copy.millis, missing)));
        return awaited;
    }

    private record Copy(String target, String generation, long millis) {}
}
