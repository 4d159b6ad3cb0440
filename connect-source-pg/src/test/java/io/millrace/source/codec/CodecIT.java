package io.millrace.source.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import io.millrace.source.codec.TypeCase.Difference;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.ConnectSchema;
import org.assertj.core.api.ObjectAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every type with its edge values: binary as text, both as Debezium's own classes read the same table. */
class CodecIT {
    private static PostgresServer server;
    private static Connection connection;
    private static ColumnCodecs codecs;
    private static Debezium debezium;

    @BeforeAll
    static void start() throws SQLException {
        server = PostgresServer.start();
        server.execute(TypeCases.SETUP.toArray(String[]::new));
        connection = server.connect();
        try (Statement statement = connection.createStatement()) {
            // As the connector's own sessions have it.
            statement.execute("SET TimeZone = 'UTC'");
        }
        codecs = ColumnCodecs.connect(server::connect, CodecOptions.defaults());
        debezium = new Debezium(server, CodecOptions.defaults());
    }

    @AfterAll
    static void stop() throws SQLException {
        debezium.close();
        connection.close();
        server.close();
    }

    static Stream<TypeCase> cases() {
        return TypeCases.all(server.version()).stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void readsAsDebezium(TypeCase type) throws SQLException {
        compare(type, codecs, debezium);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text",
                "varchar",
                "char(9)",
                "citext",
                "json",
                "jsonb",
                "xml",
                "bytea",
                "text[]",
                "varchar(9)[]",
                "char(9)[]",
                "json[]",
                "jsonb[]",
                "bytea[]",
                "int4[]",
                "int8[]",
                "date[]",
                "uuid[]",
                "hstore"
            })
    void standsInForUnchangedToastAsDebezium(String type) throws SQLException {
        for (String mode : List.of("json", "map")) {
            CodecOptions options = CodecOptions.from(Map.of(CodecOptions.HSTORE_HANDLING_MODE, mode));
            create(TypeCase.of(type, "NULL"));
            OurReading ours = OurReading.read(connection, ColumnCodecs.connect(server::connect, options), "t");
            try (Debezium debezium = new Debezium(server, options)) {
                assertThat(Values.comparable(ours.codec().unavailable()))
                        .isEqualTo(debezium.unavailable(debezium.read("t")));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "numeric",
                "numeric(10,2)",
                "float8[]",
                "bool[]",
                "numeric[]",
                "mood[]",
                "path",
                "polygon",
                "bit(9)",
                "int2[]",
                "timestamptz[]",
                "int4range",
                "tsvector",
                "text[][]",
                "pair",
                "point[]",
                "box[]"
            })
    void hasAPlaceholderThatFitsTheSchema(String type) throws SQLException {
        create(TypeCase.of(type, "NULL"));
        for (String mode : List.of("precise", "string", "double")) {
            CodecOptions options = CodecOptions.from(Map.of(CodecOptions.DECIMAL_HANDLING_MODE, mode));
            OurReading ours = OurReading.read(connection, ColumnCodecs.connect(server::connect, options), "t");
            ConnectSchema.validateValue(ours.codec().schema(), ours.codec().unavailable());
        }
    }

    /** Debezium has no exact decimal for these either; ours is an error that says what to set. */
    @Test
    void whatIsNoNumber() throws SQLException {
        TypeCase numbers = TypeCase.of("numeric", "'NaN'", "'Infinity'", "'-Infinity'");
        for (String mode : List.of("string", "double")) {
            CodecOptions options = CodecOptions.from(Map.of(CodecOptions.DECIMAL_HANDLING_MODE, mode));
            try (Debezium debezium = new Debezium(server, options)) {
                compare(numbers, ColumnCodecs.connect(server::connect, options), debezium);
            }
        }
        create(numbers);
        String refused =
                "refused: NaN or infinity does not fit an exact decimal; set decimal.handling.mode to string or double";
        assertThat(OurReading.read(connection, codecs, "t").binary()).containsExactly(refused, refused, refused);
        Debezium.Reading theirs = debezium.read("t");
        assertThat(theirs.stream()).hasOnlyElementsOfType(RuntimeException.class);
        assertThat(theirs.snapshot()).hasOnlyElementsOfType(RuntimeException.class);
    }

    /** Random bits, near powers of two, and what is too small to be exact to many digits. */
    @Test
    void writesFloatsAsPostgres() throws SQLException {
        Random random = new Random(5);
        Double[] doubles = new Double[4_000];
        Float[] floats = new Float[4_000];
        for (int i = 0; i < doubles.length; i++) {
            int kind = i % 5;
            doubles[i] = switch (kind) {
                case 0 -> Double.longBitsToDouble(random.nextLong());
                case 1 -> Math.scalb(1.0, random.nextInt(2098) - 1074);
                case 2 -> Double.longBitsToDouble(random.nextLong() >>> (12 + random.nextInt(50)));
                case 3 -> random.nextInt() / 1000.0;
                default -> (double) random.nextLong();
            };
            floats[i] = switch (kind) {
                case 0 -> Float.intBitsToFloat(random.nextInt());
                case 1 -> Math.scalb(1.0f, random.nextInt(277) - 149);
                case 2 -> Float.intBitsToFloat(random.nextInt() >>> (9 + random.nextInt(20)));
                case 3 -> random.nextInt(100_000) / 100.0f;
                default -> (float) random.nextInt();
            };
        }
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT array(SELECT d::text FROM unnest(?::float8[]) WITH ORDINALITY u(d, n) ORDER BY n),"
                        + " array(SELECT f::text FROM unnest(?::float4[]) WITH ORDINALITY u(f, n) ORDER BY n)")) {
            statement.setArray(1, connection.createArrayOf("float8", doubles));
            statement.setArray(2, connection.createArrayOf("float4", floats));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String[] doubleTexts = (String[]) row.getArray(1).getArray();
                String[] floatTexts = (String[]) row.getArray(2).getArray();
                StringBuilder text = new StringBuilder();
                List<String> wrong = new ArrayList<>();
                for (int i = 0; i < doubles.length; i++) {
                    text.setLength(0);
                    FloatText.append(doubles[i], text);
                    if (!text.toString().equals(doubleTexts[i])) {
                        wrong.add(text + " for " + doubleTexts[i]);
                    }
                    text.setLength(0);
                    FloatText.append(floats[i], text);
                    if (!text.toString().equals(floatTexts[i])) {
                        wrong.add(text + " for " + floatTexts[i]);
                    }
                }
                assertThat(wrong).isEmpty();
            }
        }
    }

    static Stream<Map<String, String>> modes() {
        return Stream.of(
                Map.of("decimal.handling.mode", "string", "time.precision.mode", "isostring"),
                Map.of("decimal.handling.mode", "double", "time.precision.mode", "connect"),
                Map.of("interval.handling.mode", "numeric", "time.precision.mode", "adaptive_time_microseconds"),
                Map.of("binary.handling.mode", "hex", "time.precision.mode", "microseconds"),
                Map.of("binary.handling.mode", "base64", "time.precision.mode", "nanoseconds"),
                Map.of("binary.handling.mode", "base64-url-safe", "time.precision.mode", "structured"),
                Map.of("hstore.handling.mode", "map", "unavailable.value.placeholder", "gone"));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void readsAsDebeziumInOtherModes(Map<String, String> mode) throws SQLException {
        CodecOptions options = CodecOptions.from(mode);
        ColumnCodecs codecs = ColumnCodecs.connect(server::connect, options);
        try (Debezium debezium = new Debezium(server, options)) {
            for (TypeCase type : TypeCases.affectedByModes()) {
                compare(type, codecs, debezium);
            }
        }
    }

    private static void compare(TypeCase type, ColumnCodecs codecs, Debezium debezium) throws SQLException {
        create(type);
        OurReading ours = OurReading.read(connection, codecs, "t");
        Debezium.Reading theirs = debezium.read("t");
        assertSoftly(softly -> {
            if (ours.codec().binary()) {
                softly.assertThat(ours.binary())
                        .as("binary and text of %s", type)
                        .isEqualTo(ours.text());
            }
            softly.assertThat(ours.codec().binary()).as("binary").isEqualTo(type.binary());
            compare(
                    softly.assertThat(Values.describe(ours.codec().schema())).as("schema of %s", type),
                    Values.describe(theirs.field("v")),
                    type.differences().contains(Difference.SCHEMA));
            compare(
                    softly.assertThat((Object) ours.text()).as("stream of %s", type),
                    theirs.stream(),
                    type.differences().contains(Difference.STREAM));
            compare(
                    softly.assertThat((Object) ours.text()).as("snapshot of %s", type),
                    theirs.snapshot(),
                    type.differences().contains(Difference.SNAPSHOT));
            if (!type.expected().isEmpty()) {
                softly.assertThat(ours.text()).map(String::valueOf).isEqualTo(type.expected());
            }
        });
    }

    /** Where a difference is claimed there must be one. */
    private static void compare(ObjectAssert<Object> ours, Object theirs, boolean different) {
        if (different) {
            ours.isNotEqualTo(theirs);
        } else {
            ours.isEqualTo(theirs);
        }
    }

    private static void create(TypeCase type) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS t");
            statement.execute("CREATE TABLE t (id int PRIMARY KEY, v " + type.declaration() + ")");
            List<String> values = type.values();
            for (int i = 0; i < values.size(); i++) {
                statement.execute("INSERT INTO t VALUES (" + i + ", " + values.get(i) + ")");
            }
        }
    }
}
