package io.millrace.source.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testing.GoldenFile;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Settings;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

/** What the documentation says of each type, and what is mirrored to show that it arrives: taken from the codecs' cases. */
class TypeListIT {
    private static final String LIST = "connect-source-pg/src/test/golden/types.jsonl";
    private static final int NEWEST = 18;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void isCurrent() throws Exception {
        try (PostgresServer server = PostgresServer.start();
                Connection connection = server.connect()) {
            server.execute(TypeCases.SETUP.toArray(String[]::new));
            List<TypeCase> cases = TypeCases.all(server.version()).stream()
                    .filter(type -> type.isPlain() && !type.isRefused())
                    .toList();
            server.execute("CREATE TABLE t (id int PRIMARY KEY, "
                    + IntStream.range(0, cases.size())
                            .mapToObj(i -> "c" + i + " " + cases.get(i).declaration())
                            .collect(Collectors.joining(", "))
                    + ")");
            ColumnCodecs codecs = ColumnCodecs.connect(server::connect, CodecOptions.defaults());
            List<String> lines = new ArrayList<>(List.of(JSON.writeValueAsString(Map.of("setup", TypeCases.SETUP))));
            for (int i = 0; i < cases.size(); i++) {
                lines.add(line(cases.get(i), codec(codecs, connection, "c" + i)));
            }
            if (server.version() == NEWEST) {
                GoldenFile.check(LIST, String.join("\n", lines) + "\n");
            } else {
                assertThat(Files.readAllLines(Settings.root().resolve(LIST))).containsAll(lines);
            }
        }
    }

    private static ColumnCodec codec(ColumnCodecs codecs, Connection connection, String column) throws SQLException {
        return codecs.codec(OurReading.describe(connection, "t", column)).orElseThrow();
    }

    private static String line(TypeCase type, ColumnCodec codec) throws JsonProcessingException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("type", type.declaration());
        line.put("field", field(codec.schema()));
        line.put("debezium", type.comparison());
        line.put("wire", codec.binary() ? "binary" : codec.binaryStream() ? "text" : "text, and the whole stream");
        line.put("values", type.values());
        return JSON.writeValueAsString(line);
    }

    private static String field(Schema schema) {
        return switch (schema.type()) {
            case ARRAY -> "ARRAY of " + field(schema.valueSchema());
            case MAP -> "MAP of " + field(schema.keySchema()) + " to " + field(schema.valueSchema());
            default -> schema.type() + (schema.name() == null ? "" : " " + schema.name());
        };
    }
}
