package io.millrace.testing.snowflake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** Reads what the driver sends. */
final class Requests {
    private static final Pattern TOKEN = Pattern.compile("Snowflake Token=\"(.+)\"");

    private Requests() {}

    /** The session that a request is of. */
    static String token(HttpExchange exchange) {
        Matcher matcher =
                TOKEN.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        return matcher.matches() ? matcher.group(1) : "";
    }

    /** The body, zipped or not; an empty object without one. */
    static JsonNode body(ObjectMapper json, HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        boolean zipped = bytes.length > 2 && bytes[0] == (byte) 0x1f && bytes[1] == (byte) 0x8b;
        if (zipped) {
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                bytes = in.readAllBytes();
            }
        }
        JsonNode body = bytes.length == 0 ? null : json.readTree(bytes);
        return body == null ? json.createObjectNode() : body;
    }

    /** What stands behind the path. */
    static Map<String, String> parameters(URI uri) {
        Map<String, String> parameters = new HashMap<>();
        for (String each : String.valueOf(uri.getRawQuery()).split("&", -1)) {
            int equals = each.indexOf('=');
            if (equals > 0) {
                parameters.put(
                        each.substring(0, equals),
                        URLDecoder.decode(each.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return parameters;
    }
}
