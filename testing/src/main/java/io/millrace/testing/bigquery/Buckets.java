package io.millrace.testing.bigquery;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Files of Cloud Storage, as far as the sink writes and deletes them: resumable uploads in pieces. */
final class Buckets {
    private static final Pattern UPLOAD = Pattern.compile("/upload/storage/v1/b/([^/]+)/o");
    private static final Pattern FILE = Pattern.compile("/storage/v1/b/([^/]+)/o/(.+)");

    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Uploads uploads = new Uploads();

    /** Null without such a file. */
    byte @Nullable [] file(String uri) {
        return files.get(uri);
    }

    List<String> names() {
        return files.keySet().stream().sorted().toList();
    }

    static boolean takes(String path) {
        return path.contains("/storage/v1/b/");
    }

    /** HTTP's status; the answer has no body. */
    int handle(HttpExchange exchange, String host, byte[] body) throws IOException {
        Matcher upload = UPLOAD.matcher(exchange.getRequestURI().getPath());
        Matcher file = FILE.matcher(exchange.getRequestURI().getRawPath());
        if (file.matches() && exchange.getRequestMethod().equals("DELETE")) {
            return files.remove(uri(file.group(1), file.group(2))) == null ? 404 : 204;
        }
        if (!upload.matches()) {
            return 404;
        }
        if (exchange.getRequestMethod().equals("POST")) {
            String name = Uploads.parameter(exchange.getRequestURI().getRawQuery(), "name");
            uploads.begin(exchange, host, uri(upload.group(1), name));
            return 200;
        }
        String uri = uploads.id(exchange);
        if (uri == null) {
            return 404;
        }
        byte[] content = uploads.piece(exchange, uri, body);
        if (content == null) {
            return 308;
        }
        files.put(uri, content);
        return 200;
    }

    private static String uri(String bucket, String encoded) {
        return "gs://" + bucket + "/" + URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    }
}
