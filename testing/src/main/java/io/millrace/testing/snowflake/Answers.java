package io.millrace.testing.snowflake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of answers, as the driver reads them: what login, a statement's result, a PUT and an error look like.
 *
 * @see <a href="https://github.com/snowflakedb/snowflake-jdbc">The driver</a>
 */
final class Answers {
    private static final int TEXT = 16_777_216;
    private static final Map<String, Object> PARAMETERS = Map.ofEntries(
            Map.entry("AUTOCOMMIT", true),
            Map.entry("TIMEZONE", "UTC"),
            Map.entry("TIMESTAMP_OUTPUT_FORMAT", "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM"),
            Map.entry("TIMESTAMP_NTZ_OUTPUT_FORMAT", "YYYY-MM-DD HH24:MI:SS.FF3"),
            Map.entry("TIMESTAMP_LTZ_OUTPUT_FORMAT", ""),
            Map.entry("TIMESTAMP_TZ_OUTPUT_FORMAT", ""),
            Map.entry("DATE_OUTPUT_FORMAT", "YYYY-MM-DD"),
            Map.entry("TIME_OUTPUT_FORMAT", "HH24:MI:SS"),
            Map.entry("BINARY_OUTPUT_FORMAT", "HEX"),
            Map.entry("CLIENT_HONOR_CLIENT_TZ_FOR_TIMESTAMP_NTZ", true),
            Map.entry("CLIENT_RESULT_CHUNK_SIZE", 160),
            Map.entry("CLIENT_MEMORY_LIMIT", 1536),
            Map.entry("CLIENT_PREFETCH_THREADS", 4),
            Map.entry("CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", 65_280),
            Map.entry("CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY", 3600),
            Map.entry("CLIENT_TELEMETRY_ENABLED", false),
            Map.entry("JDBC_QUERY_RESULT_FORMAT", "JSON"));

    private final ObjectMapper json;

    Answers(ObjectMapper json) {
        this.json = json;
    }

    ObjectNode done() {
        ObjectNode answer = json.createObjectNode();
        answer.putNull("data");
        answer.put("success", true);
        answer.putNull("code");
        answer.putNull("message");
        return answer;
    }

    ObjectNode login(String token, Map<String, String> current, String schema) {
        ObjectNode answer = done();
        ObjectNode data = answer.putObject("data");
        data.put("token", token);
        data.put("masterToken", "master-" + token);
        data.put("validityInSeconds", 3600);
        data.put("masterValidityInSeconds", 14_400);
        data.put("serverVersion", "9.0.0");
        data.put("sessionId", Math.abs((long) token.hashCode()));
        parameters(data);
        ObjectNode session = data.putObject("sessionInfo");
        session.put("databaseName", current.get("DATABASE"));
        session.put("schemaName", schema);
        session.put("warehouseName", current.get("WAREHOUSE"));
        session.put("roleName", current.get("ROLE"));
        return answer;
    }

    private static void parameters(ObjectNode data) {
        ArrayNode parameters = data.putArray("parameters");
        PARAMETERS.forEach((name, value) -> {
            ObjectNode parameter = parameters.addObject().put("name", name);
            if (value instanceof Boolean truth) {
                parameter.put("value", truth);
            } else if (value instanceof Integer number) {
                parameter.put("value", number);
            } else {
                parameter.put("value", value.toString());
            }
        });
    }

    private ObjectNode data(ObjectNode answer, int kind) {
        ObjectNode data = answer.putObject("data");
        parameters(data);
        data.put("queryId", UUID.randomUUID().toString());
        data.put("statementTypeId", kind);
        data.put("queryResultFormat", "json");
        data.put("version", 1);
        for (String name : List.of("finalDatabaseName", "finalSchemaName", "finalWarehouseName", "finalRoleName")) {
            data.putNull(name);
        }
        return data;
    }

    ObjectNode result(Result result) {
        ObjectNode answer = done();
        ObjectNode data = data(answer, result.kind());
        ArrayNode types = data.putArray("rowtype");
        for (int i = 0; i < result.names().size(); i++) {
            ObjectNode type = types.addObject();
            type.put("name", result.names().get(i)).put("nullable", true);
            type.put("database", "").put("schema", "").put("table", "").putNull("collation");
            if (result.numbers().get(i)) {
                type.put("type", "fixed").put("precision", 38).put("scale", 0).putNull("length");
                type.putNull("byteLength");
            } else {
                type.put("type", "text").put("length", TEXT).put("byteLength", TEXT);
                type.putNull("precision").putNull("scale");
            }
        }
        ArrayNode rows = data.putArray("rowset");
        for (List<@Nullable String> each : result.rows()) {
            ArrayNode row = rows.addArray();
            each.forEach(row::add);
        }
        data.put("total", rows.size()).put("returned", rows.size());
        data.put("numberOfBinds", 0).put("arrayBindSupported", false);
        return answer;
    }

    /** What a statement with parameters takes. */
    ObjectNode description(long parameters) {
        ObjectNode answer = done();
        ObjectNode data = data(answer, Result.INSERT);
        data.putArray("rowtype");
        data.putArray("rowset");
        data.put("total", 0).put("returned", 0);
        data.put("numberOfBinds", parameters).put("arrayBindSupported", parameters > 0);
        return answer;
    }

    /** Where the driver is to copy a file to. */
    ObjectNode upload(String file, Path folder) {
        ObjectNode answer = done();
        ObjectNode data = data(answer, Result.OTHER);
        data.put("command", "UPLOAD").put("parallel", 4).put("overwrite", true);
        data.put("autoCompress", false).put("sourceCompression", "none").put("threshold", 209_715_200);
        data.putArray("src_locations").add(file);
        ObjectNode stage = data.putObject("stageInfo");
        stage.put("locationType", "LOCAL_FS").put("location", folder.toString());
        stage.putObject("creds");
        return answer;
    }

    ObjectNode error(int code, String state, String message) {
        ObjectNode answer = done();
        ObjectNode data = answer.putObject("data");
        data.put("errorCode", String.format("%06d", code)).put("sqlState", state);
        data.put("queryId", UUID.randomUUID().toString());
        answer.put("success", false).put("code", String.format("%06d", code)).put("message", message);
        return answer;
    }

    static @Nullable JsonNode orNull(JsonNode node) {
        return node.isMissingNode() || node.isNull() || node.isEmpty() ? null : node;
    }
}
