package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.warehouse.avro.AvroFile;
import io.millrace.sink.warehouse.avro.AvroRows;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * {@code load.mode=avro}: an Avro file on the worker's disk, put into a stage, copied from there and removed. Each has a
 * name of its own, so that nobody else's is ever copied.
 *
 * @see <a href="https://docs.snowflake.com/en/sql-reference/sql/put">PUT</a>
 * @see <a href="https://docs.snowflake.com/en/sql-reference/sql/copy-into-table">COPY INTO</a>
 */
final class FileLoader implements Staging.Loader {
    private final Connection connection;
    private final String stage;
    private final BooleanSupplier stopped;

    FileLoader(Connection connection, String stage, BooleanSupplier stopped) {
        this.connection = connection;
        this.stage = stage;
        this.stopped = stopped;
    }

    @Override
    public void load(String table, List<Staging.Column> columns, Batch batch) throws SQLException, IOException {
        Path folder = Files.createTempDirectory("millrace");
        String name = UUID.randomUUID() + ".avro";
        Path file = folder.resolve(name);
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
                List<AvroFile.Type> types = columns.stream()
                        .limit(batch.columns().size())
                        .map(FileLoader::avro)
                        .toList();
                AvroRows.write(batch, types, this::look, out);
            }
            Statements.execute(connection, put(file.toString(), stage));
            copy(table, columns, name, batch);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    private void copy(String table, List<Staging.Column> columns, String name, Batch batch) throws SQLException {
        long loaded;
        try {
            loaded = Statements.loaded(connection, copy(table, columns, stage, name));
        } catch (SQLException e) {
            remove(stage + name, e);
            if (SqlErrors.isFileGone(e)) {
                throw gone(batch, e);
            }
            throw e;
        }
        if (loaded != batch.rows().count()) {
            throw gone(batch, null);
        }
    }

    /** A COPY that finds no file may also succeed, with nothing loaded. */
    private RetriableException gone(Batch batch, @Nullable SQLException because) {
        return new RetriableException(
                "Table " + batch.table() + ": its file was not in the stage " + stage
                        + " any more, or not whole, when it was to be copied; it is put there again. Nobody else may remove files there",
                because);
    }

    /** A file that is not copied lies there until the next claim, if it cannot be removed now. */
    private void remove(String file, SQLException because) {
        try {
            Statements.query(connection, "REMOVE " + Sql.text(file), row -> row.getString(1));
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }

    private void look(int column, byte[] bytes, int offset, int length) {
        if (column == 0 && stopped.getAsBoolean()) {
            throw new ConnectException("Stopped while rows were being staged");
        }
    }

    private static AvroFile.Type avro(Staging.Column column) {
        return switch (column.type()) {
            case "BIGINT" -> AvroFile.Type.LONG;
            case "BOOLEAN" -> AvroFile.Type.BOOLEAN;
            default -> AvroFile.Type.STRING;
        };
    }

    /** The driver reads the file, whose blocks are deflated already, and sends it to the stage. */
    static String put(String file, String stage) {
        return "PUT " + Sql.text("file://" + file) + " " + Sql.text(stage)
                + " AUTO_COMPRESS = FALSE SOURCE_COMPRESSION = NONE OVERWRITE = TRUE";
    }

    /** Without the default by which the text \N becomes NULL. A file that is named has to be there. */
    static String copy(String table, List<Staging.Column> columns, String stage, String file) {
        return "COPY INTO " + table + " ("
                + columns.stream().map(Staging.Column::name).collect(Collectors.joining(", "))
                + ")\nFROM (SELECT "
                + columns.stream()
                        .map(column -> "$1:" + column.name() + "::" + column.type())
                        .collect(Collectors.joining(", "))
                + " FROM " + Sql.text(stage)
                + ")\nFILES = (" + Sql.text(file)
                + ") FILE_FORMAT = (TYPE = AVRO TRIM_SPACE = FALSE NULL_IF = ()) ON_ERROR = ABORT_STATEMENT PURGE = TRUE";
    }
}
