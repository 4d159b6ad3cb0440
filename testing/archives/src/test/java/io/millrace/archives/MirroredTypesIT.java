package io.millrace.archives;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.pg.PostgresSinkTask;
import io.millrace.testing.GoldenFile;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every type from a Postgres table to the one that the sink makes of its records: text-equal, in a target that has the
 * source's own types and extensions, in one that has none of them, and once more by way of Avro. The tasks run here, without a
 * topic between them.
 */
class MirroredTypesIT {
    private static final String LIST = "connect-source-pg/src/test/golden/types.jsonl";
    private static final int NEWEST = 18;

    private static PostgresServer server;
    private static final List<String> SETUP = new ArrayList<>();
    private static final List<Type> TYPES = new ArrayList<>();

    /** A line of the list that the source's tests keep. */
    private record Type(String type, String field, String debezium, String wire, List<String> values) {}

    @BeforeAll
    static void start() throws Exception {
        read();
        server = PostgresServer.start();
        for (String database : List.of("source", "equipped", "plain", "avro")) {
            server.createDatabase(database);
            server.execute("ALTER DATABASE " + database + " SET TimeZone = 'UTC'");
        }
        server.executeIn("source", SETUP.toArray(String[]::new));
        server.executeIn("equipped", SETUP.toArray(String[]::new));
        server.executeIn("avro", SETUP.toArray(String[]::new));
        TYPES.removeIf(type -> !exists(type));
        server.executeIn(
                "source",
                "CREATE TABLE types (id int PRIMARY KEY, "
                        + columns(i -> "c" + i + " " + TYPES.get(i).type()) + ")");
        int rows = TYPES.stream().mapToInt(type -> type.values().size()).max().orElseThrow();
        for (int row = 0; row < rows; row++) {
            int of = row;
            server.executeIn(
                    "source",
                    "INSERT INTO types VALUES (" + row + ", "
                            + columns(i -> TYPES.get(i)
                                    .values()
                                    .get(of % TYPES.get(i).values().size())) + ")");
        }
    }

