package io.millrace.testing.bigquery;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Uploads in pieces, of which only the last tells how long all is. */
final class Uploads {
    private final Map<String, ByteArrayOutputStream> open = new ConcurrentHashMap<>();

    /** Tells the client where its pieces go. */
    void begin(HttpExchange exchange, String host, String id) {
        open.put(id, new ByteArrayOutputStream());
        String to = host + exchange.getRequestURI().getPath() + "?upload_id="
                + URLEncoder.encode(id, StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Location", to);
    }

    /** The upload that a piece is of; null when it has not begun. */
    @Nullable
    String id(HttpExchange exchange) {
        String id = URLDecoder.decode(
                parameter(exchange.getRequestURI().getRawQuery(), "upload_id"), StandardCharsets.UTF_8);
        return open.containsKey(id) ? id : null;
    }

    /** All that was sent, with the last piece; null before it, when the answer is 308. */
    byte @Nullable [] piece(HttpExchange exchange, String id, byte[] piece) throws IOException {
        ByteArrayOutputStream content = open.get(id);
        if (content == null) {
            throw new IllegalStateException("No upload " + id);
        }
        content.write(piece);
        if (String.valueOf(exchange.getRequestHeaders().getFirst("Content-Range"))
                .endsWith("/*")) {
            exchange.getResponseHeaders().add("Range", "bytes=0-" + (content.size() - 1));
            return null;
        }
        open.remove(id);
        return content.toByteArray();
    }

    static String parameter(String query, String name) {
        for (String each : query.split("&", -1)) {
            if (each.startsWith(name + "=")) {
                return each.substring(name.length() + 1);
            }
        }
        throw new IllegalArgumentException("No " + name + " in " + query);
    }
}
