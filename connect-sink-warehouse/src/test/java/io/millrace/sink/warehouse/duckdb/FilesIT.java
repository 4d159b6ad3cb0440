package io.millrace.sink.warehouse.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One writer a file, readers meanwhile as DuckDB allows, and which versions read the file. */
class FilesIT {
    /** The number that DuckDB writes into the header of files for 1.4. */
    private static final int STORAGE_OF_1_4 = 67;

    private static final SourceTable ROWS = SourceTable.of("shop", "rows").key("id", Schema.INT32_SCHEMA);

    @TempDir
    Path folder;

    private final TopicLog log = new TopicLog().insert(ROWS, 1);

    /** Opens a file, tells what came of it, and holds it until it is told to go on. */
    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("access_mode", arguments[1]);
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + arguments[0], properties);
                Statement statement = connection.createStatement()) {
            if (arguments[1].equals("READ_ONLY")) {
                try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM shop.rows")) {
                    rows.next();
                    System.out.println("rows " + rows.getInt(1));
                }
            } else {
                System.out.println("open");
            }
            System.in.read();
        } catch (SQLException e) {
            System.out.println("refused " + e.getMessage());
        }
    }

    @Test
    void filesAreReadByDuckDb14() throws Exception {
        Target target = new Target(folder);
        target.run(log);
        try (RandomAccessFile file = new RandomAccessFile(target.file(), "r")) {
            file.seek(12);
            assertThat(file.read()).isEqualTo(STORAGE_OF_1_4);
        }
    }

    /** DuckDB names the database after the file, and would not know which of the two is meant. */
    @Test
    void aFileMayHaveTheNameOfASchema() {
        Target target = new Target(folder, "shop.duckdb");
        SourceTable wide = ROWS.column("v", Schema.OPTIONAL_STRING_SCHEMA);
        target.run(log);
        target.run(log.insert(wide, 2, "x").delete(ROWS, 1));
        assertThat(target.rows("SELECT id, v FROM shop.shop.rows")).containsExactly("2|x");
    }

    @Test
    void aFileThatAnotherProcessHoldsStopsTheTaskAfterATime() throws Exception {
        Target target = new Target(folder);
        try (OtherProcess other = new OtherProcess(FilesIT.class, target.file(), "READ_WRITE")) {
            assertThat(other.line()).isEqualTo("open");
            TaskDriver task = target.task(log, "duckdb.lock.timeout.ms", "300");
            assertThatThrownBy(task::drain)
                    .hasMessageContaining(target.file())
                    .hasMessageContaining("Another process")
                    .hasMessageContaining("one writer");
            task.kill();
        }
    }

    @Test
    void theTaskWaitsForAProcessThatIsJustEnding() throws Exception {
        Target target = new Target(folder);
        try (OtherProcess other = new OtherProcess(FilesIT.class, target.file(), "READ_WRITE")) {
            assertThat(other.line()).isEqualTo("open");
            try (TaskDriver task = target.task(log)) {
                task.step();
                other.proceed();
                task.drain();
            }
        }
        assertThat(target.rows("SELECT id FROM shop.rows")).containsExactly("1");
    }

    @Test
    void anotherConnectorOfThisWorkerIsRefused() {
        Target target = new Target(folder);
        TaskDriver first = target.task(log, "duckdb.release.ms", "-1").drain();
        TaskDriver second = null;
        try {
            second = target.task(log, "name", "second");
            assertThatThrownBy(second::drain)
                    .hasMessageContaining(target.file())
                    .hasMessageContaining("\"sink\"")
                    .hasMessageContaining("\"second\"");
        } catch (org.apache.kafka.connect.errors.ConnectException e) {
            assertThat(e).hasMessageContaining("\"sink\"").hasMessageContaining("\"second\"");
        } finally {
            if (second != null) {
                second.kill();
            }
            first.close();
        }
    }

    @Test
    void othersReadWhileThereIsNothingToWrite() throws Exception {
        Target target = new Target(folder);
        try (TaskDriver task = target.task(log, "duckdb.release.ms", "0")) {
            task.drain();
            try (OtherProcess reader = reader(target)) {
                log.insert(ROWS, 2);
                task.step();
                reader.proceed();
                task.drain();
            }
        }
        assertThat(target.rows("SELECT id FROM shop.rows ORDER BY id")).containsExactly("1", "2");
    }

    /** The file is closed by a thread of its own, some time after the flush. */
    private static OtherProcess reader(Target target) throws Exception {
        for (int attempt = 0; attempt < 60; attempt++) {
            OtherProcess reader = new OtherProcess(FilesIT.class, target.file(), "READ_ONLY");
            String line = reader.line();
            if ("rows 1".equals(line)) {
                return reader;
            }
            assertThat(line).startsWith("refused");
            reader.close();
        }
        throw new AssertionError("The file is not closed");
    }

    @Test
    void othersAreLockedOutOfAFileThatIsKeptOpen() throws Exception {
        Target target = new Target(folder);
        try (TaskDriver task = target.task(log, "duckdb.release.ms", "-1")) {
            task.drain();
            try (OtherProcess reader = new OtherProcess(FilesIT.class, target.file(), "READ_ONLY")) {
                assertThat(reader.line()).startsWith("refused").contains("lock");
            }
        }
    }
}