    private static void read() throws IOException {
        ObjectMapper json = new ObjectMapper();
        for (String line : Files.readAllLines(Settings.root().resolve(LIST))) {
            JsonNode node = json.readTree(line);
            if (node.has("setup")) {
                SETUP.addAll(texts(node.get("setup")));
            } else {
                TYPES.add(new Type(
                        node.get("type").asText(),
                        node.get("field").asText(),
                        node.get("debezium").asText(),
                        node.get("wire").asText(),
                        texts(node.get("values"))));
            }
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    /** The list is the newest server's; an older one may refuse a type or one of its values. */
    private static boolean exists(Type type) {
        if (server.version() == NEWEST) {
            return true;
        }
        try (Connection connection = server.connect("source");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE one (v " + type.type() + ")");
            for (String value : type.values()) {
                statement.execute("INSERT INTO one VALUES (" + value + ")");
            }
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private static String columns(java.util.function.IntFunction<String> text) {
        return IntStream.range(0, TYPES.size()).mapToObj(text).collect(Collectors.joining(", "));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void everyTypeArrivesTextEqual() throws Exception {
        List<List<String>> expected = rows("source", i -> text("c" + i, TYPES.get(i), ""));
        TopicLog log = new TopicLog();
        TopicLog avro = new TopicLog();
        try (AvroTrip trip = new AvroTrip()) {
            for (SourceRecord record : SourceCopy.of(server, "source", expected.size())) {
                log.add(record.topic(), record.keySchema(), record.key(), record.valueSchema(), record.value(), null);
                trip.add(record, avro);
            }
        }
        Map<String, String> different = new TreeMap<>();
        Map<String, List<String>> made = new HashMap<>();
        for (String target : List.of("equipped", "plain", "avro")) {
            TopicLog read = target.equals("avro") ? avro : log;
            try (TaskDriver task = new TaskDriver(read, new PostgresSinkTask(), sink(target), false)) {
                task.open().drain();
            }
            List<String> columns = made(target);
            made.put(target, columns);
            // A type that neither the server nor the target has is kept as the bytes of its text.
            List<List<String>> actual = rows(target, i -> text("c" + i, TYPES.get(i), columns.get(i)));
            compare(target, expected, actual, different);
        }
        TypesPage.LOSSES.keySet().forEach(each -> assertThat(different).containsKey(each));
        different.keySet().removeAll(TypesPage.LOSSES.keySet());
        assertThat(different).isEmpty();
        if (server.version() == NEWEST) {
            GoldenFile.check("docs/types.md", page(made));
        }
    }

    private static String text(String column, Type type, String made) {
        if (made.equals("bytea") && type.field().equals("BYTES") && !type.type().equals("bytea")) {
            return "convert_from(" + column + ", 'UTF8')";
        }
        if (made.equals("bytea[]") && !type.type().equals("bytea[]")) {
            return "CASE WHEN " + column + " IS NOT NULL THEN array(SELECT convert_from(e, 'UTF8') FROM unnest("
                    + column + ") e)::text END";
        }
        // A cast would show xml with its declaration, of which the records have what the output function shows.
        return type.type().equals("xml") ? column : column + "::text";
    }

    /** Types with a value that another text arrived for, and what to look at. */
    private static void compare(
            String target, List<List<String>> expected, List<List<String>> actual, Map<String, String> different) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int row = 0; row < expected.size(); row++) {
            for (int i = 0; i < TYPES.size(); i++) {
                String text = expected.get(row).get(i);
                String arrived = actual.get(row).get(i);
                // Without hstore the target shows the JSON of the records.
                boolean json = target.equals("plain") && TYPES.get(i).type().startsWith("hstore");
                if (!text.equals(arrived) && !json) {
                    different.put(TYPES.get(i).type(), text + " became " + arrived + " in " + target);
                }
            }
        }
    }

    private static Map<String, String> sink(String target) {
        return new HashMap<>(Map.of(
                "name",
                "types-" + target,
                "connection.url",
                server.jdbcUrl(target),
                "connection.username",
                server.user(),
                "connection.password",
                server.password()));
    }

    private static List<String> made(String target) throws SQLException {
        return rows(
                        target,
                        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'types'::regclass"
                                + " AND attname ~ '^c[0-9]' ORDER BY attnum",
                        1)
                .stream()
                .map(row -> row.get(0))
                .toList();
    }

    private static List<List<String>> rows(String database, java.util.function.IntFunction<String> column)
            throws SQLException {
        return rows(database, "SELECT " + columns(column) + " FROM types ORDER BY id", TYPES.size());
    }

    private static List<List<String>> rows(String database, String query, int width) throws SQLException {
        List<List<String>> found = new ArrayList<>();
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            try (ResultSet rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= width; i++) {
                        row.add(String.valueOf(rows.getString(i)));
                    }
                    found.add(row);
                }
            }
        }
        return found;
    }

    private static String page(Map<String, List<String>> made) {
        StringBuilder page = new StringBuilder(TypesPage.INTRODUCTION);
        for (int i = 0; i < TYPES.size(); i++) {
            Type type = TYPES.get(i);
            String equipped = Objects.requireNonNull(made.get("equipped")).get(i);
            String plain = Objects.requireNonNull(made.get("plain")).get(i);
            page.append("| `")
                    .append(type.type())
                    .append("` | ")
                    .append(type.field())
                    .append(" | ")
                    .append(type.debezium())
                    .append(" | ")
                    .append(type.wire())
                    .append(" | ")
                    .append(TypesPage.LOSSES.getOrDefault(type.type(), "text-equal"))
                    .append(" | `")
                    .append(equipped)
                    .append(equipped.equals(plain) ? "` |\n" : "`, or `" + plain + "` |\n");
        }
        return page.append(TypesPage.NOTES).toString();
    }
}
