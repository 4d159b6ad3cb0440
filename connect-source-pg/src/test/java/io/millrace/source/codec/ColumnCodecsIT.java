package io.millrace.source.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.data.VariableScaleDecimal;
import io.millrace.core.ColumnDefault;
import io.millrace.testing.PostgresServer;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What codecs take from the catalog of types. */
class ColumnCodecsIT {
    private static PostgresServer server;
    private static Connection connection;

    @BeforeAll
    static void start() throws SQLException {
        server = PostgresServer.start();
        // A type without an output function for the binary form, and types around it.
        server.execute(
                "CREATE TYPE mute",
                "CREATE FUNCTION mute_in(cstring) RETURNS mute LANGUAGE internal IMMUTABLE STRICT AS 'textin'",
                "CREATE FUNCTION mute_out(mute) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout'",
                "CREATE TYPE mute (INPUT = mute_in, OUTPUT = mute_out, LIKE = text)",
                "CREATE DOMAIN mute_domain AS mute",
                "CREATE TYPE mute_row AS (a int, m mute_domain)",
                "CREATE TYPE loud_row AS (a int, b text)",
                "CREATE DOMAIN filled AS int NOT NULL",
                "CREATE TABLE t (id int, m mute, ms mute[], n numeric, loud loud_row, f filled, mr mute_row)",
                "INSERT INTO t VALUES (1, 'silence', '{a,b}', 1.5, NULL, 1, NULL)");
        connection = server.connect();
    }

    @AfterAll
    static void stop() throws SQLException {
        connection.close();
        server.close();
    }

    private static ColumnCodecs codecs() throws SQLException {
        return ColumnCodecs.connect(server::connect, CodecOptions.defaults());
    }

    private static int oid(String type) {
        return Integer.parseInt(server.queryOne("SELECT '" + type + "'::regtype::oid::int8::text"));
    }

    @Test
    void looksIntoTypesForTheirBinaryForm() throws SQLException {
        ColumnCodecs codecs = codecs();
        for (String type : new String[] {"mute", "mute[]", "mute_domain", "mute_domain[]", "mute_row", "mute_row[]"}) {
            assertThat(codecs.binarySafe(oid(type))).as(type).isFalse();
        }
        for (String type : new String[] {"int4", "text[]", "loud_row", "loud_row[]", "filled", "int4range"}) {
            assertThat(codecs.binarySafe(oid(type))).as(type).isTrue();
        }
    }

    @Test
    void readsTypesWithoutBinaryFormAsText() throws SQLException {
        ColumnCodec codec =
                codecs().codec(OurReading.describe(connection, "t", "m")).orElseThrow();
        assertThat(codec.binary()).isFalse();
        assertThat(codec.fromText(Wire.text("silence"), 0, 7)).isEqualTo(ByteBuffer.wrap(Wire.text("silence")));
        ColumnCodec array =
                codecs().codec(OurReading.describe(connection, "t", "ms")).orElseThrow();
        assertThat(array.binary()).isFalse();
    }

    @Test
    void leavesOutUnknownTypesOnlyWhenTold() throws SQLException {
        ColumnDescription loud = OurReading.describe(connection, "t", "loud");
        assertThat(codecs().codec(loud)).isPresent();
        CodecOptions without = CodecOptions.from(Map.of(CodecOptions.INCLUDE_UNKNOWN_DATATYPES, "false"));
        assertThat(ColumnCodecs.connect(server::connect, without).codec(loud)).isEmpty();
    }

    @Test
    void findsTypesThatAreYoungerThanTheCatalog() throws SQLException {
        AtomicInteger sessions = new AtomicInteger();
        ColumnCodecs codecs = ColumnCodecs.connect(
                () -> {
                    sessions.incrementAndGet();
                    return server.connect();
                },
                CodecOptions.defaults());
        assertThat(sessions).hasValue(1);
        server.execute("CREATE TYPE young AS ENUM ('a')", "CREATE TABLE y (v young NOT NULL DEFAULT 'a')");
        ColumnDescription column = OurReading.describe(connection, "y", "v");
        Schema schema = codecs.codec(column).orElseThrow().schema();
        assertThat(schema.parameters()).containsEntry("allowed", "a");
        assertThat(schema.defaultValue()).isEqualTo("a");
        assertThat(sessions).hasValue(2);
        server.execute("ALTER TYPE young ADD VALUE 'b'");
        codecs.refresh();
        assertThat(codecs.codec(column).orElseThrow().schema().parameters()).containsEntry("allowed", "a,b");
    }

    @Test
    void tellsWhetherADefaultIsComputed() throws SQLException {
        server.execute("CREATE TABLE d (a uuid DEFAULT gen_random_uuid(), b int DEFAULT 7, c int,"
                + " e timestamptz NOT NULL DEFAULT now(), f int4[] DEFAULT '{1}', g text DEFAULT NULL, h serial)");
        ColumnCodecs codecs = codecs();
        Map<String, Optional<ColumnDefault>> told = new TreeMap<>();
        for (String name : List.of("a", "b", "c", "e", "f", "g", "h")) {
            Schema schema = codecs.codec(OurReading.describe(connection, "d", name))
                    .orElseThrow()
                    .schema();
            told.put(name, Optional.ofNullable(ColumnDefault.of(schema)));
        }
        assertThat(told)
                .isEqualTo(Map.of(
                        "a", Optional.of(ColumnDefault.COMPUTED),
                        "b", Optional.of(ColumnDefault.CONSTANT),
                        "c", Optional.empty(),
                        "e", Optional.of(ColumnDefault.COMPUTED),
                        "f", Optional.of(ColumnDefault.CONSTANT),
                        "g", Optional.empty(),
                        "h", Optional.of(ColumnDefault.COMPUTED)));
    }

    @Test
    void aTypeThatIsGoneIsReadAsBytesOfText() throws SQLException {
        ColumnCodec codec = codecs().codec(new ColumnDescription("c", 99_999_999, -1, 0, false, null, false))
                .orElseThrow();
        assertThat(codec.binary()).isFalse();
        assertThat(codec.fromText(Wire.text("x"), 0, 1)).isEqualTo(ByteBuffer.wrap(Wire.text("x")));
    }

    @Test
    void aNotNullDomainMakesTheColumnRequired() throws SQLException {
        ColumnCodec codec =
                codecs().codec(OurReading.describe(connection, "t", "f")).orElseThrow();
        assertThat(codec.schema().isOptional()).isFalse();
        assertThat(codec.absent()).isEqualTo(0);
    }

    @Test
    void keysHaveNoSourceTypes() throws SQLException {
        ColumnCodec codec =
                codecs().codec(OurReading.describe(connection, "t", "n")).orElseThrow();
        assertThat(codec.schema().parameters()).containsKey("__debezium.source.column.type");
        assertThat(codec.keySchema().parameters()).isNull();
        Struct key = (Struct) Objects.requireNonNull(codec.keyValue(codec.fromText(Wire.text("1.5"), 0, 3)));
        assertThat(key.schema()).isSameAs(codec.keySchema());
        assertThat(VariableScaleDecimal.toLogical(key).getDecimalValue()).hasToString("Optional[1.5]");
    }
}
