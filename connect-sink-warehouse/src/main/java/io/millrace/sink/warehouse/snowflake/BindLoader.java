package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.Batch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * {@code load.mode=sql}: rows as arrays of binds, without any stage. The driver holds what it sends in memory, so it is
 * sent in parts.
 *
 * @see <a href="https://docs.snowflake.com/en/developer-guide/jdbc/jdbc-using#batch-inserts">Batch inserts</a>
 */
final class BindLoader implements Staging.Loader {
    private static final int MOST_VALUES = 60_000;
    private static final int MOST_BYTES = 8 << 20;

    private final Connection connection;
    private final BooleanSupplier stopped;

    BindLoader(Connection connection, BooleanSupplier stopped) {
        this.connection = connection;
        this.stopped = stopped;
    }

    @Override
    public void load(String table, List<Staging.Column> columns, Batch batch) throws SQLException, IOException {
        try (PreparedStatement insert = connection.prepareStatement(insert(table, columns))) {
            Writer writer = new Writer(insert, columns);
            try {
                new StagedRows(batch, columns, stopped).writeTo(writer);
            } catch (Failed e) {
                throw e.reason;
            }
            writer.send();
        }
    }

    static String insert(String table, List<Staging.Column> columns) {
        return "INSERT INTO " + table + " ("
                + columns.stream().map(Staging.Column::name).collect(Collectors.joining(", ")) + ") VALUES ("
                + String.join(", ", Collections.nCopies(columns.size(), "?")) + ")";
    }

    /** Carries an SQLException through the visitor. */
    private static final class Failed extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient SQLException reason;

        Failed(SQLException reason) {
            super(reason);
            this.reason = reason;
        }
    }

    /** A call of the driver's. */
    private interface Bind {
        void run() throws SQLException;
    }

    private static final class Writer implements StagedRows.Writer {
        private final PreparedStatement insert;
        private final List<Staging.Column> columns;
        private int parameter;
        private int values;
        private long bytes;

        Writer(PreparedStatement insert, List<Staging.Column> columns) {
            this.insert = insert;
            this.columns = columns;
        }

        @Override
        public void putNull() throws Failed {
            int type =
                    switch (columns.get(parameter).type()) {
                        case "BIGINT" -> Types.BIGINT;
                        case "BOOLEAN" -> Types.BOOLEAN;
                        default -> Types.VARCHAR;
                    };
            bind(() -> insert.setNull(++parameter, type));
        }

        @Override
        public void putLong(long value) throws Failed {
            bind(() -> insert.setLong(++parameter, value));
        }

        @Override
        public void putBoolean(int value) throws Failed {
            bind(() -> insert.setBoolean(++parameter, value != 0));
        }

        @Override
        public void putText(byte[] from, int offset, int length) throws Failed {
            bytes += length;
            bind(() -> insert.setString(++parameter, new String(from, offset, length, StandardCharsets.UTF_8)));
        }

        @Override
        public void endRow() throws Failed {
            values += parameter;
            parameter = 0;
            bind(insert::addBatch);
            if (values >= MOST_VALUES || bytes >= MOST_BYTES) {
                bind(this::send);
            }
        }

        private void send() throws SQLException {
            if (values > 0) {
                insert.executeBatch();
                values = 0;
                bytes = 0;
            }
        }

        private static void bind(Bind call) throws Failed {
            try {
                call.run();
            } catch (SQLException e) {
                throw new Failed(e);
            }
        }
    }
}
